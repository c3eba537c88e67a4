"""Kept responses: found for their time, gone after it, never more than there is room for."""

from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.kept import GRAIN, Kept

ROOM = 1_000_000
"""More bytes than these tests keep."""


def test_a_response_is_found_for_its_lifetime() -> None:
    """It is there for 32 s, and gone at most one grain later."""
    kept = Kept(32.0, 10, ROOM)
    kept.put("key", b"200", 100.0)
    assert kept.get("key", 132.0) == b"200"
    assert kept.get("key", 132.0 + GRAIN) is None
    assert len(kept) == 0


def test_who_never_looks_back_is_forgotten_too() -> None:
    """Adding throws away what is over, so that memory follows the rate of requests and not their number."""
    kept = Kept(32.0, 1_000_000, ROOM)
    for second in range(1000):
        kept.put(str(second), b"", float(second))
    assert len(kept) == 33


def test_without_room_the_oldest_go() -> None:
    """A full memory gives up its oldest responses, never the newest."""
    kept = Kept(32.0, 3, ROOM)
    for number in range(5):
        kept.put(str(number), b"", float(number))
    assert [kept.get(str(number), 4.0) is not None for number in range(5)] == [False, False, True, True, True]


def test_large_responses_take_more_room() -> None:
    """Bytes are bounded too, keys among them, so that few large responses cost no more than many small ones."""
    kept = Kept(32.0, 1_000_000, 1_000)
    for number in range(20):
        kept.put(f"{number:02}", b"x" * 198, float(number))
        assert len(kept) <= 5
    assert [number for number in range(20) if kept.get(f"{number:02}", 19.0)] == [15, 16, 17, 18, 19]


def test_room_comes_back() -> None:
    """What is over makes room, and one response larger than all room is kept alone."""
    kept = Kept(32.0, 1_000_000, 1_000)
    for number in range(5):
        kept.put(str(number), b"x" * 2_000, float(number))
        assert (len(kept), kept.get(str(number), float(number))) == (1, b"x" * 2_000)
    for number in range(4):
        kept.put(f"later {number}", b"x" * 200, 100.0 + number)
    assert len(kept) == 4


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(0, 20))), st.integers(1, 8))
def test_it_agrees_with_a_dict(puts: list[tuple[int, float]], capacity: int) -> None:
    """A response is never found after its time, never wrong, and always found in time while there is room."""
    kept, model, now = Kept(32.0, capacity, ROOM), dict[str, float](), 0.0
    for number, pause in puts:
        now += pause
        key = str(number)
        if kept.get(key, now) is None:
            kept.put(key, key.encode(), now)
            model[key] = now
        assert kept.get(key, now) == key.encode()
        assert len(kept) <= capacity
        for each, since in model.items():
            found = kept.get(each, now)
            assert found in {None, each.encode()}
            assert found is None or now < since + 32.0 + GRAIN
            assert found is not None or now >= since + 32.0 or len(model) > capacity
