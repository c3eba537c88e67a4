"""Sequence numbers between a network that counts and a USIM that remembers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.aka.sequence import LAYOUT, SQN_BITS, Layout, Window, synchronised

sqns = st.integers(0, 2**48 - 1)
layouts = st.builds(Layout, st.integers(1, 8))


@given(sqns, layouts)
def test_an_sqn_is_its_seq_and_ind(sqn: int, layout: Layout) -> None:
    """Splitting and joining are inverse, and IND has as many values as the array has entries."""
    seq, ind = layout.split(sqn)
    assert ind < layout.indices
    assert layout.join(seq, ind) == sqn


@pytest.mark.parametrize(
    ("sqn", "following"),
    [
        (0x000000000000, 0x000000000021),
        (0x000000000021, 0x000000000042),
        (0x00000000001F, 0x000000000020),
        (0xFFFFFFFFFFFF, 0x000000000000),
    ],
    ids=("SEQ and IND go up", "both again", "IND goes round alone", "SEQ goes round at 43 bits"),
)
def test_the_generator_raises_seq_and_takes_the_next_ind(sqn: int, following: int) -> None:
    """Each vector has a new SEQ and the next IND."""
    assert LAYOUT.after(sqn) == following


@given(st.integers(0, 2**40), st.integers(1, 200))
def test_a_usim_takes_whatever_the_generator_makes(sqn: int, challenges: int) -> None:
    """A USIM in step with its network stays so."""
    window = Window.at(sqn)
    for _ in range(challenges):
        sqn = LAYOUT.after(sqn)
        assert window.accepts(sqn)
        window = window.taken(sqn)
    assert window.sqn_ms == sqn


@given(st.lists(st.integers(0, 2**20), min_size=1))
def test_a_usim_takes_no_sqn_twice(offered: list[int]) -> None:
    """In whatever order numbers come, none is taken a second time."""
    window, used = Window(), list[int]()
    for sqn in offered:
        if window.accepts(sqn):
            window = window.taken(sqn)
            used.append(sqn)
    assert len(used) == len(set(used))
    assert not any(window.accepts(sqn) for sqn in offered)


def test_vectors_fetched_ahead_may_be_used_out_of_order() -> None:
    """What the array is for: each IND has its own highest SEQ, so an older vector of another IND is still fresh."""
    first, second = LAYOUT.join(100, 1), LAYOUT.join(101, 2)
    window = Window().taken(second)
    assert window.accepts(first)
    assert not window.taken(first).accepts(first)


def test_a_jump_beyond_delta_is_refused() -> None:
    """SEQ may go ahead by Delta and no further."""
    window = Window(delta=1000)
    assert window.accepts(LAYOUT.join(1000, 3))
    assert not window.accepts(LAYOUT.join(1001, 3))


def test_an_age_limit_refuses_what_lies_far_behind() -> None:
    """With L set, a number of a quiet IND is refused once SEQ has moved on by more than L."""
    old = LAYOUT.join(50, 1)
    assert Window(age_limit=49).taken(LAYOUT.join(100, 2)).accepts(LAYOUT.join(51, 1))
    assert not Window(age_limit=49).taken(LAYOUT.join(100, 2)).accepts(old)
    assert Window().taken(LAYOUT.join(100, 2)).accepts(old)


def test_the_highest_sqn_is_what_an_auts_reports() -> None:
    """Taking an older number of another IND does not lower SQN_MS."""
    window = Window().taken(LAYOUT.join(9, 2)).taken(LAYOUT.join(5, 1))
    assert window.sqn_ms == LAYOUT.join(9, 2)


@given(sqns, st.integers(0, 2**47))
def test_after_resynchronisation_the_next_vector_is_fresh(sqn_he: int, sqn_ms: int) -> None:
    """Whatever both sides had counted, the next SQN of the network is one the USIM takes."""
    sqn = LAYOUT.after(synchronised(sqn_he, sqn_ms))
    assert Window.at(sqn_ms).accepts(sqn)


def test_a_network_that_is_in_step_is_not_set_back() -> None:
    """An AUTS replayed later does not make the network use its numbers again (TS 33.102 6.3.5)."""
    assert synchronised(sqn_he=LAYOUT.join(500, 4), sqn_ms=LAYOUT.join(400, 3)) == LAYOUT.join(500, 4)
    assert synchronised(sqn_he=LAYOUT.join(300, 4), sqn_ms=LAYOUT.join(400, 3)) == LAYOUT.join(400, 3)


@given(st.integers(0, 16), st.integers(0, 2**40), st.integers(1, 100))
def test_any_number_of_index_bits_will_do(ind_bits: int, sqn: int, challenges: int) -> None:
    """A card and a network that agree on IND stay in step, from one entry of the array to 65 536."""
    layout = Layout(ind_bits)
    window = Window.at(sqn, layout)
    assert len(window.highest) == 1 << ind_bits
    for _ in range(challenges):
        sqn = layout.after(sqn)
        assert window.accepts(sqn)
        window = window.taken(sqn)


def test_with_one_entry_there_is_no_going_back() -> None:
    """Without IND each number has to be higher than all before; the array is what lets an older one through."""
    assert not Window.at(0, Layout(0)).taken(100).accepts(99)
    assert Window.at(0).taken(LAYOUT.join(100, 0)).accepts(LAYOUT.join(99, 1))


LAST = (1 << SQN_BITS) - 1


@given(sqns)
def test_a_worn_out_card_takes_nothing(sqn: int) -> None:
    """SEQ that has gone round is not fresh: no number is, after the last one (TS 33.102 C.2.1)."""
    assert not Window.at(LAST).accepts(sqn)


def test_a_network_whose_numbers_have_gone_round_is_out_of_step() -> None:
    """Its AUTS brings it back to the end, from where it goes round again: such a card is replaced."""
    assert LAYOUT.after(LAST) == 0
    assert synchronised(sqn_he=LAST, sqn_ms=LAST) == LAST
    assert not Window.at(LAST).accepts(LAYOUT.after(synchronised(sqn_he=LAST, sqn_ms=LAST)))


@given(st.integers(0, 2**43 - 1), st.integers(1, 2**43 - 1))
def test_nobody_wears_a_card_out_in_a_hurry(used: int, offered: int) -> None:
    """Whatever is offered, SEQ moves by Delta at most, so the end is 2^15 challenges away at least."""
    window = Window.at(LAYOUT.join(used, 0))
    if window.accepts(LAYOUT.join(offered, 1)):
        assert offered - used <= 2**28


@given(st.lists(st.integers(0, 2**48 - 1), min_size=1, max_size=60), st.integers(0, 6))
def test_the_window_is_the_array_of_annex_c(offered: list[int], ind_bits: int) -> None:
    """Number by number it decides as the text of C.2.1 and C.2.2 does, with Delta and L."""
    layout = Layout(ind_bits)
    window = Window.at(0, layout, delta=1 << 40, age_limit=1 << 39)
    array = [0] * (1 << ind_bits)
    for sqn in offered:
        seq, ind = sqn >> ind_bits, sqn % (1 << ind_bits)
        seq_ms = max(array)
        fresh = seq - seq_ms <= 1 << 40 and seq_ms - seq <= 1 << 39 and seq > array[ind]
        assert window.accepts(sqn) is fresh
        if fresh:
            array[ind] = seq
            window = window.taken(sqn)
        assert window.highest == tuple(array)
        assert layout.split(window.sqn_ms)[0] == max(array)
