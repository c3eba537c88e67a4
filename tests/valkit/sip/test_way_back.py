"""Where responses go: RFC 3261 18.2.1 and 18.2.2, RFC 3581."""

import pytest

from valkit.sip import Hop, ParseError, Request, Via
from valkit.sip.way_back import datagram_target, marked, stream_target

SOURCE = Hop("udp", "192.0.2.4", 40_000)


def request(via: str) -> Request:
    """Give a request with this top Via and another below it."""
    return Request.create("OPTIONS", "sip:a@b", [("Via", via), ("Via", "SIP/2.0/UDP first.example;branch=z9hG4bK1")])


@pytest.mark.parametrize(
    ("via", "expected"),
    [
        ("SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK2", "SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK2"),
        ("SIP/2.0/UDP bobspc.biloxi.com:5060", "SIP/2.0/UDP bobspc.biloxi.com:5060;received=192.0.2.4"),
        ("SIP/2.0/UDP 192.0.2.5", "SIP/2.0/UDP 192.0.2.5;received=192.0.2.4"),
        ("SIP/2.0/UDP 192.0.2.4;rport", "SIP/2.0/UDP 192.0.2.4;received=192.0.2.4;rport=40000"),
        ("SIP/2.0/UDP 192.0.2.4;received=203.0.113.9", "SIP/2.0/UDP 192.0.2.4;received=192.0.2.4"),
        ("SIP/2.0/UDP 192.0.2.5;received=203.0.113.9", "SIP/2.0/UDP 192.0.2.5;received=192.0.2.4"),
    ],
)
def test_the_top_via_says_where_a_request_came_from(via: str, expected: str) -> None:
    """`received` where sent-by differs or rport is asked for, whatever the client wrote there; other Vias untouched."""
    found = marked(request(via), SOURCE)
    assert found.headers.all("via") == (expected, "SIP/2.0/UDP first.example;branch=z9hG4bK1")


def test_a_via_that_tells_the_truth_leaves_the_request_as_it_is() -> None:
    """Nothing is copied where nothing is to be noted, IPv6 included."""
    plain = request("SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK2")
    assert marked(plain, SOURCE) is plain
    ipv6 = request("SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK2")
    assert marked(ipv6, Hop("udp", "2001:db8::1", 9)) is ipv6


def test_an_unreadable_via_is_the_peers_fault() -> None:
    """A Via that cannot be read is a ParseError."""
    with pytest.raises(ParseError):
        marked(Request.create("OPTIONS", "sip:a@b", [("Via", "nonsense")]), SOURCE)


@pytest.mark.parametrize(
    ("via", "expected"),
    [
        ("SIP/2.0/UDP 192.0.2.4:5070", ("192.0.2.4", 5070)),
        ("SIP/2.0/UDP 192.0.2.4", ("192.0.2.4", 5060)),
        ("SIP/2.0/UDP a.example:5070;received=192.0.2.4", ("192.0.2.4", 5070)),
        ("SIP/2.0/UDP a.example:5070;rport=40000;received=192.0.2.4", ("192.0.2.4", 40_000)),
        ("SIP/2.0/UDP a.example:5070;rport=99999;received=192.0.2.4", ("192.0.2.4", 5070)),
        ("SIP/2.0/UDP a.example:5070;maddr=198.51.100.1", ("198.51.100.1", 5070)),
        ("SIP/2.0/UDP a.example:5070;maddr=[2001:db8::9]", ("2001:db8::9", 5070)),
        ("SIP/2.0/UDP a.example:5070;maddr=name.example", ("192.0.2.4", 5070)),
    ],
)
def test_where_the_response_to_a_datagram_goes(via: str, expected: tuple[str, int]) -> None:
    """To maddr, else to the source: its port with rport, sent-by's without, 5060 without either."""
    assert datagram_target(Via.parse(via), SOURCE) == expected


@pytest.mark.parametrize(
    ("via", "source", "expected"),
    [
        ("SIP/2.0/TCP a.example:5070;received=192.0.2.4", Hop("tcp", "192.0.2.4", 9), Hop("tcp", "192.0.2.4", 5070)),
        ("SIP/2.0/TCP 192.0.2.9", Hop("tcp", "192.0.2.9", 9), Hop("tcp", "192.0.2.9", 5060)),
        ("SIP/2.0/TLS [2001:db8::1]", Hop("tls", "2001:db8::1", 9), Hop("tls", "2001:db8::1", 5061)),
    ],
)
def test_where_a_lost_connection_is_opened_again(via: str, source: Hop, expected: Hop) -> None:
    """To where the request came from, at sent-by's port or the transport's own."""
    assert stream_target(Via.parse(via), source) == expected


@pytest.mark.parametrize("said", ["received=203.0.113.9", "maddr=203.0.113.9", "received=203.0.113.9;rport"])
def test_no_via_sends_a_connection_elsewhere(said: str) -> None:
    """A client that names another's address in its Via does not have us connect there."""
    source = Hop("tcp", "192.0.2.4", 40_000)
    via = marked(request(f"SIP/2.0/TCP 192.0.2.4:5070;branch=z9hG4bK2;{said}"), source).via
    assert stream_target(via, source) == Hop("tcp", "192.0.2.4", 5070)


@pytest.mark.parametrize("rport", ["0" * 5_000, "9" * 5_000, "99999", "x"])
def test_an_rport_that_is_no_port_is_passed_over(rport: str) -> None:
    """The response goes to the port of sent-by; a number too long for int() was an error of ours."""
    via = Via.parse(f"SIP/2.0/UDP 192.0.2.4:5062;branch=z9hG4bK2;rport={rport}")
    assert datagram_target(via, SOURCE) == ("192.0.2.4", 5062)
