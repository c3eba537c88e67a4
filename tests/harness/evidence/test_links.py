import pytest

from harness.evidence.links import LINKS
from tests.harness.evidence.wires import ALICE_6, COOKED, COOKED_2, CORE_6, ETHERNET, LOOP, NULL, RAW, framed, udp

PACKETS = [udp(b"four"), udp(b"six", ALICE_6, CORE_6)]


@pytest.mark.parametrize("packet", PACKETS, ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("link", [ETHERNET, RAW, COOKED, COOKED_2, NULL, LOOP])
def test_the_packet_of_every_link_type_is_found(link: int, packet: bytes) -> None:
    """Whichever version it has."""
    assert LINKS[link](framed(packet, link)) == packet


@pytest.mark.parametrize("vlans", [(5,), (5, 6), (1, 2, 3, 4)], ids=len)
def test_tags_are_passed_over(vlans: tuple[int, ...]) -> None:
    """A VLAN, or one within another."""
    assert LINKS[ETHERNET](framed(PACKETS[0], ETHERNET, vlans)) == PACKETS[0]


@pytest.mark.parametrize("link", [ETHERNET, COOKED, COOKED_2])
@pytest.mark.parametrize("frame", [b"", bytes(13), bytes(60)])
def test_what_is_no_ip_is_none(link: int, frame: bytes) -> None:
    """ARP, or a frame that is cut off."""
    assert LINKS[link](frame) is None
