from harness.report.drawing import RIGHT, drawing
from harness.report.model import Account, Noted, Rung
from tests.harness.report.runs import performance, played
from tests.harness.scenes import passed_on, request


def test_rows_stand_one_below_the_other() -> None:
    """None touches the next, and the last is in the picture."""
    drawn = drawing(played(performance()))
    for one, other in zip(drawn.rows, drawn.rows[1:], strict=False):
        assert one.top + one.height == other.top
        assert one.top < one.y < other.top
    assert drawn.rows[-1].top + drawn.rows[-1].height < drawn.height


def test_an_arrow_leads_from_its_source_to_its_target() -> None:
    """On their lifelines; its head points the same way."""
    drawn = drawing(played(performance()))
    out, back = drawn.rows[0], next(row for row in drawn.rows if row.sent and row.sent.status)
    assert (out.x1, out.x2) == drawn.lines[:2]
    assert back.x2 < back.x1
    for row, way in ((out, -9), (back, 9)):
        tip, *corners = (tuple(map(float, point.split(","))) for point in row.head.split(" "))
        assert tip == (row.x2, row.y)
        assert {x for x, _ in corners} == {row.x2 + way}


def test_every_label_is_in_the_picture() -> None:
    """As far as lengths can be estimated; a note at the last lifeline stands at its left."""
    drawn = drawing(played(performance()))
    last = drawn.rows[-2]
    assert (last.label.text, last.label.anchor) == ("bound: alice in dispatch, video", "end")
    assert all(0 < label.x < drawn.width for row in drawn.rows for label in (row.label, *row.details))
    assert drawn.width == drawn.lines[-1] + RIGHT


def test_what_tells_of_a_token_is_marked() -> None:
    """And nothing else is."""
    marked = {label.text for row in drawing(played(performance())).rows for label in row.details if label.token}
    assert marked == {"token: alice in dispatch"}


def test_a_lost_message_ends_before_its_target() -> None:
    """Where it is struck out."""
    [row] = drawing(played(performance(passed_on(request(), "alice", "pcscf")))).rows
    assert row.x1 < row.stops < row.x2


def test_many_columns_keep_their_distance() -> None:
    """The picture grows, and says that it is broad."""
    account = Account(
        id="a",
        file="a",
        line=1,
        name="a",
        columns=tuple(f"UE {number}" for number in range(15)),
        ladder=(Rung(event=0, source=14, target=14, says="x" * 30),),
        events=(Noted(kind="note", at=90_000.0, who="a", what="w"),),
    )
    drawn = drawing(account)
    assert drawn.broad
    assert min(right - left for left, right in zip(drawn.lines, drawn.lines[1:], strict=False)) == 128
    assert drawn.rows[0].at == "1 d 1 h"


def test_nothing_has_a_picture_of_nothing() -> None:
    """No division by no columns."""
    assert drawing(played(performance([]))).rows == ()
