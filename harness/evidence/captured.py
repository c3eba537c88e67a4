"""A capture file in, evidence out: SIP over UDP and TCP, and in exported PDUs, whatever the ports."""

from collections.abc import Iterator
from typing import BinaryIO

from attrs import define, evolve, field

from harness.evidence import pcap, pcapng
from harness.evidence.cutting import Cutter, is_sip
from harness.evidence.errors import NotACapture
from harness.evidence.exported import UPPER_PDU, pdu
from harness.evidence.frames import Frame, Source, whole_frames
from harness.evidence.icmp import Notice, notice
from harness.evidence.links import LINKS
from harness.evidence.packets import TCP, UDP, Fragments, datagram, packet, segment
from harness.evidence.seen import Broken, Evidence, Seen, Spot
from harness.evidence.streams import MOST_STREAMS, Ends, Piece, Streams
from valkit.sip import LIMITS, Hop, ParseError, parse

MOST_MESSAGES = 500_000
"""Messages of one capture; what comes later is not read."""
MOST_BYTES = 268_435_456
"""Bytes of the messages of one capture; what comes later is not read."""
MOST_BEGUN = 67_108_864
"""Bytes of messages that have begun on streams; beyond these the one that was silent longest is let go."""
LONGEST_START = 200
"""Bytes of the first line of what is no message that are told."""
MOST_NOTICES = 10_000
"""What ICMP says in one capture, each once."""

DECRYPTING = (
    "with their keys, which SSLKEYLOGFILE=keys has our programs and many others write, tshark -r CAPTURE "
    "-o tls.keylog_file:keys -U 'OSI layer 7' -w plain.pcapng makes a capture of what they carried: give that one."
)
"""What can be done about TLS."""


def read_capture(file: BinaryIO) -> Evidence:
    """Read a capture. Raises NotACapture; of a damaged one what comes before the damage is given, with a remark."""
    reader = _Reader()
    for frame in whole_frames(_frames(file), reader.remarks):
        if reader.is_full:
            many = len(reader.messages) + len(reader.broken)
            reader.remarks.append(
                f"What comes after the first {many} messages, from frame {frame.number} on, was not read."
            )
            break
        reader.take(frame)
    return reader.evidence()


def _frames(file: BinaryIO) -> Iterator[Frame]:
    magic = file.read(4)
    source = Source(file, magic)
    if magic in pcap.KINDS:
        return pcap.frames(source)
    if magic == pcapng.SECTION:
        return pcapng.frames(source)
    raise NotACapture("it is no capture (expected pcap or pcapng, such as tcpdump and Wireshark write)")


