"""Captures as a whole, with tshark as the witness of what is in them."""

import subprocess
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import Broken, Evidence, NotACapture, Spot, captured, read_capture
from harness.seen.capture import capture
from tests.harness.evidence.wires import (
    ALICE,
    ALICE_6,
    AT,
    COOKED,
    COOKED_2,
    CORE,
    CORE_6,
    ETHERNET,
    FIN,
    LOOP,
    NULL,
    RAW,
    RST,
    SYN,
    block,
    fragments,
    framed,
    interface,
    ip,
    pcap,
    pcapng,
    request,
    section,
    tcp,
    udp,
)
from tests.harness.scenes import log_in, registration
from tests.witness.foreign import tool
from valkit.redaction import masked
from valkit.sip import Hop
from valkit.trace import Http, Message

LONG = request(3, b"x" * 3_000)

PACKETS = [
    udp(request(1)),
    udp(request(2), ALICE_6, CORE_6),
    *fragments(udp(LONG), 1_400),
    *fragments(udp(LONG, ALICE_6, CORE_6), 1_400),
    tcp(b"", 99, SYN),
    tcp(request(4)[:100], 100),
    tcp(request(4)[200:], 300),
    tcp(request(4)[:100], 100),
    tcp(request(4)[100:200], 200),
    tcp(request(5) + request(6), 100 + len(request(4))),
    tcp(b"", 100 + len(request(4)) + len(request(5) + request(6)), FIN),
    tcp(request(8), 5, 0x18, ALICE_6, CORE_6),
]
SAID = [request(1), request(2), LONG, LONG, request(4), request(5), request(6), request(8)]


def read(octets: bytes) -> Evidence:
    """Read a capture that is in memory."""
    return read_capture(BytesIO(octets))


def shark(path: Path, *fields: str) -> list[list[str]]:
    """Let tshark read SIP out of a capture, streams put together as well."""
    command = [tool("tshark"), "-r", str(path), "-Y", "sip", "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"]
    command += ["-d", "udp.port==5070,sip", "-d", "tcp.port==5070,sip", "-o", "tcp.reassemble_out_of_order:TRUE"]
    command += [word for field in fields for word in ("-e", field)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split("|") for line in said.splitlines()]


