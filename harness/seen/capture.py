"""What was on the wires of a scenario, as a capture that Wireshark and tshark read (pcapng).

Each message is one packet of exported PDUs (LINKTYPE_WIRESHARK_UPPER_PDU): it says itself whether it is SIP or HTTP,
between which addresses and over what, so nobody has to know the ports of a lab, and what went over TLS is seen too. In
SIP, secrets are masked, each by as many characters, so that every length stays what it was; HTTP is rebuilt from what
of it is fit to be shown. What was lost on the way is there with a comment.
"""

import errno
import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.evidence.exported import (
    DISSECTOR_NAME,
    IPV4_SOURCE,
    IPV4_TARGET,
    IPV6_SOURCE,
    IPV6_TARGET,
    PORT_SOURCE,
    PORT_TARGET,
    PORT_TYPE,
    TRANSPORTS,
    UPPER_PDU,
)
from harness.seen.rebuilding import rebuilt
from valkit.redaction import masked
from valkit.sip.hop import Hop, addresses
from valkit.trace import Http, Message

SUFFIX = ".pcapng"

ADDRESSES = {4: IPV4_SOURCE, 6: IPV6_SOURCE}, {4: IPV4_TARGET, 6: IPV6_TARGET}
"""Tags of source and target, by IP version."""
PORTS = {transport: number for number, transport in TRANSPORTS.items()}
"""Wireshark's numbers for UDP and TCP, which carries TLS."""

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
"""Types of blocks (draft-ietf-opsawg-pcapng)."""
COMMENT = 1
NANOSECONDS = bytes([9])
TIME_RESOLUTION = 9


def save(messages: Iterable[Message | Http], path: Path) -> None:
    """Write the messages into a file that only its owner may read, and make its folder; OSError if that cannot be.

    In the place of a capture of ours it may be written, and of nothing else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        if not _is_ours(path):
            says = "it is there and val did not write it; move it away"
            raise OSError(errno.EEXIST, says, str(path)) from None
    path.write_bytes(b"".join(capture(messages)))


def named(words: str, digest: str) -> str:
    """Name the capture of a scenario by words, and by so much of a digest as tells it from others."""
    return f"{words}-{digest}{SUFFIX}"


def clear(folder: Path) -> None:
    """Take away the captures that an earlier run left in a folder: what has such a name and begins as they do."""
    for path in folder.glob(f"*{SUFFIX}"):
        if re.search(rf"-[0-9a-f]{{6}}\{SUFFIX}$", path.name) and _is_ours(path):
            path.unlink()


def _is_ours(path: Path) -> bool:
    """Whether it is a file that begins as ours do, though it may have been cut off there; nothing else is opened."""
    if path.is_symlink() or not path.is_file():
        return False
    begin = b"".join(capture(()))
    with path.open("rb") as file:
        return begin.startswith(file.read(len(begin)))


def capture(messages: Iterable[Message | Http]) -> Iterator[bytes]:
    """Give the blocks of a capture."""
    yield _block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    yield _block(INTERFACE, struct.pack("<HHI", UPPER_PDU, 0, 0) + _options((TIME_RESOLUTION, NANOSECONDS)))
    for message in messages:
        yield _packet(message)


def _packet(message: Message | Http) -> bytes:
    content = _pdu(message)
    at = round(message.at * 1e9)
    head = struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(content), len(content))
    comments = [] if message.fate == "delivered" else [(COMMENT, message.fate.encode())]
    return _block(PACKET, head + _padded(content) + _options(*comments))


def _pdu(message: Message | Http) -> bytes:
    if isinstance(message, Http):
        return _exported(b"http", *message.ends, rebuilt(message))
    return _exported(b"sip", message.source, message.target, bytes(message.message))


def _exported(dissector: bytes, source: Hop, target: Hop, content: bytes) -> bytes:
    port_type = PORTS.get(source.transport, PORTS["tcp"])
    tags = [
        (DISSECTOR_NAME, dissector),
        *((tags[each.version], each.packed) for tags, each in zip(ADDRESSES, addresses(source, target), strict=True)),
        *((tag, struct.pack(">I", value)) for tag, value in ((PORT_TYPE, port_type), (PORT_SOURCE, source.port))),
        (PORT_TARGET, struct.pack(">I", target.port)),
        (0, b""),
    ]
    return b"".join(struct.pack(">HH", tag, len(_padded(value))) + _padded(value) for tag, value in tags) + masked(
        content
    )


def _options(*options: tuple[int, bytes]) -> bytes:
    """Write the options of a block, none as nothing."""
    written = b"".join(struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    return written + bytes(4) if written else b""


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def _padded(value: bytes) -> bytes:
    """Fill up to 32 bits."""
    return value + bytes(-len(value) % 4)