@define
class _Reader:
    """Takes frames in one by one."""

    messages: list[Seen] = field(factory=list)
    broken: list[Broken] = field(factory=list)
    remarks: list[str] = field(factory=list)
    _fragments: Fragments = field(factory=Fragments)
    _streams: Streams = field(factory=Streams)
    _cutters: dict[Ends, Cutter] = field(factory=dict)
    _begun: int = 0
    """Bytes that cutters hold."""
    _bytes: int = 0
    """Bytes of all messages."""
    _last: Spot = field(factory=lambda: Spot("the end"))
    _foreign: dict[int, int] = field(factory=dict)
    """How many frames there were of link types that are not read."""
    _cut: int = 0
    _notices: dict[Notice, None] = field(factory=dict)
    _encrypted: set[frozenset[tuple[str, int]]] = field(factory=set)
    _websockets: set[frozenset[tuple[str, int]]] = field(factory=set)

    @property
    def is_full(self) -> bool:
        """Whether there is as much as is read of one capture."""
        return len(self.messages) + len(self.broken) >= MOST_MESSAGES or self._bytes >= MOST_BYTES

    def take(self, frame: Frame) -> None:
        """Read what is in a frame."""
        self._last = Spot(f"frame {frame.number}", frame.at)
        self._cut += not frame.whole
        if frame.link == UPPER_PDU:
            if frame.whole and frame.comment != "lost":  # what a scenario lost on purpose reached nobody
                self._exported(frame)
        elif frame.link in LINKS:
            self._packet(LINKS[frame.link](frame.octets), whole=frame.whole)
        else:
            self._foreign[frame.link] = self._foreign.get(frame.link, 0) + 1

    def evidence(self) -> Evidence:
        """Give all that was found, the unfinished ends of streams too."""
        for piece in self._streams.rest():
            self._piece(piece)
        self.remarks += self._not_read()
        return Evidence(tuple(self.messages), tuple(self.broken), tuple(self._notices), tuple(self.remarks))

    def _not_read(self) -> Iterator[str]:
        for link, number in sorted(self._foreign.items()):
            yield f"{number} frames are of link type {link}, which is not read."
        if self._cut:
            yield f"{self._cut} frames are cut short by the snapshot length, and not read: capture with `-s 0`."
        if self._fragments.missing:
            yield f"{self._fragments.missing} IP packets lack a fragment."
        if self._encrypted:
            many = len(self._encrypted)
            yield f"{many} connections are encrypted (TLS): {DECRYPTING}"
        if self._websockets:
            yield f"{len(self._websockets)} connections are WebSockets, and what is masked in them is not read."

    def _exported(self, frame: Frame) -> None:
        found = pdu(frame.octets)
        if found is not None:
            self._message(found.octets, evolve(self._last, source=found.source, target=found.target))

    def _packet(self, octets: bytes | None, *, whole: bool) -> None:
        """Read what a packet carries; of one that the capture cut short nothing: the wire had all of it."""
        part = None if octets is None else packet(octets, whole=whole)
        found = None if part is None or not part.whole else self._fragments.whole(part)
        if found is None:
            return
        if found.protocol == UDP and (came := datagram(found)) is not None and came.whole:
            self._message(came.payload, self._spot("udp", (came.source, came.target)))
        elif found.protocol == TCP and (part_of := segment(found)) is not None:
            for piece in self._streams.take(part_of):
                self._piece(piece)
        elif (told := notice(found)) is not None and len(self._notices) < MOST_NOTICES:
            self._notices[told] = None

    def _piece(self, piece: Piece) -> None:
        if piece.begins:
            self._forget(piece.ends)
        cutter = self._cutters.pop(piece.ends, None) or Cutter()
        self._cutters[piece.ends] = cutter  # the last one heard of is the last to be let go
        before = cutter.held
        for octets in cutter.feed(piece.octets, gap=piece.gap):
            self._message(octets, self._spot("tcp", piece.ends))
        self._begun += cutter.held - before
        while len(self._cutters) > 2 * MOST_STREAMS or self._begun > MOST_BEGUN:
            self._forget(next(iter(self._cutters)))
        if cutter.encrypted:
            self._encrypted.add(frozenset(piece.ends))
        if cutter.is_websocket:
            self._websockets.add(frozenset(piece.ends))

    def _forget(self, ends: Ends) -> None:
        cutter = self._cutters.pop(ends, None)
        self._begun -= 0 if cutter is None else cutter.held

    def _spot(self, transport: str, ends: Ends) -> Spot:
        source, target = (Hop(transport, *end) for end in ends)
        return evolve(self._last, source=source, target=target)

    def _message(self, octets: bytes, spot: Spot) -> None:
        """Take in what may be a message; anything else that goes over the wire is not our business."""
        if is_sip(octets):
            self._bytes += len(octets)
            seen = sip_message(octets, spot)
            if isinstance(seen, Seen):
                self.messages.append(seen)
            else:
                self.broken.append(seen)


def sip_message(octets: bytes, spot: Spot) -> Seen | Broken:
    """Read a SIP message, and what its mandatory headers say; what is wrong with one is kept beside it."""
    start = octets[:LONGEST_START].partition(b"\r\n")[0].decode("utf-8", "backslashreplace")
    try:
        message = parse(octets)
        message.validate()
    except ParseError as error:
        return Broken(spot, start, error, octets[: LIMITS.size])
    return Seen(spot, message)
