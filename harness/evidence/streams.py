"""TCP streams put in order: each byte once, whatever was repeated, came too soon, or was never captured (RFC 9293 3.4).

A stream that was captured from its middle begins with what is seen first. What is missing for good is a gap: who reads
the stream has to look for a new beginning behind it.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from attrs import define, field

from harness.evidence.packets import Segment

ROUND = 1 << 32
AHEAD = 1 << 31

MOST_AHEAD = 262_144
"""Bytes kept of what came too soon; beyond these, what is missing is taken for lost."""
PIECE = 256
"""What keeping a piece costs beside its bytes, so that there are never many of them."""
MOST_HELD = 67_108_864
"""Bytes kept of all connections together; beyond these the one that was silent longest is let go."""
MOST_STREAMS = 4_096
"""Directions of connections that are followed; beyond these the one that was silent longest is let go."""

Ends = tuple[tuple[str, int], tuple[str, int]]


class Piece(NamedTuple):
    """The next bytes of a stream."""

    ends: Ends
    octets: bytes
    gap: bool
    """Whether bytes before these are missing."""
    begins: bool = False
    """Whether they are the first of a connection: what another one with the same ends left unfinished is over."""


@define
class _Stream:
    """One direction of one connection."""

    begun: int | None = None
    """The number of its first byte."""
    due: int | None = None
    """Where the stream goes on: a sequence number that does not go round."""
    said: bool = False
    """Whether something of it was given already."""
    early: dict[int, bytes] = field(factory=dict)
    order: list[int] = field(factory=list)
    """A heap of where the pieces begin that came too soon."""
    held: int = 0

    def take(self, came: Segment) -> Iterator[tuple[bytes, bool]]:
        """Give what can be read now, and whether something is missing before it."""
        at = came.at
        if self.begun is None or self.due is None:
            self.begun = self.due = at
        if came.payload:
            self._keep(self.due + (at - self.due + AHEAD) % ROUND - AHEAD, came.payload)
        yield from ((octets, False) for octets in self._ready())
        if self.held > MOST_AHEAD:
            yield from self._over_the_gap()

    def rest(self) -> Iterator[tuple[bytes, bool]]:
        """Give what waits for something that never came."""
        while self.early:
            yield from self._over_the_gap()

    def _keep(self, at: int, octets: bytes) -> None:
        if len(octets) > len(self.early.get(at, b"")):
            self.held += len(octets) + (-len(self.early[at]) if at in self.early else PIECE)
            if at not in self.early:
                heappush(self.order, at)
            self.early[at] = octets

    def _ready(self) -> Iterator[bytes]:
        """Give what the pieces hold, from the byte on that is due; what is old altogether is let go."""
        assert self.due is not None
        while self.order and self.order[0] <= self.due:
            at = heappop(self.order)
            octets = self.early.pop(at)
            self.held -= len(octets) + PIECE
            new = octets[self.due - at :]
            self.due += len(new)
            if new:
                yield new

    def _over_the_gap(self) -> Iterator[tuple[bytes, bool]]:
        self.due = self.order[0]
        for number, octets in enumerate(list(self._ready())):
            yield octets, number == 0


@define
class Streams:
    """All connections of a capture."""

    _streams: dict[Ends, _Stream] = field(factory=dict)
    _held: int = 0

    def take(self, came: Segment) -> Iterator[Piece]:
        """Give what a segment lets be read."""
        ends = came.source, came.target
        if came.begins and (before := self._streams.get(ends)) is not None and before.begun != came.at:
            yield from self._closed(ends)
        stream = self._streams.pop(ends, None) or _Stream()
        self._streams[ends] = stream  # the last one heard of is the last to be let go
        held = stream.held
        yield from self._pieces(ends, stream, stream.take(came))
        self._held += stream.held - held
        if came.ends:
            yield from self._closed(ends)
        while len(self._streams) > MOST_STREAMS or self._held > MOST_HELD:
            yield from self._closed(next(iter(self._streams)))

    def rest(self) -> Iterator[Piece]:
        """Give what still waits when the capture is over."""
        for ends in list(self._streams):
            yield from self._closed(ends)

    def _closed(self, ends: Ends) -> Iterator[Piece]:
        stream = self._streams.pop(ends)
        self._held -= stream.held
        yield from self._pieces(ends, stream, stream.rest())

    @staticmethod
    def _pieces(ends: Ends, stream: _Stream, given: Iterator[tuple[bytes, bool]]) -> Iterator[Piece]:
        for octets, gap in given:
            yield Piece(ends, octets, gap, begins=not stream.said)
            stream.said = True
