from prometheus_client import CollectorRegistry

from tests.support import Awaited, Network, element, register
from valkit.net.monitoring.messages import UNDER_WAY, Kind, Messages
from valkit.sip import Hop, Request, Response

CLIENT, SERVER = "192.0.2.1", "192.0.2.2"
HERE, THERE = Hop("udp", CLIENT, 5060), Hop("udp", SERVER, 5060)


def accepted(request: Request, _: Hop) -> Response:
    """Answer 200."""
    return request.answer(200)


def test_messages_are_counted_at_both_ends_as_they_pass() -> None:
    """One answer lost: the REGISTER goes twice, and its repetition is told; the answer was timed once."""
    network, registry = Network(), CollectorRegistry()
    messages = Messages(network.clock, registry)
    element(network, SERVER, accepted, tap=messages)
    client = element(network, CLIENT, accepted, tap=messages)
    lost = iter([False, True])
    network.loses = lambda _: next(lost, False)
    answer = Awaited(client.request(register(), Hop("udp", SERVER, 5060)))
    network.run(1)
    assert answer.result.status == 200
    assert messages.counts == {
        Kind(CLIENT, "sent", "REGISTER"): 2,
        Kind(SERVER, "received", "REGISTER"): 2,
        Kind(SERVER, "sent", "REGISTER", "200"): 2,
        Kind(CLIENT, "received", "REGISTER", "200"): 1,
    }
    assert messages.repeated == {CLIENT: 1}
    assert registry.get_sample_value("val_sip_answer_seconds_count", {"method": "REGISTER"}) == 1


def test_a_method_that_nobody_knows_is_other() -> None:
    """So a peer that invents methods makes no number of its own; neither does one that invents status codes."""
    messages = Messages(Network().clock, CollectorRegistry())
    for number in range(50):
        request = Request.create(f"M{number}", "sip:a", [("Via", f"SIP/2.0/UDP h;branch=z9hG4bK{number}")])
        request = request.adding("CSeq", f"1 M{number}")
        assert messages.received(request, HERE, THERE)
        assert messages.sending(Response.create(600 + number, headers=request.headers.items()), THERE, HERE) == 1
    assert {(kind.method, kind.status) for kind in messages.counts} <= {
        ("other", each) for each in ("", "other", "600", "603", "604", "606", "607", "608")
    }


def test_requests_that_are_never_answered_take_no_memory_without_end() -> None:
    """The oldest are forgotten, and not timed."""
    messages = Messages(Network().clock, CollectorRegistry())
    request = register()
    for number in range(UNDER_WAY + 10):
        messages.received(request.adding("Via", f"SIP/2.0/UDP h;branch=z9hG4bK{number}", first=True), HERE, THERE)
    assert len(messages._asked) == UNDER_WAY
