"""When what is looked at."""

from hypothesis import given
from hypothesis import strategies as st

from valserver.expiry import Expiry


def test_a_later_end_keeps_the_entry() -> None:
    """A refresh adds nothing; the entry is found early, and noted again by whoever looks."""
    expiry = Expiry()
    expiry.note("a", 10.0)
    expiry.note("a", 20.0)
    assert expiry.next() == 10.0
    assert expiry.due(10.0, 9) == ["a"]
    assert expiry.next() is None


def test_an_earlier_end_is_found_once() -> None:
    """The entry it overtook is passed over."""
    expiry = Expiry()
    expiry.note("a", 20.0)
    expiry.note("a", 10.0)
    assert expiry.due(15.0, 9) == ["a"]
    assert expiry.due(25.0, 9) == []


def test_no_more_than_asked_for_is_given() -> None:
    """The rest stays due."""
    expiry = Expiry()
    for impu in "abc":
        expiry.note(impu, 1.0)
    assert len(expiry.due(1.0, 2)) == 2
    assert len(expiry.due(1.0, 2)) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100))))
def test_every_impu_is_due_at_its_earliest_time(notes: list[tuple[str, float]]) -> None:
    """In whatever order they were noted."""
    expiry = Expiry()
    earliest: dict[str, float] = {}
    for impu, ends in notes:
        expiry.note(impu, ends)
        earliest[impu] = min(ends, earliest.get(impu, ends))
    assert expiry.next() == min(earliest.values(), default=None)
    for impu, ends in sorted(earliest.items(), key=lambda item: item[1]):
        assert impu in expiry.due(ends, 1_000) or any(earliest[other] == ends for other in earliest if other != impu)
