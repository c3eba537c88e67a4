"""The agenda against the obvious model: a dict of deadlines."""

from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.agenda import Agenda

WAITS = st.sampled_from([0.5, 1.0, 4.0, 32.0])
ITEMS = st.integers(0, 5)
DEEDS = st.one_of(
    st.tuples(st.just("add"), ITEMS, WAITS),
    st.tuples(st.just("cancel"), ITEMS, WAITS),
    st.tuples(st.just("pass"), st.integers(0, 8), st.just(0.0)),
)


def test_in_the_order_of_their_times() -> None:
    """What is due comes soonest first, whatever the order in which it was added."""
    agenda: Agenda[str] = Agenda()
    agenda.add("late", 4.0, 0.0)
    agenda.add("soon", 0.5, 0.0)
    agenda.add("between", 0.5, 1.0)
    assert agenda.next == 0.5
    assert list(agenda.due(5.0)) == [(0.5, "soon"), (1.5, "between"), (4.0, "late")]
    assert agenda.next is None


def test_what_is_added_on_the_way_takes_part() -> None:
    """An item added while another is taken out comes in its turn, as a retransmission timer does."""
    agenda: Agenda[int] = Agenda()
    agenda.add(1, 0.5, 0.0)
    seen = []
    for at, item in agenda.due(4.0):
        seen.append((at, item))
        agenda.add(item + 1, 1.0, at)
    assert seen == [(0.5, 1), (1.5, 2), (2.5, 3), (3.5, 4)]
    assert agenda.next == 4.5


def test_a_cancelled_item_leaves_nothing() -> None:
    """After cancelling nothing is held, and what was announced as next turns out to be nothing."""
    agenda: Agenda[int] = Agenda()
    agenda.add(1, 32.0, 0.0)
    agenda.cancel(1, 32.0)
    agenda.cancel(1, 32.0)
    assert len(agenda) == 0
    assert list(agenda.due(100.0)) == []
    assert agenda.next is None


@given(st.lists(DEEDS))
def test_it_agrees_with_a_dict(deeds: list[tuple[str, int, float]]) -> None:
    """Whatever is added and cancelled, the same is due at the same time as in a dict, and `next` is never too late."""
    agenda: Agenda[int] = Agenda()
    model: dict[tuple[int, float], float] = {}
    now = 0.0
    for deed, item, wait in deeds:
        if deed == "add":
            agenda.add(item, wait, now)
            model[item, wait] = now + wait
        elif deed == "cancel":
            agenda.cancel(item, wait)
            model.pop((item, wait), None)
        else:
            now += item
            wanted = sorted((at, key[0]) for key, at in model.items() if at <= now)
            model = {key: at for key, at in model.items() if at > now}
            assert sorted(agenda.due(now)) == wanted
        assert len(agenda) == len(model)
        assert not model or (agenda.next is not None and agenda.next <= min(model.values()))
