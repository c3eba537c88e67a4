"""What silence says: nobody answered, however often a request was sent."""

from collections.abc import Iterator

from harness.diagnosis.carrying import MTU
from harness.diagnosis.facts import Unanswered
from harness.diagnosis.findings import Finding, diagnosis
from harness.evidence.icmp import PORT_UNREACHABLE


@diagnosis(
    "unanswered",
    "RFC 3261 17.1.2.2, 18.1.1",
    "Nobody answers a REGISTER, a PUBLISH or another request, however often it is sent; perhaps ICMP says why.",
    follows=True,
)
def _unanswered(silent: Unanswered) -> Iterator[Finding]:
    again = silent.transmissions > 1
    yield Finding(
        f"Nobody answered {silent.transmissions} transmission{'s' if again else ''} of {silent.method} "
        f"{f'over {silent.seconds:.1f} s' if again else f'in the {silent.silence:.1f} s that were captured after it'} "
        f"from {silent.source.host} to {silent.target}{_notices(silent)}.",
        _advice(silent),
        silent.places,
    )


def _notices(silent: Unanswered) -> str:
    return f"; ICMP says {' and '.join(silent.notices)}" if silent.notices else ""


def _advice(silent: Unanswered) -> str:
    over = silent.target.transport.upper()
    if PORT_UNREACHABLE in silent.notices:
        return f"Nothing listens at this address and port over {over}: start it there, or mend one of the three."
    if silent.notices:
        advice = "Look at the way there, where routers say this: routes, firewalls, the size of packets."
    else:
        advice = (
            f"Look whether anything listens there, at this port over {over} (ss -ln), whether a firewall is between, "
            "and whether an answer went elsewhere: capture at the server's side as well."
        )
    if over == "UDP" and silent.largest > MTU:
        size = f"It has up to {silent.largest} bytes: more than {MTU} belong on TCP"
        advice += f" {size}, since IP fragments are often dropped."
    return advice
