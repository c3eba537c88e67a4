import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop, addresses


@pytest.mark.parametrize(
    ("text", "hop"),
    [
        ("udp:127.0.0.1:5060", Hop("udp", "127.0.0.1", 5060)),
        ("tls:pcscf.home.example:5061", Hop("tls", "pcscf.home.example", 5061)),
        ("tcp:[2001:db8::1]:0", Hop("tcp", "2001:db8::1", 0)),
    ],
)
def test_a_hop_is_written_as_it_is_read(text: str, hop: Hop) -> None:
    """Transport, host and port with colons between; brackets belong to the text, not to the host."""
    assert Hop.parse(text) == hop
    assert str(hop) == text


@pytest.mark.parametrize(
    "text",
    ["", "udp", "127.0.0.1:5060", "sctp:h:1", "udp:h:65536", "udp:h:", "udp::1", "udp:2001:db8::1:5060", "udp:h:1 "],
)
def test_anything_else_is_refused(text: str) -> None:
    """The error names the hop and says how one looks."""
    with pytest.raises(ParseError, match="hop is not transport:host:port"):
        Hop.parse(text)


@given(st.sampled_from(["udp", "tcp", "tls"]), st.ip_addresses(), st.integers(0, 65535))
def test_every_address_comes_back(transport: str, address: object, port: int) -> None:
    """Any IPv4 or IPv6 address survives being written and read."""
    hop = Hop(transport, str(address), port)
    assert Hop.parse(str(hop)) == hop


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("127.0.0.1", "val.example", ("127.0.0.1", "0.0.0.0")),
        ("val.example", "2001:db8::1", ("::", "2001:db8::1")),
        ("a.example", "b.example", ("0.0.0.0", "0.0.0.0")),
        ("2001:db8::1", "2001:db8::2", ("2001:db8::1", "2001:db8::2")),
    ],
)
def test_a_name_has_the_unspecified_address(source: str, target: str, found: tuple[str, str]) -> None:
    """Of the family of the other end."""
    assert tuple(map(str, addresses(Hop("udp", source, 1), Hop("udp", target, 1)))) == found
