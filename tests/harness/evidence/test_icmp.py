import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.icmp import ICMP, ICMP_6, Notice, notice
from harness.evidence.packets import Packet, packet
from tests.harness.evidence.wires import ALICE, ALICE_6, CORE, CORE_6, ip, tcp, udp


def said(protocol: int, kind: int, code: int, lost: bytes) -> Packet:
    """Have the target say that it did not get a packet."""
    ends = (CORE_6[0], ALICE_6[0]) if protocol == ICMP_6 else (CORE[0], ALICE[0])
    found = packet(ip(protocol, struct.pack(">BBHI", kind, code, 0, 0) + lost, *ends))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (said(ICMP, 3, 3, udp(b"REGISTER")), Notice(CORE[0], "udp", ALICE, CORE, "port unreachable")),
        (said(ICMP, 3, 13, tcp(b"", 1)), Notice(CORE[0], "tcp", ALICE, CORE, "administratively prohibited")),
        (
            said(ICMP_6, 1, 4, udp(b"REGISTER", ALICE_6, CORE_6)),
            Notice(CORE_6[0], "udp", ALICE_6, CORE_6, "port unreachable"),
        ),
        (said(ICMP, 3, 3, udp(b"")[:28]), Notice(CORE[0], "udp", ALICE, CORE, "port unreachable")),
    ],
    ids=["udp", "tcp", "ipv6", "eight bytes of it"],
)
def test_it_says_whose_packet_was_not_delivered_and_why(told: Packet, expected: Notice) -> None:
    """As much of the packet as RFC 792 asks for is enough."""
    assert notice(told) == expected


@pytest.mark.parametrize(
    "told",
    [
        said(ICMP, 8, 0, b"ping" * 10),
        said(ICMP, 3, 3, b""),
        said(ICMP, 3, 3, ip(1, b"12345678")),
        Packet("", "", 17, b""),
    ],
    ids=["echo", "nothing of it", "of another protocol", "no ICMP"],
)
def test_anything_else_says_nothing(told: Packet) -> None:
    """Nor does what is too short."""
    assert notice(told) is None


@given(st.sampled_from([ICMP, ICMP_6]), st.binary(max_size=80))
def test_no_packet_makes_it_fail(protocol: int, payload: bytes) -> None:
    """Whatever is in it."""
    for kind in (b"", b"\x03\x03", b"\x01\x04"):
        notice(Packet(ALICE[0], CORE[0], protocol, kind + payload))
