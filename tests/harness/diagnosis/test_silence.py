"""Silence on a wire that is made up: requests go out, and nothing comes back."""

import struct
from io import BytesIO

from harness.diagnosis import Finding, findings_in
from harness.diagnosis.extraction import facts
from harness.evidence import read_capture
from tests.harness.diagnosis.test_extraction import register
from tests.harness.evidence.wires import ALICE, CORE, ip, pcap, udp


def only(*packets: bytes) -> Finding:
    """Give the one thing that is wrong with a capture of these packets, a second apart."""
    (found,) = findings_in(facts(read_capture(BytesIO(pcap(packets)))))
    return found


def test_nobody_answers() -> None:
    """How often, how long, from whom to whom; and what to look at."""
    found = only(*[udp(bytes(register(1)))] * 3)
    assert found.name == "unanswered"
    assert found.sentence == (
        "Nobody answered 3 transmissions of REGISTER over 2.0 s from 192.0.2.1 to udp:192.0.2.2:5070."
    )
    assert "at this port over UDP (ss -ln), whether a firewall is between" in found.advice
    assert "belong on TCP" not in found.advice


def test_icmp_says_that_nothing_listens() -> None:
    """In a capture of a single transmission."""
    lost = udp(bytes(register(1)))
    found = only(lost, ip(1, struct.pack(">BBHI", 3, 3, 0, 0) + lost[:28], CORE[0], ALICE[0]))
    assert found.sentence.startswith("Nobody answered 1 transmission of REGISTER in the 0.0 s")
    assert found.sentence.endswith("; ICMP says port unreachable.")
    assert found.advice.startswith("Nothing listens at this address and port over UDP")


def test_a_router_drops_what_is_too_large() -> None:
    """More than 1300 bytes by UDP."""
    lost = udp(bytes(register(1, token="x" * 1_500)))
    found = only(lost, ip(1, struct.pack(">BBHI", 3, 4, 0, 0) + lost[:28], "192.0.2.254", ALICE[0]))
    assert found.sentence.endswith("; ICMP says packet too big.")
    assert found.advice.startswith("Look at the way there, where routers say this")
    assert "more than 1300 belong on TCP" in found.advice
