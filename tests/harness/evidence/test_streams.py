from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import streams as connections
from harness.evidence.packets import Segment
from harness.evidence.streams import MOST_AHEAD, MOST_STREAMS, PIECE, Piece, Streams
from tests.harness.evidence.wires import ALICE, CORE

TEXT = bytes(range(256)) * 4


def part(at: int, size: int, first: int = 0, *, begins: bool = False, ends: bool = False) -> Segment:
    """Give a segment with a part of the text, whose first byte has this number."""
    return Segment(ALICE, CORE, (first + at) % 2**32, begins, ends, TEXT[at : at + size])


def read(*came: Segment) -> list[tuple[bytes, bool]]:
    """Give what a stream says, and where something is missing."""
    streams = Streams()
    pieces = [piece for each in came for piece in streams.take(each)]
    return [(piece.octets, piece.gap) for piece in (*pieces, *streams.rest())]


def test_segments_in_order_are_read_as_they_come() -> None:
    """From where the capture began."""
    assert read(part(0, 100), part(100, 50)) == [(TEXT[:100], False), (TEXT[100:150], False)]


def test_what_came_too_soon_waits() -> None:
    """And is read when what was missing is there."""
    assert read(part(0, 100), part(200, 50), part(100, 100)) == [
        (TEXT[:100], False),
        (TEXT[100:200], False),
        (TEXT[200:250], False),
    ]


def test_what_comes_again_is_read_once() -> None:
    """A retransmission may be cut otherwise than what it repeats."""
    told = read(part(0, 100), part(0, 100), part(50, 100), part(0, 160))
    assert b"".join(octets for octets, _ in told) == TEXT[:160]


def test_numbers_go_round() -> None:
    """After 2^32 - 1 comes 0."""
    first = 2**32 - 50
    told = read(part(0, 40, first), part(80, 40, first), part(40, 40, first))
    assert b"".join(octets for octets, _ in told) == TEXT[:120]


def test_a_connection_begins_behind_its_syn() -> None:
    """A segment from before, such as a late one of an earlier connection, is not in the way."""
    syn = Segment(ALICE, CORE, 999, begins=True, ends=False, payload=b"")
    assert read(part(0, 10, 5), syn, part(0, 10, 1_000)) == [(TEXT[:10], False), (TEXT[:10], False)]


def pieces(*came: Segment) -> list[tuple[bytes, bool]]:
    """Give what a stream says, and where a connection begins."""
    streams = Streams()
    told = [piece for each in came for piece in streams.take(each)]
    return [(piece.octets, piece.begins) for piece in (*told, *streams.rest())]


def test_another_connection_of_the_same_ends_begins_anew() -> None:
    """Behind FIN or RST, or where nobody saw these; not behind a SYN that comes again."""
    syn = Segment(ALICE, CORE, 999, begins=True, ends=False, payload=b"")
    again = Segment(ALICE, CORE, 4_999, begins=True, ends=False, payload=b"")
    first, second = part(0, 10, 1_000), part(0, 10, 5_000)
    two = [(TEXT[:10], True), (TEXT[:10], True)]
    assert pieces(syn, first, again, second) == two
    assert pieces(syn, part(0, 10, 1_000, ends=True), second) == two
    assert pieces(syn, first, syn, part(10, 5, 1_000)) == [(TEXT[:10], True), (TEXT[10:15], False)]
    assert pieces(syn, first, part(20, 5, 1_000), again, second) == [two[0], (TEXT[20:25], False), two[1]]


def test_what_all_connections_hold_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was silent longest is let go: what it holds is given, and what is missing is lost."""
    monkeypatch.setattr(connections, "MOST_HELD", 5 * (1_000 + PIECE))
    streams = Streams()
    told: list[Piece] = []
    for port in range(8):
        source = ("192.0.2.1", port)
        told += streams.take(Segment(source, CORE, 0, begins=False, ends=False, payload=b"begin"))
        told += streams.take(Segment(source, CORE, 100, begins=False, ends=False, payload=bytes(1_000)))
    assert [piece.ends[0][1] for piece in told if piece.gap] == [0, 1, 2]
    assert [piece.ends[0][1] for piece in streams.rest()] == [3, 4, 5, 6, 7]


def test_what_never_came_is_a_gap() -> None:
    """It is told when the connection ends."""
    assert read(part(0, 100), part(200, 50), part(250, 10, ends=True)) == [
        (TEXT[:100], False),
        (TEXT[200:250], True),
        (TEXT[250:260], False),
    ]


def test_only_so_much_is_kept_of_what_came_too_soon() -> None:
    """However small the pieces are."""
    streams = Streams()
    for number in range(3 * MOST_AHEAD // PIECE):
        for _ in streams.take(
            Segment(ALICE, CORE, 2 * number + 1 if number else 0, begins=False, ends=False, payload=b"x")
        ):
            pass
        assert all(stream.held <= MOST_AHEAD + PIECE + 1 for stream in streams._streams.values())


def test_only_so_many_connections_are_followed() -> None:
    """The one that was silent longest is let go, with what it had."""
    streams = Streams()
    for number in range(MOST_STREAMS + 5):
        for _ in streams.take(Segment(("192.0.2.1", number), CORE, 0, begins=False, ends=False, payload=b"x")):
            pass
    assert len(streams._streams) == MOST_STREAMS


@given(st.data())
def test_whatever_the_order_the_text_comes_out(data: st.DataObject) -> None:
    """Cut anyhow, repeated, shuffled behind the first segment; only all of it must have come."""
    cuts = sorted(data.draw(st.sets(st.integers(1, len(TEXT) - 1), max_size=12)))
    edges = [0, *cuts, len(TEXT)]
    parts = [part(at, end - at, 7) for at, end in pairwise(edges)]
    rest = data.draw(st.permutations(parts[1:] + data.draw(st.lists(st.sampled_from(parts)))))
    told = read(parts[0], *rest)
    assert b"".join(octets for octets, _ in told) == TEXT
    assert not any(gap for _, gap in told)
