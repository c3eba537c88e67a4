"""What a UE does when its turn comes, and what the answer to each step was worth. Pure but for the UE it is given."""

from collections.abc import Awaitable, Callable, Mapping

from harness.load.errors import BadOrder
from ue_sim.engine import Answer
from ue_sim.ue import UE
from valkit.redaction import redact

Verb = Callable[[UE], Awaitable[Answer]]

VERBS: Mapping[str, Verb] = {
    "register": lambda ue: ue.register(token=True),
    "publish": lambda ue: ue.publish(),
    "reregister": lambda ue: ue.reregister(token=True),
    "refresh": lambda ue: ue.refresh(),
    "deregister": lambda ue: ue.deregister(),
}
"""Each brings the token, if the UE has one, where a token may stand."""

USUAL = "register,publish,deregister"


def steps(text: str) -> tuple[str, ...]:
    """Read what each UE does; BadOrder if that is nothing it can do."""
    names = tuple(name.strip() for name in text.split(","))
    unknown = [name for name in names if name not in VERBS]
    if unknown:
        raise BadOrder(f"--do {text}: no UE does {unknown[0]!r} (expected some of {', '.join(VERBS)}, with commas)")
    if "refresh" in names and "publish" not in names[: names.index("refresh")]:
        raise BadOrder(f"--do {text}: there is nothing to refresh (expected publish before it)")
    return names


def cause(answer: Answer, refused: str = "") -> str:
    """Say in a few words why a step failed; with `refused`, for what the UE's card refused the core's challenge."""
    if refused:
        return f"AUTN refused by the UE: {refused}"
    if answer.received:
        return redact(f"{answer.status} {answer.response.reason}").rstrip()
    if answer.status == 408:
        return "no answer (timeout)"
    return f"no answer: {answer.why}" if answer.why else "nothing could be sent, or the connection was closed"
