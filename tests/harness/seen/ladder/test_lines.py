from harness.seen.ladder.lines import told
from harness.seen.ladder.rungs import Arrow, Ladder, Point, Row

COLUMNS = tuple(f"Partner part {at}" for at in range(16))
LADDER = Ladder(
    "t",
    COLUMNS,
    (
        Row(0.0, "1", Arrow(0, 15, "REGISTER over TCP", ("IMPU sip:alice@home.example", "token: alice in dispatch"))),
        Row(0.5, None, Arrow(15, 0, "200 OK", lost=True)),
        Row(1.0, "10", Point(7, "bound: alice in dispatch")),
        Row(1.5, None, Arrow(0, 15, "REGISTER over TCP", again=True)),
    ),
)


def test_each_row_says_who_and_what() -> None:
    """With the figure's number and the time before it."""
    assert list(told(LADDER, 100)) == [
        "  1    0.000  Partner part 0 ── REGISTER over TCP ──▶ Partner part 15",
        "                 IMPU sip:alice@home.example, token: alice in dispatch",
        "       0.500  Partner part 15 ── 200 OK ✗ lost on the way to Partner part 0",
        " 10    1.000  Partner part 7 ● bound: alice in dispatch",
        "       1.500  Partner part 0 ── REGISTER over TCP again ──▶ Partner part 15",
    ]


def test_no_line_is_wider_than_the_terminal() -> None:
    """Long ones go on in the next, further in; nothing is lost."""
    lines = list(told(LADDER, 40))
    assert max(map(len, lines)) <= 40
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(told(LADDER, 1000)).split())


def test_a_word_that_is_longer_than_the_terminal_is_broken() -> None:
    """A URI may be that."""
    long = Ladder("", ("a", "b"), (Row(0.0, None, Arrow(0, 1, "GET /" + "x" * 300)),))
    assert max(map(len, told(long, 80))) <= 80
