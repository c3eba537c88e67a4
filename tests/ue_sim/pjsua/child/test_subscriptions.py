from typing import Any

import pytest

from tests.ue_sim.pjsua.child.talking import Child, child
from valkit.sip.headers import STAR
from valkit.sip.message import Request, Response, parse

IMPU = "sip:alice@home.example"
SUBSCRIBE: dict[str, Any] = {"verb": "subscribe", "method": "SUBSCRIBE", "uri": IMPU, "headers": []}


def subscribed(running: Child, **more: Any) -> Request:
    """Have it subscribe, and accept that."""
    running.orders(**SUBSCRIBE | more)
    request = running.sends()
    accepted = [("Expires", str(request.expires)), ("Contact", running.route.replace(";lr", ""))]
    running.answers(request.answer(200, headers=accepted, to_tag="n"))
    assert running.says()["response"].startswith("SIP/2.0 200 OK")
    return request


def notify(of: Request, cseq: int, body: bytes, state: str = "active;expires=600", tag: str = "") -> Request:
    """Write a NOTIFY in the dialog of a SUBSCRIBE."""
    assert of.contacts is not STAR
    headers = [
        ("Via", f"SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{of.call_id}{cseq}{tag}"),
        ("From", f"<{IMPU}>;tag=n"),
        ("To", f"<{IMPU}>;tag={tag or of.from_.tag}"),
        ("Call-ID", of.call_id),
        ("CSeq", f"{cseq} NOTIFY"),
        ("Contact", str(of.routes[0]).replace(";lr", "")),
        ("Event", "reg"),
        ("Subscription-State", state),
        ("Max-Forwards", "70"),
    ]
    return Request.create("NOTIFY", of.contacts[0].uri, headers, body, "application/reginfo+xml")


def told(running: Child, request: Request) -> Response:
    """Send it a request of the network, and give its answer."""
    running.is_sent(request)
    answer = running.receives()
    assert isinstance(answer, Response)
    return answer


def test_a_subscription_is_pjsips_own() -> None:
    """It writes Event, Accept and Expires; route, identity and contact are those that it is told."""
    with child() as running:
        running.says()
        request = subscribed(running, headers=[["P-Preferred-Identity", f"<{IMPU}>"]])
        assert (request.uri, request.from_.uri, request.to.uri) == (IMPU, IMPU, IMPU)
        assert (request.headers.get("Event"), request.expires) == ("reg", 600)
        assert request.headers.get("Accept") == "application/reginfo+xml"
        assert request.headers.get("P-Preferred-Identity") == f"<{IMPU}>"
        assert tuple(map(str, request.routes)) == (running.route,)


def test_every_route_is_taken_in_its_order() -> None:
    """P-CSCF, then Service-Route."""
    with child() as running:
        running.says()
        routes = [running.route, "<sip:orig@scscf.home.example;lr>", "<sip:another.home.example;lr>"]
        assert list(map(str, subscribed(running, routes=routes).routes)) == routes


def test_a_notify_is_answered_and_handed_over() -> None:
    """As text, for the phone and the identity that had subscribed."""
    with child() as running:
        running.says()
        request = subscribed(running)
        assert told(running, notify(request, 1, b"<reginfo/>")).status == 200
        said = running.says()
        assert (said["ue"], said["impu"]) == ("a", IMPU)
        heard = parse(said["notify"].encode())
        assert (heard.method, heard.body) == ("NOTIFY", b"<reginfo/>")  # type: ignore[union-attr]  # a request


def test_a_notify_of_nobodys_subscription_is_not_handed_over() -> None:
    """Another tag makes another dialog: 481, and nothing is told of it (RFC 6665 4.1.3)."""
    with child() as running:
        running.says()
        request = subscribed(running)
        assert told(running, notify(request, 1, b"<reginfo/>", tag="other")).status == 481
        assert told(running, notify(request, 1, b"<mine/>")).status == 200
        assert "<mine/>" in running.says()["notify"]


def test_it_goes_on_and_ends_in_its_dialog() -> None:
    """The next SUBSCRIBE has the dialog's Call-ID and tags, and the next CSeq; 0 ends it."""
    with child() as running:
        running.says()
        first = subscribed(running)
        told(running, notify(first, 1, b"<reginfo/>"))
        running.says()
        for number, expires in enumerate((900, 0), start=1):
            again = subscribed(running, expires=expires)
            assert (again.call_id, again.from_.tag, again.to.tag) == (first.call_id, first.from_.tag, "n")
            assert (again.cseq.number, again.expires) == (first.cseq.number + number, expires)


def test_after_its_end_there_is_a_new_one() -> None:
    """The network ends it; who subscribes then begins another dialog."""
    with child() as running:
        running.says()
        first = subscribed(running)
        told(running, notify(first, 1, b"<reginfo/>", "terminated;reason=noresource"))
        assert "notify" in running.says()
        assert subscribed(running).call_id != first.call_id


@pytest.mark.parametrize("status", [403, 489])
def test_a_refusal_is_handed_over_and_leaves_nothing(status: int) -> None:
    """The next attempt begins anew."""
    with child() as running:
        running.says()
        calls = set()
        for _ in range(2):
            running.orders(**SUBSCRIBE)
            request = running.sends()
            running.answers(request.answer(status))
            assert running.says()["response"].startswith(f"SIP/2.0 {status} ")
            calls.add(request.call_id)
        assert len(calls) == 2


def test_silence_is_told_as_such() -> None:
    """408, as RFC 3261 8.1.3.1 has it."""
    with child(timers=(0.01, 0.02, 0.02, 0.2)) as running:
        running.says()
        number = running.orders(**SUBSCRIBE)
        assert running.says() == {"id": number, "none": 408}


def test_what_makes_no_subscription_is_refused() -> None:
    """An order that PJSIP cannot read is answered, and the child goes on."""
    with child() as running:
        running.says()
        running.orders(**SUBSCRIBE, contact="<<>>")
        assert "refused" in running.says()
        subscribed(running)


def test_subscriptions_leave_nothing_behind() -> None:
    """Two thousand, each of which the network ends, need no more memory and files than a thousand did.

    T4 and 64*T1 are short here, since PJSIP remembers for so long what it has answered.
    """
    held = []
    with child(timers=(0.5, 4.0, 0.01, 0.2)) as running:
        running.says()
        for number in range(2000):
            told(running, notify(subscribed(running), 1, b"<reginfo/>", "terminated;reason=noresource"))
            running.says()
            if number in {999, 1999}:
                held.append(running.holds)
    (before, files), (after, more_files) = held
    assert after - before < 2 * 1024
    assert more_files == files
