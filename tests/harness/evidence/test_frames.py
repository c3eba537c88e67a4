from collections.abc import Iterator
from io import BytesIO

import pytest

from harness.evidence.errors import Damaged
from harness.evidence.frames import Frame, Source, whole_frames


def test_a_source_knows_where_it_is() -> None:
    """What was looked at before comes first."""
    source = Source(BytesIO(b"cdefgh"), b"ab")
    assert source.take(1, "it") == b"a"
    assert source.take(3, "it") == b"bcd"
    assert source.at == 4


def test_a_file_may_end_where_something_may_begin() -> None:
    """And nowhere else."""
    source = Source(BytesIO(b"abc"))
    assert source.begin(3, "it") == b"abc"
    assert source.begin(3, "it") is None
    with pytest.raises(Damaged, match="at byte 3: the file ends in it, after 0 of 1 bytes"):
        source.take(1, "it")


def test_damage_ends_the_frames_and_is_told() -> None:
    """What came before is there."""

    def frames() -> Iterator[Frame]:
        yield Frame(1, 0.0, 1, b"one")
        raise Damaged(40, "the file ends")

    damage: list[str] = []
    assert len(list(whole_frames(frames(), damage))) == 1
    assert damage == ["What comes later could not be read, since the file is damaged at byte 40: the file ends."]
