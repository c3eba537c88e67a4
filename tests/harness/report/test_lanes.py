from harness.report.binding import bindings
from harness.report.lanes import LEFT, WIDTH, lanes
from harness.report.model import Account
from tests.harness.report.test_binding import note


def account(*notes: str) -> Account:
    """Tell of these notes, each of an IMPU: `bound a`."""
    events = tuple(note(*each.split(), cause="why") for each in notes)
    return Account(id="a", file="a", line=1, name="a", events=events, bindings=bindings(events))


def test_each_impu_has_a_lane() -> None:
    """One below the other, in the order in which they were bound."""
    drawn = lanes(account("bound b", "bound a", "unbound b"))
    assert [lane.title for lane in drawn.lanes] == ["b", "a"]
    assert drawn.lanes[0].y < drawn.lanes[1].y < drawn.height


def test_a_bar_is_as_long_as_its_binding() -> None:
    """To the place of its end, or to the edge; each moment is one step further."""
    drawn = lanes(account("bound a", "bound b", "unbound a"))
    (ended,), (open_,) = (lane.bars for lane in drawn.lanes)
    first, second, third = (x for x, _ in drawn.ticks)
    assert (ended.x, round(ended.x + ended.width, 6), ended.open) == (first, round(third, 6), False)
    assert (open_.x, round(open_.x + open_.width, 6), open_.open) == (second, WIDTH - LEFT, True)
    assert first < second < third < WIDTH - LEFT


def test_without_bindings_there_is_no_lane() -> None:
    """Nor a tick."""
    drawn = lanes(account("refused a"))
    assert (drawn.lanes, drawn.ticks) == ((), ())
