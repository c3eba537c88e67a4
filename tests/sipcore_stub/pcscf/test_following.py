import pytest
from attrs import define, field

from sipcore_stub.pcscf.associations import Association
from sipcore_stub.pcscf.following import Following
from tests.sipcore_stub.parts import IMPI, IMPU, PCSCF, SCSCF, WORK, Wire, received
from valkit.ids import SeededIds
from valkit.reginfo import TYPE, Contact, RegInfo, Registration
from valkit.sip.errors import ParseError
from valkit.sip.headers import NameAddr
from valkit.sip.message import Request

ALICE = Association(
    IMPI,
    3600.0,
    (NameAddr.parse(f"<{IMPU}>"), NameAddr.parse(f"<{WORK}>")),
    ("<sip:orig@127.0.0.23:5060;lr>",),
    registered=True,
)
CONTACT = "sip:alice@127.0.0.11:5060"


@define
class Watch:
    """A P-CSCF's subscriptions, and the S-CSCF that the test plays."""

    wire: Wire = field(factory=lambda: Wire((PCSCF,)))
    following: Following = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.following = Following(self.wire, SeededIds(1))


def notify(call_id: str, body: bytes, state: str = "active;expires=600") -> Request:
    """Write a NOTIFY."""
    headers = [
        ("Via", "SIP/2.0/UDP 127.0.0.23;branch=z9hG4bKn"),
        ("From", f"<{IMPU}>;tag=s"),
        ("To", "<sip:127.0.0.21:5060>;tag=p"),
        ("Call-ID", call_id),
        ("CSeq", "1 NOTIFY"),
        ("Subscription-State", state),
    ]
    return received(Request.create("NOTIFY", "sip:127.0.0.21:5060", headers, body, TYPE))


def document(active: bool) -> bytes:
    """Write a document in which two identities have one contact."""
    contact = Contact("1", CONTACT, active, "registered" if active else "deactivated")
    state = "active" if active else "terminated"
    return bytes(RegInfo(0, True, tuple(Registration(impu, impu, state, (contact,)) for impu in (IMPU, WORK))))


def test_it_subscribes_once_to_the_default_identity() -> None:
    """Over the Service-Route, in its own name (TS 24.229 5.2.3)."""
    watch = Watch()
    watch.following.follow(ALICE)
    sent = watch.wire.take()
    assert (sent.to, sent.request.uri, sent.request.method) == (SCSCF, IMPU, "SUBSCRIBE")
    assert sent.request.headers.get("P-Asserted-Identity") == "<sip:127.0.0.21:5060>"
    assert (sent.request.headers.get("Event"), sent.request.expires) == ("reg", 600_000)
    sent.answered(200)
    watch.following.follow(ALICE)
    assert not watch.wire.sent


def test_it_learns_which_contacts_have_ended() -> None:
    """Each once, though every identity of the set tells of it; those that stand are none of them."""
    watch = Watch()
    watch.following.follow(ALICE)
    call_id = watch.wire.take().request.call_id
    assert watch.following.has(notify(call_id, b""))
    assert watch.following.notified(notify(call_id, document(active=True))) == ()
    assert watch.following.notified(notify(call_id, document(active=False))) == (CONTACT,)


def test_a_subscription_that_has_ended_is_begun_anew() -> None:
    """With the next registration."""
    watch = Watch()
    watch.following.follow(ALICE)
    call_id = watch.wire.take().request.call_id
    watch.following.notified(notify(call_id, document(active=False), "terminated;reason=noresource"))
    assert not watch.following.has(notify(call_id, b""))
    watch.following.follow(ALICE)
    assert watch.wire.take().request.call_id != call_id


@pytest.mark.parametrize("silent", [False, True])
def test_a_subscription_that_is_refused_is_tried_again(silent: bool) -> None:
    """With the next registration, and not before."""
    watch = Watch()
    watch.following.follow(ALICE)
    sent = watch.wire.take()
    if silent:
        sent.given_up()
    else:
        sent.answered(403)
    watch.following.follow(ALICE)
    assert len(watch.wire.sent) == 1


def test_who_has_no_identity_is_not_watched() -> None:
    """A UE that is only challenged."""
    watch = Watch()
    watch.following.follow(Association(IMPI, 240.0))
    assert not watch.wire.sent


def test_a_body_that_is_no_document_is_a_bad_request() -> None:
    """400, and the subscription stands."""
    watch = Watch()
    watch.following.follow(ALICE)
    call_id = watch.wire.take().request.call_id
    with pytest.raises(ParseError) as error:
        watch.following.notified(notify(call_id, b"no document"))
    assert error.value.answer == 400
