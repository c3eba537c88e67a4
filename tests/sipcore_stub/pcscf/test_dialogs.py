import pytest

from sipcore_stub.pcscf.dialogs import MOST_DIALOGS, Dialogs, begins
from tests.sipcore_stub.parts import IMPI, IMPU, publish
from valkit.sip.message import Request, Response

PEER = "sip:192.0.2.7"


def subscribe(**changes: str | None) -> Request:
    """Write a SUBSCRIBE of Alice."""
    return Request("SUBSCRIBE", IMPU, publish(CSeq="1 SUBSCRIBE", Event="reg", **changes).headers)


def granted(request: Request, contact: str | None = PEER) -> Response:
    """Answer it."""
    return request.answer(200, headers=[("Contact", f"<{contact}>")] if contact else (), to_tag="n")


def within(request: Request) -> Request:
    """Give the next request in its dialog."""
    return request.with_header("To", f"<{IMPU}>;tag=n")


@pytest.fixture
def dialogs() -> Dialogs:
    """Give the dialogs of a P-CSCF at which Alice has begun one."""
    known = Dialogs()
    known.learn(IMPI, subscribe(), granted(subscribe()))
    return known


def test_a_dialog_is_known_by_its_call_id_and_tags(dialogs: Dialogs) -> None:
    """To the UE that began it, and to no other."""
    known = dialogs.of(IMPI, within(subscribe()))
    assert known is not None
    assert known.target == PEER
    assert dialogs.of("bob@home.example", within(subscribe())) is None
    for other in (subscribe(Call_ID="other"), subscribe(From=f"<{IMPU}>;tag=other")):
        assert dialogs.of(IMPI, within(other)) is None
    assert dialogs.of(IMPI, subscribe(To=f"<{IMPU}>;tag=invented")) is None


@pytest.mark.parametrize(("status", "contact"), [(403, PEER), (200, None)])
def test_what_was_not_granted_is_no_dialog(status: int, contact: str | None) -> None:
    """Nor what was granted without saying where its peer is."""
    dialogs, request = Dialogs(), subscribe()
    answer = granted(request, contact)
    answer.status = status
    dialogs.learn(IMPI, request, answer)
    assert dialogs.of(IMPI, within(request)) is None


def test_a_publish_begins_none() -> None:
    """It is by itself, whatever is answered (RFC 3903)."""
    dialogs = Dialogs()
    dialogs.learn(IMPI, publish(), granted(publish()))
    assert dialogs.of(IMPI, within(publish())) is None
    assert not begins(publish())
    assert not begins(within(subscribe()))


def test_the_peer_may_move(dialogs: Dialogs) -> None:
    """Its latest Contact is where requests go (RFC 3261 12.2.1.2)."""
    dialogs.learn(IMPI, within(subscribe()), granted(within(subscribe()), "sip:192.0.2.8"))
    known = dialogs.of(IMPI, within(subscribe()))
    assert known is not None
    assert known.target == "sip:192.0.2.8"


def test_who_has_left_has_none(dialogs: Dialogs) -> None:
    """They are forgotten together."""
    dialogs.forget(IMPI)
    assert dialogs.of(IMPI, within(subscribe())) is None


def test_a_ue_has_only_so_many(dialogs: Dialogs) -> None:
    """The oldest goes, and nobody else's."""
    bobs = "bob@home.example"
    dialogs.learn(bobs, subscribe(), granted(subscribe()))
    for number in range(MOST_DIALOGS):
        request = subscribe(Call_ID=str(number))
        dialogs.learn(IMPI, request, granted(request))
    assert dialogs.of(IMPI, within(subscribe())) is None
    assert dialogs.of(IMPI, within(subscribe(Call_ID="0"))) is not None
    assert dialogs.of(bobs, within(subscribe())) is not None
