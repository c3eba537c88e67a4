"""HEP3 as others read it: a decoder that goes by the lengths alone, written without the encoder."""

import struct
from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from valkit.hep import LARGEST, Agent, Captured, encode
from valkit.sip.hop import Hop


def chunks(datagram: bytes) -> dict[int, bytes]:
    """Take a datagram apart by its lengths, none of which may leave anything over."""
    assert datagram[:4] == b"HEP3"
    assert int.from_bytes(datagram[4:6]) == len(datagram)
    found, rest = {}, datagram[6:]
    while rest:
        vendor, kind, length = struct.unpack_from(">HHH", rest)
        assert vendor == 0
        assert length <= len(rest)
        assert kind not in found
        found[kind], rest = rest[6:length], rest[length:]
    return found


PORTS = st.integers(0, 65_535)
ENDS = st.one_of(
    st.lists(st.tuples(st.ip_addresses(v=4).map(str), PORTS), min_size=2, max_size=2),
    st.lists(st.tuples(st.ip_addresses(v=6).map(str), PORTS), min_size=2, max_size=2),
)
"""Two hosts of one IP version."""


@given(ENDS, st.sampled_from(["udp", "tcp", "tls"]), st.binary(max_size=2_000))
def test_what_is_read_is_what_was_seen(ends: list[tuple[str, int]], transport: str, payload: bytes) -> None:
    """Every chunk, of both IP versions."""
    source_hop, target_hop = (Hop(transport, host, port) for host, port in ends)
    version = ip_address(source_hop.host).version
    captured = Captured(1_700_000_000.25, source_hop, target_hop, payload, "abc")
    datagram = encode(captured, Agent(2_001, "secret"))
    assert datagram is not None
    found = chunks(datagram)
    source, target = (3, 4) if version == 4 else (5, 6)
    assert found.keys() == {1, 2, source, target, 7, 8, 9, 10, 11, 12, 14, 15, 17}
    assert [found[each][0] for each in (1, 2, 11)] == [2 if version == 4 else 10, 17 if transport == "udp" else 6, 1]
    assert [ip_address(found[each]) for each in (source, target)] == [ip_address(host) for host, _ in ends]
    assert [int.from_bytes(found[each]) for each in (7, 8)] == [port for _, port in ends]
    assert [int.from_bytes(found[each]) for each in (9, 10, 12)] == [1_700_000_000, 250_000, 2_001]
    assert (found[14], found[15], found[17]) == (b"secret", payload, b"abc")


def test_a_message_that_is_too_large_for_a_datagram_is_none() -> None:
    """One octet less is one."""
    here = Hop("udp", "192.0.2.1", 5060)
    room = LARGEST - len(encode(Captured(0.0, here, here, b"", "c"), Agent(1)) or b"")
    assert encode(Captured(0.0, here, here, b"x" * room, "c"), Agent(1)) is not None
    assert encode(Captured(0.0, here, here, b"x" * (room + 1), "c"), Agent(1)) is None


def test_a_name_is_the_unspecified_address() -> None:
    """A connection may be to a name, and nobody looks it up for the collector's sake; both are of one version."""
    captured = Captured(0.0, Hop("tls", "2001:db8::1", 5061), Hop("tls", "pcscf.home.example", 5061), b"", "")
    found = chunks(encode(captured, Agent(1)) or b"")
    assert ip_address(found[6]) == ip_address("::")


def test_the_password_is_not_shown() -> None:
    """In no log and no report."""
    assert "secret" not in repr(Agent(1, "secret"))