@pytest.mark.parametrize("link", [ETHERNET, RAW, COOKED, COOKED_2, NULL, LOOP])
@pytest.mark.parametrize("write", [pcap, pcapng], ids=["pcap", "pcapng"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_kind_of_capture_says_the_same(link: int, write: object, order: str) -> None:
    """Whatever the format, its byte order and the link type."""
    assert callable(write)
    found = read(write([framed(packet, link) for packet in PACKETS], link, order))
    assert [bytes(seen.message) for seen in found.messages] == SAID
    assert not found.broken
    assert not found.remarks


@pytest.mark.parametrize("link", [ETHERNET, COOKED, COOKED_2, RAW])
def test_tshark_finds_the_same_messages_in_the_same_frames(link: int, tmp_path: Path) -> None:
    """The independent witness, for fragments, streams, both versions of IP."""
    path = tmp_path / "one.pcap"
    path.write_bytes(pcap([framed(packet, link) for packet in PACKETS], link))
    with path.open("rb") as file:
        found = read_capture(file)
    theirs = [
        (f"frame {frame}", float(at), number)
        for frame, at, numbers in shark(path, "frame.number", "frame.time_epoch", "sip.CSeq.seq")
        for number in numbers.split(",")
    ]
    ours = [(seen.spot.place, seen.spot.at, str(seen.message.cseq.number)) for seen in found.messages]
    assert ours == theirs


def test_a_message_says_when_and_between_whom() -> None:
    """Of a stream, when its last byte came."""
    found = read(pcap(PACKETS))
    assert found.messages[0].spot.at == AT
    assert (found.messages[0].spot.source, found.messages[0].spot.target) == (Hop("udp", *ALICE), Hop("udp", *CORE))
    assert (found.messages[-1].spot.source, found.messages[-1].spot.target) == (
        Hop("tcp", *ALICE_6),
        Hop("tcp", *CORE_6),
    )


def test_our_own_captures_are_read_back() -> None:
    """Every message, with its secrets masked; HTTP is passed over."""
    events = [event for event in (*registration(), *log_in()) if isinstance(event, Message | Http)]
    found = read(b"".join(capture(events)))
    said = [event for event in events if isinstance(event, Message)]
    assert [bytes(seen.message) for seen in found.messages] == [masked(bytes(event.message)) for event in said]
    assert [seen.spot.source for seen in found.messages] == [event.source for event in said]
    assert [seen.spot.at for seen in found.messages] == [event.at for event in said]
    assert len(found.messages) < len(events)


def test_vlans_are_seen_through() -> None:
    """Two tags."""
    assert len(read(pcap([framed(PACKETS[0], ETHERNET, (1, 2))], ETHERNET)).messages) == 1


def test_of_a_first_line_that_never_ends_the_beginning_is_told() -> None:
    """As of a text that is all one line."""
    broken = captured.sip_message(b"SIP/2.0 200 " * 9_000, Spot("line 1"))
    assert isinstance(broken, Broken)
    assert len(broken.start) == captured.LONGEST_START


def test_a_message_with_a_fault_is_kept_as_such() -> None:
    """A datagram that lost its end, such as a token of more than one packet has."""
    found = read(pcap([udp(LONG[:1_300])]))
    (broken,) = found.broken
    assert broken.start == "MESSAGE sip:bob@home.example SIP/2.0"
    assert str(broken.error).startswith("Content-Length is 3000, but")


@pytest.mark.parametrize(
    ("packets", "remark"),
    [
        (fragments(udp(LONG), 1_400)[:2], "1 IP packets lack a fragment"),
        ([tcp(b"\x16\x03\x01\x00\x05hello", 1)], "1 connections are encrypted"),
        ([tcp(b"\x17\x03\x03\x00\x05hello", 1)], "1 connections are encrypted"),
        ([tcp(b"GET / HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n", 1)], "1 connections are WebSockets"),
    ],
)
def test_what_cannot_be_read_is_told(packets: Sequence[bytes], remark: str) -> None:
    """With what to do about it, where something can be done."""
    assert read(pcap(packets)).remarks[0].startswith(remark)


def test_frames_that_are_cut_or_of_an_unknown_kind_are_told() -> None:
    """A snapshot length; a link type that is not IP."""
    octets = bytearray(pcap([udp(request(1))]))
    octets[36] += 1
    assert "capture with `-s 0`" in read(bytes(octets)).remarks[0]
    assert read(pcap([b"radio"], 127)).remarks == ("1 frames are of link type 127, which is not read.",)


@pytest.mark.parametrize("end", [[tcp(b"", 400, RST)], [tcp(b"", 400, FIN)], []], ids=["reset", "over", "unseen"])
def test_a_message_that_a_connection_left_unfinished_is_over_with_it(end: list[bytes]) -> None:
    """The next one with the same ends has another."""
    told = [tcp(b"", 99, SYN), tcp(LONG[:300], 100), *end, tcp(b"", 8_999, SYN), tcp(request(4), 9_000)]
    found = read(pcap(told))
    assert [bytes(seen.message) for seen in found.messages] == [request(4)]
    assert not found.broken


def test_a_connection_that_is_not_encrypted_may_follow_one_that_is() -> None:
    """From the same port."""
    told = [tcp(b"\x16\x03\x01\x00\x05hello", 1), tcp(b"", 12, FIN), tcp(b"", 99, SYN), tcp(request(4), 100)]
    assert len(read(pcap(told)).messages) == 1


def test_a_file_may_not_say_when_a_frame_was() -> None:
    """A simple packet block tells no time."""
    packet = udp(request(1))
    octets = section("<") + interface("<", RAW) + block("<", 3, len(packet).to_bytes(4, "little") + packet)
    (seen,) = read(octets).messages
    assert seen.spot.at is None


@pytest.mark.parametrize("packet", [udp(LONG), udp(LONG, ALICE_6, CORE_6), tcp(LONG, 1)], ids=["udp", "ipv6", "tcp"])
@pytest.mark.parametrize("length", [True, False], ids=["length told", "left to the card"])
def test_what_a_snapshot_length_cut_off_is_no_message_that_was_cut(packet: bytes, *, length: bool) -> None:
    """Nothing of it is read; a frame that lost its padding alone is."""
    if not length:
        at = 4 if packet[0] >> 4 == 6 else 2
        packet = packet[:at] + bytes(2) + packet[at + 2 :]
    cut = read(pcap([packet], snapshot=500))
    assert (cut.messages, cut.broken) == ((), ())
    assert cut.remarks[0].startswith("1 frames are cut short by the snapshot length, and not read")
    if length:
        assert len(read(pcap([packet + bytes(8)], snapshot=len(packet))).messages) == 1


def test_a_fragment_that_was_cut_is_missing() -> None:
    """So is an exported message, and a datagram that is shorter than its header says."""
    found = read(pcap(fragments(udp(LONG), 1_400), snapshot=1_000))
    assert (found.messages, found.broken) == ((), ())
    (pdu,) = (event for event in registration()[:1] if isinstance(event, Message))
    exported = b"".join(capture([pdu]))
    assert len(read(exported).messages) == 1
    short = udp(request(1))
    assert read(pcap([short[:24] + (len(short) + 5).to_bytes(2) + short[26:]])) == Evidence()


def test_a_damaged_capture_is_read_up_to_the_damage() -> None:
    """And the place is told."""
    whole = pcap([udp(request(1)), udp(request(2))])
    found = read(whole[:-10])
    assert len(found.messages) == 1
    damaged = 24 + 16 + len(udp(request(1))) + 16
    said = f"What comes later could not be read, since the file is damaged at byte {damaged}: the file ends"
    assert found.remarks[0].startswith(said)


def test_a_capture_of_more_than_is_kept_is_read_as_far_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """By number and by bytes; it says where it stopped."""
    packets = [udp(request(number)) for number in range(5)]
    for name, most in (("MOST_MESSAGES", 3), ("MOST_BYTES", 3 * len(request(1)))):
        with monkeypatch.context() as patched:
            patched.setattr(captured, name, most)
            found = read(pcap(packets))
            assert len(found.messages) == 3
            assert found.remarks == ("What comes after the first 3 messages, from frame 4 on, was not read.",)


def test_streams_that_begin_messages_and_never_end_them_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was silent longest first; of the others what they finish is read."""
    monkeypatch.setattr(captured, "MOST_BEGUN", 2 * len(LONG))
    clients = [("192.0.2.1", port) for port in (5001, 5002, 5003)]
    half = len(LONG) - 100
    begun = [tcp(LONG[:half], 1, 0x18, client) for client in clients]
    ended = [tcp(LONG[half:], 1 + half, 0x18, client) for client in clients]
    assert [seen.spot.source for seen in read(pcap(begun + ended)).messages] == [
        Hop("tcp", *client) for client in clients[1:]
    ]


@pytest.mark.parametrize(("write", "ends"), [(pcap, 3), (pcapng, 4)], ids=["pcap", "pcapng"])
def test_a_capture_that_is_cut_off_anywhere_is_read_up_to_there(
    write: Callable[[list[bytes]], bytes], ends: int
) -> None:
    """Whichever byte is the last: with a remark, unless a frame, or what stands before the first one, ends there."""
    octets = write([udp(request(number)) for number in (1, 2, 3)])
    found = [read(octets[:size]) for size in range(4, len(octets))]
    for each in found:
        assert each.messages == read(octets).messages[: len(each.messages)]
        assert not each.broken
    assert len([each for each in found if not each.remarks]) == ends


@pytest.mark.parametrize("octets", [b"", b"\x7fELF", b"REGISTER sip:a SIP/2.0\r\n"])
def test_what_is_no_capture_is_refused(octets: bytes) -> None:
    """Any other file."""
    with pytest.raises(NotACapture, match="expected pcap or pcapng"):
        read(octets)


MIXED = [*PACKETS[:8], ip(1, b"\x03\x03" + bytes(6) + PACKETS[0][:40], CORE[0], ALICE[0])]
"""Datagrams, fragments, a stream, and ICMP."""


@given(st.data())
def test_no_file_makes_it_fail(data: st.DataObject) -> None:
    """A good capture of either kind with any bytes in it changed, cut off anywhere."""
    octets = bytearray(
        data.draw(st.sampled_from([pcap(MIXED), pcapng(MIXED), pcapng(MIXED, RAW, ">"), pcap(MIXED, nano=True)]))
    )
    for at, value in data.draw(st.lists(st.tuples(st.integers(4, len(octets) - 1), st.integers(0, 255)), max_size=20)):
        octets[at] = value
    read(bytes(octets[: data.draw(st.integers(4, len(octets)))]))
