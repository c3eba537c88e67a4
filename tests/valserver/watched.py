"""What tests of followed registrations are made of: subscriptions at each stage, NOTIFYs as S-CSCFs send them."""

from attrs import define, field

from tests.valserver.parts import ALICE, NOW, record
from valkit.ids import SeededIds
from valkit.reginfo import TYPE, Contact, RegInfo
from valkit.reginfo import Registration as Told
from valkit.sip import Hop, NoAnswer, Request, Response
from valserver.following.subscribing import Terms, act, answered
from valserver.following.subscriptions import Watch, begun
from valserver.records import Registration

TERMS = Terms("sip:127.0.0.31:5070", 600_000)
NOTIFIER = "<sip:127.0.0.23:5060>"


def registration(registrar: str = "sip:127.0.0.23:5060", cseq: int = 1, ends: float = NOW + 3_600) -> Registration:
    """Build what a third-party REGISTER told."""
    known = record().registration
    assert known is not None
    return known._replace(registrar=registrar, cseq=cseq, ends=ends)


def accepted(request: Request, expires: int | None = 600) -> Response:
    """Accept a SUBSCRIBE."""
    granted = [] if expires is None else [("Expires", str(expires))]
    return request.answer(200, headers=[*granted, ("Contact", NOTIFIER)], to_tag="n")


def waiting() -> Watch:
    """Give a subscription that is to begin, for a registration of long ago."""
    return begun(ALICE, registration(), NOW - 3_600, SeededIds(1), NOW)


def asked(watch: Watch | None = None) -> tuple[Watch, Request]:
    """Give one whose first SUBSCRIBE is under way, and that."""
    step = act(watch or waiting(), TERMS, SeededIds(2), NOW)
    assert step.watch is not None
    assert step.send is not None
    return step.watch, step.send


def standing(watch: Watch | None = None) -> Watch:
    """Give one that was accepted, and not notified yet."""
    after, request = asked(watch)
    step = answered(after, request, accepted(request), SeededIds(3), NOW)
    assert step.watch is not None
    return step.watch


def document(
    version: int = 0, state: str = "active", event: str = "registered", *, full: bool = True, aor: str = ALICE
) -> bytes:
    """Write registration information with one contact, which has ended if the registration has."""
    contact = Contact("c", "sip:alice@192.0.2.11", active=state == "active", event=event)
    contacts = () if state == "init" else (contact,)
    return bytes(RegInfo(version, full, (Told(aor, "a", state, contacts),)))


def notify(
    of: Request | Watch, body: bytes = b"", state: str = "active;expires=600", cseq: int = 1, event: str = "reg"
) -> Request:
    """Write a NOTIFY in the dialog of a SUBSCRIBE."""
    request = of if isinstance(of, Request) else of.asked
    assert request is not None
    headers = [
        ("Via", f"SIP/2.0/UDP 127.0.0.23:5060;branch=z9hG4bKn{cseq}"),
        ("From", f"<{ALICE}>;tag=n"),
        ("To", str(request.from_)),
        ("Call-ID", request.call_id),
        ("CSeq", f"{cseq} NOTIFY"),
        ("Contact", NOTIFIER),
        ("Event", event),
        ("Subscription-State", state),
    ]
    return Request.create("NOTIFY", TERMS.contact, headers, body, TYPE if body else None)


@define
class Scscf:
    """An endpoint whose SUBSCRIBEs are answered as they are sent, as the test says."""

    status: int | None = 200
    """None: no answer comes."""
    sent: list[tuple[Request, Hop]] = field(factory=list)

    async def request(self, request: Request, to: Hop) -> Response:
        """Answer at once."""
        self.sent.append((request, to))
        if self.status is None:
            raise NoAnswer("timeout", str(to))
        return accepted(request, request.expires) if self.status == 200 else request.answer(self.status)
