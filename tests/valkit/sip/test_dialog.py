"""Both ends of one dialog, each talking to the other."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.dialog import Dialog
from valkit.sip.errors import Misuse, ParseError
from valkit.sip.message import Request, Response, parse

ROUTES = ("<sip:p1;lr>", "<sip:p2;lr>")


def received(request: Request) -> Request:
    """Give a request as it comes off the wire."""
    message = parse(bytes(request))
    assert isinstance(message, Request)
    return message


def subscribe(**changes: str) -> Request:
    """Write a SUBSCRIBE that two proxies have recorded their way on, the nearest to its sender last."""
    headers = {
        "Via": "SIP/2.0/UDP 127.0.0.11;branch=z9hG4bK1",
        "From": "<sip:alice@home.example>;tag=a",
        "To": "<sip:alice@home.example>",
        "Call-ID": "call",
        "CSeq": "7 SUBSCRIBE",
        "Contact": "<sip:alice@127.0.0.11:5060>",
        "Record-Route": ", ".join(ROUTES),
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    return received(Request.create("SUBSCRIBE", "sip:alice@home.example", headers.items()))


def answered(request: Request) -> Response:
    """Accept it, as a UAS does: with its Contact, and the recorded route as it came (12.1.1)."""
    headers = [("Contact", "<sip:127.0.0.23:5060>"), *(("Record-Route", str(each)) for each in request.record_routes)]
    return request.answer(200, headers=headers, to_tag="b")


def ends() -> tuple[Dialog, Dialog]:
    """Give the dialog at the subscriber, and at the notifier."""
    request = subscribe()
    response = answered(request)
    return Dialog.established(request, response), Dialog.accepted(request, response)


def test_the_two_ends_mirror_each_other() -> None:
    """Who is local here is remote there, and the routes run the other way (12.1.1, 12.1.2)."""
    ours, theirs = ends()
    assert (ours.local, ours.remote) == (theirs.remote, theirs.local)
    assert ours.routes == tuple(reversed(theirs.routes)) == ("<sip:p2;lr>", "<sip:p1;lr>")
    assert (ours.target, theirs.target) == ("sip:127.0.0.23:5060", "sip:alice@127.0.0.11:5060")
    assert (ours.sent, ours.heard, theirs.sent, theirs.heard) == (7, None, 0, 7)


def test_a_request_in_the_dialog() -> None:
    """It goes to the peer's Contact over the routes, has both tags, and counts (12.2.1.1)."""
    ours, theirs = ends()
    notify, theirs = theirs.request("NOTIFY", [("Event", "reg")], b"x", "text/plain")
    assert (notify.uri, notify.headers.all("Route")) == ("sip:alice@127.0.0.11:5060", ROUTES)
    assert (notify.cseq.number, theirs.sent) == (1, 1)
    assert ours.has(notify)
    assert ours.taking(notify).heard == 1


def test_a_notify_may_overtake_the_200() -> None:
    """The dialog it makes is the one that the 200 makes, but for what it has counted (RFC 6665 4.4.1)."""
    request = subscribe()
    ours, theirs = ends()
    notify, _ = theirs.request("NOTIFY", [("Contact", "<sip:127.0.0.23:5060>")])
    recorded = notify.with_header("Record-Route", *reversed(ROUTES))
    assert Dialog.notified(request, received(recorded)) == evolve(ours, heard=1)


def test_a_refresh_may_move_the_target() -> None:
    """Contact of a request in the dialog is where the peer is from then on; without one nothing moves (12.2)."""
    _, theirs = ends()
    later = subscribe(CSeq="8 SUBSCRIBE", To="<sip:alice@home.example>;tag=b", Contact="<sip:alice@127.0.0.12>")
    assert theirs.taking(later).target == "sip:alice@127.0.0.12"
    assert theirs.taking(later.without("Contact")).target == theirs.target


@pytest.mark.parametrize("number", [0, 6, 7])
def test_what_was_overtaken_is_refused(number: int) -> None:
    """500 for a CSeq that is not higher than the last one (12.2.2)."""
    _, theirs = ends()
    late = subscribe(CSeq=f"{number} SUBSCRIBE", To="<sip:alice@home.example>;tag=b")
    with pytest.raises(ParseError) as error:
        theirs.taking(late)
    assert error.value.answer == 500


@pytest.mark.parametrize(
    "change",
    [{"Call_ID": "other"}, {"From": "<sip:alice@home.example>;tag=x"}, {"To": "<sip:alice@home.example>;tag=x"}, {}],
    ids=("Call-ID", "From tag", "To tag", "no To tag"),
)
def test_what_is_of_another_dialog(change: dict[str, str]) -> None:
    """Call-ID and both tags have to be the dialog's; taking such a request is our own mistake."""
    _, theirs = ends()
    other = subscribe(**{"To": "<sip:alice@home.example>;tag=b"} | change if change else change)
    assert not theirs.has(other)
    with pytest.raises(Misuse):
        theirs.taking(other)


@pytest.mark.parametrize("contact", ["*", "<sip:a@h>, <sip:b@h>", None])
def test_without_one_contact_there_is_no_dialog(contact: str | None) -> None:
    """Nobody would know where to send (12.1.1)."""
    request = subscribe(Contact=contact) if contact else subscribe().without("Contact")
    with pytest.raises(ParseError, match="Contact"):
        Dialog.accepted(request, answered(request))


@given(st.lists(st.booleans(), max_size=20))
def test_both_ends_count_for_themselves(turns: list[bool]) -> None:
    """However they take turns, each request is one higher than the last of its sender and is taken."""
    ours, theirs = ends()
    for mine in turns:
        if mine:
            request, ours = ours.request("SUBSCRIBE")
            theirs = theirs.taking(request)
        else:
            request, theirs = theirs.request("NOTIFY")
            ours = ours.taking(request)
    assert (theirs.heard, ours.heard or 0) == (ours.sent, theirs.sent)
