import pytest

from ue_sim.watching import Watch, Way
from valkit.ids import SeededIds
from valkit.reginfo import TYPE, Contact, RegInfo, Registration
from valkit.sip.headers import NameAddr
from valkit.sip.message import Request, Response

IMPU = "sip:alice@home.example"
URI = "sip:alice@192.0.2.11:5060"
WAY = Way(IMPU, ("<sip:192.0.2.21:5060;lr>", "<sip:orig@192.0.2.23;lr>"))
SCSCF = "<sip:192.0.2.23:5060>"


def watch() -> Watch:
    """Give a watch that has not begun."""
    return Watch(IMPU, NameAddr.parse(f'<{URI}>;+sip.instance="<urn:uuid:1>"'), SeededIds(1))


def accepted(request: Request, expires: int = 600) -> Response:
    """Accept a SUBSCRIBE."""
    return request.answer(200, headers=[("Expires", str(expires)), ("Contact", SCSCF)], to_tag="n")


def notify(of: Request, cseq: int, body: bytes, state: str = "active;expires=600", tag: str | None = None) -> Request:
    """Write a NOTIFY in the dialog of a SUBSCRIBE."""
    headers = [
        ("Via", "SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKn"),
        ("From", f"<{IMPU}>;tag=n"),
        ("To", f"<{IMPU}>;tag={tag or of.from_.tag}"),
        ("Call-ID", of.call_id),
        ("CSeq", f"{cseq} NOTIFY"),
        ("Contact", SCSCF),
        ("Event", "reg"),
        ("Subscription-State", state),
    ]
    return Request.create("NOTIFY", URI, headers, body, TYPE if body else None)


def document(version: int, event: str, *, active: bool = True) -> bytes:
    """Write a document about our contact."""
    contact = Contact("1", URI, active, event, expires=60 if active else None)
    state = "active" if active else "terminated"
    return bytes(RegInfo(version, version == 0, (Registration(IMPU, "a", state, (contact,)),)))


def test_it_begins_over_the_route_of_the_registration() -> None:
    """SUBSCRIBE to the IMPU, as the identity that may speak (TS 24.229 5.1.1.3)."""
    request = watch().subscribe(600_000, WAY)
    assert (request.uri, request.expires, request.headers.get("Event")) == (IMPU, 600_000, "reg")
    assert request.headers.all("Route") == WAY.routes
    assert (request.headers.get("Accept"), request.headers.get("P-Preferred-Identity")) == (TYPE, f"<{IMPU}>")


def test_it_goes_on_in_its_dialog() -> None:
    """The refresh goes to the notifier's Contact, with its tag and the next CSeq."""
    subscription = watch()
    first = subscription.subscribe(600, WAY)
    assert subscription.answered(accepted(first), received=True).expires == 600
    again = subscription.subscribe(600, WAY)
    assert (again.call_id, again.cseq.number, again.uri) == (first.call_id, 2, "sip:192.0.2.23:5060")
    assert again.to.tag == "n"


def test_a_notify_tells_of_our_contact() -> None:
    """What became of it is given once; the same again is no news."""
    subscription = watch()
    first = subscription.subscribe(600, WAY)
    subscription.answered(accepted(first), received=True)
    response, told = subscription.notified(notify(first, 1, document(0, "registered")))
    assert (response.status, told and told.event) == (200, "registered")
    assert subscription.notified(notify(first, 2, document(1, "registered")))[1] is None
    assert subscription.view.version == 1


def test_a_notify_may_overtake_the_200() -> None:
    """It makes the dialog, and the 200 that follows changes nothing (RFC 6665 4.4.1)."""
    subscription = watch()
    first = subscription.subscribe(600, WAY)
    assert subscription.notified(notify(first, 1, document(0, "registered")))[0].status == 200
    subscription.answered(accepted(first), received=True)
    assert subscription.notified(notify(first, 2, b""))[0].status == 200
    assert subscription.subscribe(600, WAY).cseq.number == 2


def test_it_begins_anew_when_it_has_ended() -> None:
    """After the last NOTIFY the next SUBSCRIBE has a new Call-ID, and knows nothing from before."""
    subscription = watch()
    first = subscription.subscribe(600, WAY)
    subscription.answered(accepted(first), received=True)
    last = notify(first, 1, document(0, "rejected", active=False), "terminated;reason=noresource")
    assert subscription.notified(last)[1] is not None
    again = subscription.subscribe(600, WAY)
    assert again.call_id != first.call_id
    assert subscription.view.registrations == ()
    assert subscription.notified(notify(first, 2, b""))[0].status == 481


def test_a_look_makes_no_subscription() -> None:
    """With Expires 0 one document comes, and that is all (RFC 6665 4.4.3)."""
    subscription = watch()
    first = subscription.subscribe(0, WAY)
    subscription.answered(accepted(first, 0), received=True)
    look = notify(first, 1, document(0, "registered"), "terminated;reason=timeout")
    assert subscription.notified(look)[0].status == 200
    assert subscription.subscribe(0, WAY).call_id != first.call_id


@pytest.mark.parametrize("received", [False, True])
def test_a_refusal_leaves_nothing(received: bool) -> None:
    """The next SUBSCRIBE begins anew."""
    subscription = watch()
    first = subscription.subscribe(600, WAY)
    subscription.answered(accepted(first), received=True)
    refused = subscription.answered(first.answer(481), received=received)
    assert (refused.ok, refused.expires) == (False, None)
    assert subscription.subscribe(600, WAY).to.tag is None


def test_a_stranger_tells_nothing() -> None:
    """A NOTIFY for another dialog, or for none, gets 481."""
    subscription = watch()
    first = subscription.subscribe(600, WAY)
    assert subscription.notified(notify(first, 1, document(0, "rejected"), tag="x")) == (
        notify(first, 1, document(0, "rejected"), tag="x").answer(481),
        None,
    )


@pytest.mark.parametrize(("body", "state"), [(b"no document", "active"), (b"", ";")])
def test_what_cannot_be_read_is_a_bad_request(body: bytes, state: str) -> None:
    """400, and what was known stays."""
    subscription = watch()
    first = subscription.subscribe(600, WAY)
    assert subscription.notified(notify(first, 1, body, state))[0].status == 400
