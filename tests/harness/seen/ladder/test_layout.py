from collections.abc import Sequence

from harness.seen.figures import REGISTER_FIGURE
from harness.seen.ladder.layout import ByElement, ByPart, View, laid_out
from harness.seen.ladder.rungs import Arrow, Ladder, Point
from harness.seen.signs import read
from harness.seen.story import story
from tests.harness.scenes import CAST, noted, passed_on, registration, request, sent
from valkit.trace import Event


def ladder(events: Sequence[Event], view: View, *, figure: bool = False) -> Ladder:
    """Lay a story out, with the numbers of the figure if asked for."""
    moments = story(events, CAST)
    return laid_out("", moments, view, CAST, read(REGISTER_FIGURE, moments, CAST).numbers if figure else {})


def test_by_part_there_are_the_columns_of_the_figure() -> None:
    """VAL UE, SIP core and VAL server; what is passed on inside the core is not drawn."""
    drawn = ladder(registration(), ByPart(CAST))
    assert drawn.columns == ("UE alice", "SIP core", "VAL server")
    assert sum(isinstance(row.mark, Arrow) for row in drawn.rows) == 6


def test_by_part_the_rows_carry_the_numbers_of_the_figure() -> None:
    """All eleven steps, in their order, step 2 with its two acts."""
    rows = ladder(registration(), ByPart(CAST), figure=True).rows
    assert [row.number for row in rows] == ["1", "2", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]


def test_by_part_an_answer_leaves_the_core_when_its_first_element_sends_it() -> None:
    """A third-party REGISTER that overtakes the 200 inside the core is drawn after it, as the core sent it after it."""
    message = request()
    first, *rest = passed_on(message.answer(200), "scscf", "pcscf", "alice")
    events: list[Event] = [
        sent("alice", "pcscf", message),
        first,
        sent("scscf", "valserver", request(call_id="other")),
        *rest,
    ]
    names = [row.mark.name for row in ladder(events, ByPart(CAST)).rows if isinstance(row.mark, Arrow)]
    assert names == ["REGISTER", "200 OK", "REGISTER"]


def test_by_element_only_those_who_take_part_have_a_column() -> None:
    """A message between two elements draws two columns."""
    assert ladder([sent("alice", "pcscf", request())], ByElement(CAST)).columns == ("UE alice", "P-CSCF")


def test_the_borders_of_two_domains_meet() -> None:
    """At their gateways, so that what goes from one to the other does not cross a domain."""
    names = [f"{domain}{part}" for domain in ("", "partner.") for part in ("pcscf", "valserver", "gateway")]
    drawn = ladder([noted(name, "started") for name in names], ByElement(CAST)).columns
    assert drawn == ("P-CSCF", "VAL server", "Gateway", "Partner Gateway", "Partner P-CSCF", "Partner VAL server")


def test_details_stand_where_a_message_sets_out() -> None:
    """Passed on, it has none: they are the same."""
    rows = ladder(passed_on(request(), "alice", "pcscf", "icscf"), ByElement(CAST)).rows
    assert [bool(row.mark.details) for row in rows if isinstance(row.mark, Arrow)] == [True, False]


def test_lost_and_repeated_are_marked() -> None:
    """The one that was lost, and the one that was sent again."""
    message = request()
    events: list[Event] = [sent("alice", "pcscf", message, fate="lost"), sent("alice", "pcscf", message)]
    marks = [row.mark for row in ladder(events, ByElement(CAST)).rows]
    assert [(mark.lost, mark.again) for mark in marks if isinstance(mark, Arrow)] == [(True, False), (False, True)]


def test_times_count_from_the_first_row() -> None:
    """Epoch seconds say nothing to a reader."""
    rows = ladder([noted("hss", "flag", at=1000.0), noted("scscf", "res verified", at=1000.25)], ByElement(CAST)).rows
    assert [row.at for row in rows] == [0.0, 0.25]
    assert isinstance(rows[0].mark, Point)


def test_nothing_gives_an_empty_ladder() -> None:
    """A scenario that failed before anything was sent has one, too."""
    assert ladder([], ByElement(CAST)).rows == ()
