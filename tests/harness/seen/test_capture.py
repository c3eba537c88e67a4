import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence.exported import UPPER_PDU
from harness.seen.capture import PACKET, capture, clear, named, save
from tests.harness.scenes import TOKEN, log_in, registration, request, sent
from tests.witness.foreign import tool
from valkit.sip.hop import Hop
from valkit.trace import Http, Message

MESSAGES = [event for event in registration() if isinstance(event, Message)]


def read(path: Path, *fields: str) -> list[list[str]]:
    """Let tshark read a capture, and give these fields of each packet."""
    command = [tool("tshark"), "-r", str(path), "-T", "fields", "-E", "separator=|"]
    command += [word for field in fields for word in ("-e", field)]
    return [
        line.split("|") for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    ]


def test_wireshark_reads_every_message(tmp_path: Path) -> None:
    """As SIP, whatever the ports, with both addresses, in its order."""
    save(MESSAGES, tmp_path / "alice.pcapng")
    assert read(tmp_path / "alice.pcapng", "exported_pdu.ipv4_src", "exported_pdu.ipv4_dst", "sip.CSeq.method") == [
        [message.source.host, message.target.host, message.message.cseq.method] for message in MESSAGES
    ]


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_what_went_over_a_stream_is_there_too(tmp_path: Path, transport: str) -> None:
    """TLS in the clear, since it is our own side of it that writes the capture; IPv6 as well."""
    message = Message(1.5, Hop(transport, "::1", 40_000), Hop(transport, "::1", 5061), request())
    save([message], tmp_path / "one.pcapng")
    fields = ("exported_pdu.ipv6_src", "exported_pdu.dst_port", "sip.Method", "frame.time_epoch")
    assert read(tmp_path / "one.pcapng", *fields) == [["::1", "5061", "REGISTER", "1.500000000"]]


def test_a_name_is_the_unspecified_address(tmp_path: Path) -> None:
    """Nobody looks it up for a capture, and no capture fails of it."""
    message = Message(1.5, Hop("tcp", "127.0.0.1", 40_000), Hop("tcp", "val.example", 5060), request())
    save([message], tmp_path / "one.pcapng")
    assert read(tmp_path / "one.pcapng", "exported_pdu.ipv4_src", "exported_pdu.ipv4_dst") == [["127.0.0.1", "0.0.0.0"]]


def test_http_is_there_too(tmp_path: Path) -> None:
    """A log-in is HTTP alone: every request and its answer, the one paired with the other."""
    save([event for event in log_in() if isinstance(event, Http)], tmp_path / "log-in.pcapng")
    assert read(tmp_path / "log-in.pcapng", "http.request.uri", "http.response.code", "http.request_in") == [
        ["/authorize?response_type=code&client_id=phone&scope=openid", "", ""],
        ["", "200", "1"],
        ["/login", "", ""],
        ["", "302", "3"],
        ["/token", "", ""],
        ["", "200", "5"],
    ]


def test_what_was_lost_is_told(tmp_path: Path) -> None:
    """It was on no wire for long, and a reader has to know."""
    save([sent("alice", "pcscf", request(), fate="lost"), sent("alice", "pcscf", request())], tmp_path / "two.pcapng")
    assert read(tmp_path / "two.pcapng", "frame.comment", "sip.Method") == [["lost", "REGISTER"], ["", "REGISTER"]]


def test_no_token_is_in_a_capture(tmp_path: Path) -> None:
    """Nor can others on the machine read what is."""
    path = tmp_path / "alice.pcapng"
    save(MESSAGES, path)
    assert any(TOKEN in bytes(message.message).decode() for message in MESSAGES)
    assert TOKEN.rpartition(".")[2].encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_blocks_of_a_capture() -> None:
    """Every one says its length at both ends, in 32-bit words; the link type is that of exported PDUs."""
    blocks = list(capture(MESSAGES))
    for block in blocks:
        kind, length = struct.unpack("<II", block[:8])
        assert len(block) == length == struct.unpack("<I", block[-4:])[0]
        assert length % 4 == 0
        assert kind in {0x0A0D0D0A, 1, PACKET}
    assert struct.unpack("<H", blocks[1][8:10]) == (UPPER_PDU,)
    assert len(blocks) == 2 + len(MESSAGES)


def test_captures_of_an_earlier_run_are_taken_away_and_no_others(tmp_path: Path) -> None:
    """What has another name, or was written by somebody else, is not ours to take."""
    save(MESSAGES, tmp_path / "a" / named("token in register", "0a1b2c"))
    save(MESSAGES, tmp_path / "a" / "kept.pcapng")
    (tmp_path / "a" / "tcpdump-0a1b2c.pcapng").write_bytes(b"\x0a\x0d\x0d\x0a of another program")
    clear(tmp_path / "a")
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"kept.pcapng", "tcpdump-0a1b2c.pcapng"}
    clear(tmp_path / "nowhere")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere"), Path.touch])
def test_what_is_no_file_is_left_alone(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """It is not even opened: a FIFO would wait for ever. But an empty file is a capture that was cut off."""
    path = tmp_path / named("token in register", "0a1b2c")
    make(path)
    clear(tmp_path)
    assert os.path.lexists(path) == (make is not Path.touch)


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere"), lambda path: path.write_bytes(b"another's file")],
)
def test_a_capture_takes_nobodys_place(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Who asked for it is told; only a capture of ours is written anew."""
    path = tmp_path / named("token in register", "0a1b2c")
    make(path)
    with pytest.raises(OSError, match="it is there and val did not write it") as refused:
        save(MESSAGES, path)
    assert refused.value.filename == str(path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    save([], tmp_path / "other.pcapng")
    save(MESSAGES, tmp_path / "other.pcapng")
    assert (tmp_path / "other.pcapng").read_bytes() == b"".join(capture(MESSAGES))
