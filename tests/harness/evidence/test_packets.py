from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import packets
from harness.evidence.packets import MOST, Fragments, Packet, datagram, packet, segment
from tests.harness.evidence.wires import ALICE, ALICE_6, CORE, CORE_6, FIN, SYN, fragments, ip, tcp, udp

PAYLOAD = bytes(range(250)) * 8


def whole(parts: list[bytes]) -> list[Packet]:
    """Give every packet that is whole after these fragments."""
    table = Fragments()
    read = [packet(part) for part in parts]
    return [found for part in read if part is not None and (found := table.whole(part)) is not None]


@pytest.mark.parametrize("ends", [(ALICE, CORE), (ALICE_6, CORE_6)], ids=["IPv4", "IPv6"])
def test_a_datagram_is_read(ends: tuple[tuple[str, int], tuple[str, int]]) -> None:
    """With both addresses and ports."""
    found = packet(udp(b"hello", *ends))
    assert found is not None
    came = datagram(found)
    assert came == (*ends, b"hello", True)


def test_padding_behind_the_packet_is_no_part_of_it() -> None:
    """Ethernet fills short frames up."""
    found = packet(udp(b"hello") + bytes(20))
    assert found is not None
    assert found.payload[8:] == b"hello"


def test_a_datagram_that_was_cut_off_says_so() -> None:
    """Its header announces more than there is."""
    found = packet(udp(b"hello")[:-2])
    assert found is not None
    came = datagram(found)
    assert came is not None
    assert (came.payload, came.whole) == (b"hel", False)


def test_a_segment_is_read() -> None:
    """With its number, and whether a connection begins or ends."""
    for flags, begins, ends in ((SYN, True, False), (FIN, False, True), (0x18, False, False)):
        found = packet(tcp(b"hello", 77, flags))
        assert found is not None
        assert segment(found) == (ALICE, CORE, 77, begins, ends, b"hello")


def test_ipv6_extension_headers_are_passed_over() -> None:
    """Hop-by-hop options, then destination options, each of 8 bytes, then authentication of 12."""
    inner = udp(b"hello", ALICE_6, CORE_6)[40:]
    chain = bytes([60, 0, *bytes(6)]) + bytes([51, 0, *bytes(6)]) + bytes([17, 1, *bytes(10)]) + inner
    found = packet(ip(0, chain, ALICE_6[0], CORE_6[0]))
    assert found is not None
    assert (found.protocol, found.payload) == (17, inner)


@pytest.mark.parametrize("ends", [(ALICE, CORE), (ALICE_6, CORE_6)], ids=["IPv4", "IPv6"])
def test_fragments_are_put_together_in_whatever_order_they_come(ends: tuple[tuple[str, int], tuple[str, int]]) -> None:
    """And one that comes twice does no harm."""
    parts = fragments(udp(PAYLOAD, *ends), 800)
    assert len(parts) == 3
    for order in permutations(parts):
        (found,) = whole([*order[:2], order[0], order[2]])
        came = datagram(found)
        assert came is not None
        assert came.payload == PAYLOAD


def test_of_two_packets_each_gets_its_own_fragments() -> None:
    """They are told apart by their identification."""
    one, two = fragments(udp(b"1" * 100), 64, 1), fragments(udp(b"2" * 100), 64, 2)
    found = whole([one[0], two[0], one[1], two[1]])
    assert [each.payload[8:] for each in found] == [b"1" * 100, b"2" * 100]


def test_fragments_that_never_come_are_counted_and_take_no_memory() -> None:
    """Beyond a bound the oldest is given up."""
    table = Fragments()
    for number in range(MOST + 10):
        part = packet(fragments(udp(PAYLOAD), 800, number)[0])
        assert part is not None
        assert table.whole(part) is None
    assert table.missing == MOST + 10
    assert len(table._waiting) == MOST


def test_fragments_that_overlap_take_no_more_memory_than_is_given_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packet that waits longest is given up; the last one is put together all the same."""
    monkeypatch.setattr(packets, "MOST_BYTES", 5_000)
    table = Fragments()
    pieces = [
        Packet("192.0.2.1", "192.0.2.2", 17, bytes(1_000), number, 8 * at, more=True)
        for number in range(8)
        for at in range(3)
    ]
    assert [table.whole(piece) for piece in pieces] == [None] * 24
    assert (table.missing, table.given_up) == (8, 7)
    last = table.whole(Packet("192.0.2.1", "192.0.2.2", 17, b"end", 7, 1_016))
    assert last is not None
    assert last.payload == bytes(1_016) + b"end"


def test_a_packet_larger_than_any_is_given_up() -> None:
    """The ping of death."""
    part = Packet("192.0.2.1", "192.0.2.2", 17, bytes(1_000), 1, 65_528, more=False)
    table = Fragments()
    assert table.whole(part) is None
    assert table.given_up == 1


@given(st.binary(max_size=80))
def test_whatever_a_packet_holds_it_is_read_or_is_none(octets: bytes) -> None:
    """No bytes make it fail."""
    for version in (0x45, 0x4F, 0x60):
        found = packet(bytes([version]) + octets)
        if found is not None:
            datagram(found)
            segment(found)
