from harness.seen.figures import REGISTER_FIGURE
from harness.seen.ladder.layout import ByElement, ByPart, laid_out
from harness.seen.ladder.rungs import Arrow, Ladder, Point, Row
from harness.seen.ladder.text import draw
from harness.seen.signs import read
from harness.seen.story import story
from tests.harness.scenes import CAST, registration

FIGURE = """\
Figure

                UE alice                            SIP core                            VAL server
                    │                                   │                                    │
  1    0.000        ├── REGISTER ──────────────────────▶│                                    │
                    │   IMPU sip:alice@home.example     │                                    │
                    │   IMPI alice@home.example         │                                    │
  2    0.000        │                                   ● AV issued                          │
  2    0.000        │                                   ● flag: pending                      │
  3    0.000        │◀────────────── 401 Unauthorized ──┤                                    │
                    │   RAND, AUTN                      │                                    │
  4    0.000        ● AUTN verified, RES made           │                                    │
  5    0.000        ├── REGISTER ──────────────────────▶│                                    │
                    │   IMPU sip:alice@home.example     │                                    │
                    │   IMPI alice@home.example         │                                    │
                    │   RES                             │                                    │
                    │   token: alice in dispatch        │                                    │
  6    0.000        │                                   ● RES = XRES                         │
  7    0.000        │                                   ● flag: registered                   │
  8    0.000        │◀──────────────────────── 200 OK ──┤                                    │
  9    0.000        │                                   ├── REGISTER ───────────────────────▶│
                    │                                   │   IMPU sip:alice@home.example      │
                    │                                   │   IMPI alice@home.example          │
                    │                                   │   token: alice in dispatch         │
 10    0.000        │                                   │   bound: alice in dispatch, video  ●
 11    0.000        │                                   │◀───────────────────────── 200 OK ──┤"""


def drawn(*marks: Arrow | Point) -> list[str]:
    """Draw these marks; gives the lines beneath the head."""
    rows = tuple(Row(0.0, None, mark) for mark in marks)
    return draw(Ladder("", ("a", "b", "c"), rows)).splitlines()[2:]


def test_the_figure_is_drawn_as_the_seed_draws_it() -> None:
    """Three lifelines, the numbers at the left, tokens told by their claims."""
    moments = story(registration(), CAST)
    numbers = read(REGISTER_FIGURE, moments, CAST).numbers
    assert draw(laid_out("Figure", moments, ByPart(CAST), CAST, numbers)) == FIGURE


def test_no_line_is_wider_than_asked() -> None:
    """Whatever lifelines there are."""
    for width in (60, 80, 100, 120):
        for view in (ByElement(CAST), ByPart(CAST)):
            ladder = laid_out("", story(registration(), CAST), view, CAST, {})
            assert max(map(len, draw(ladder, width).splitlines())) <= width
    titled = Ladder("a long title " * 20, ("a", "b"), (Row(0.0, None, Arrow(0, 1, "REGISTER")),))
    assert max(map(len, draw(titled, 80).splitlines())) <= 80


def test_a_ladder_has_the_width_that_it_needs() -> None:
    """Six lifelines take what a method needs if nothing limits them; three do not fill a wide terminal."""
    eight = Ladder("", tuple("abcdefgh"), (Row(0.0, None, Arrow(0, 1, "REGISTER")),))
    assert max(map(len, draw(eight).splitlines())) > 100
    assert "├── REGISTER ▶│" in draw(eight)
    three = Ladder("", ("a", "b", "c"), (Row(0.0, None, Arrow(0, 2, "REGISTER")),))
    assert max(map(len, draw(three, 300).splitlines())) < 150


def test_lifelines_stand_closer_before_they_are_given_up() -> None:
    """Seven in a terminal of a hundred columns: the method stands on the arrow, its transport beneath."""
    seven = tuple("abcdefg")
    rows = (
        Row(0.0, None, Arrow(0, 1, "REGISTER over TCP")),
        Row(0.1, None, Arrow(1, 0, "401 Unauthorized")),
        Row(0.2, None, Arrow(1, 2, "SUBSCRIBE")),
        Row(0.3, None, Arrow(2, 1, "NOTIFY", lost=True)),
    )
    lines = draw(Ladder("", seven, rows), 93).splitlines()
    assert "├REGISTER─▶│" in lines[2]
    assert "over TCP" in lines[3]
    assert "◀─ 401 ──┤" in lines[4] or "◀── 401 ──┤" in lines[4]
    assert "├SUBSCRIBE▶│" in lines[5]
    assert "✗" in lines[6]
    assert max(map(len, lines)) <= 93


def test_a_long_note_of_one_alone_stands_beside_its_lifeline() -> None:
    """It overwrites neither the step's number nor the time, and is no wider than asked."""
    note = "could not sign in: " + "the identity server gives no answer, " * 6
    lines = draw(Ladder("", ("UE alice",), (Row(1.5, "4", Point(0, note)),)), 100).splitlines()[2:]
    assert lines[0].startswith("  4    1.500        ● could not sign in: the identity")
    assert all(line.startswith(" " * 20 + "│ ") for line in lines[1:])
    assert " ".join(" ".join(lines).replace("│", " ").split()[3:]) == " ".join(note.split())
    assert max(map(len, lines)) <= 100


def test_a_ladder_of_nothing_says_so() -> None:
    """A scenario may have sent nothing."""
    assert draw(Ladder("a scenario", (), ())) == "a scenario\n\nnothing was sent"


def test_a_transport_that_has_no_room_is_told_beneath() -> None:
    """Every arrow of a kind tells it, one way or the other."""
    ladder = Ladder("", tuple("abcdef"), (Row(0.0, None, Arrow(0, 1, "REGISTER over TCP", ("RES",))),))
    assert "over TCP, RES" in draw(ladder)
    assert any("── REGISTER over TCP ─" in line for line in drawn(Arrow(0, 1, "REGISTER over TCP")))


def test_a_text_touches_no_lifeline() -> None:
    """Between its end and a lifeline there is a blank, or the lifeline gives way."""
    for length in range(1, 40):
        ladder = Ladder("", tuple("abcdef"), (Row(0.0, None, Point(0, "x" * length)),))
        assert "x│" not in draw(ladder)


def test_a_plain_ladder_is_ascii() -> None:
    """For terminals and logs that have nothing else."""
    ladder = laid_out("", story(registration(), CAST), ByElement(CAST), CAST, {})
    assert draw(ladder, plain=True).isascii()


def test_a_lost_message_does_not_arrive() -> None:
    """Its arrow ends before the other lifeline, whichever way it went."""
    [there, back] = drawn(Arrow(0, 1, "REGISTER", lost=True), Arrow(2, 1, "200 OK", lost=True))
    assert "REGISTER ─" in there
    assert "▶" not in there
    assert "◀" not in back
    assert there.index("✗") < there.rindex("│", 0, 70)
    assert back.index("✗") > back.index("│", 30)


def test_a_message_sent_again_says_so() -> None:
    """A retransmission is told from the first."""
    assert "REGISTER again" in drawn(Arrow(0, 1, "REGISTER", again=True))[0]


def test_what_does_not_fit_is_shortened_to_its_first_word() -> None:
    """A reason gives way before a status does."""
    ladder = Ladder("", tuple("abcdef"), (Row(0.0, None, Arrow(1, 0, "481 Call/Transaction Does Not Exist")),))
    assert "◀────── 481 ──┤" in draw(ladder)


def test_long_remarks_are_wrapped() -> None:
    """Words go on in the next line, on the near side of the last lifeline."""
    lines = drawn(Point(2, "refused because " * 4))
    assert len(lines) > 1
    assert lines[0].endswith("●")


def test_titles_that_would_meet_are_wrapped() -> None:
    """They stand one above the other, the last line of each next to its lifeline."""
    parts = ("P-CSCF", "I-CSCF", "S-CSCF", "HSS", "S-IdMS")
    rows = (Row(0.0, None, Point(0, "here")),)
    first, second, *_ = draw(Ladder("", ("UE alice", *(f"Partner {part}" for part in parts)), rows), 90).splitlines()
    assert first.split() == ["Partner"] * 4
    assert second.split() == ["UE", "alice", "P-CSCF", "I-CSCF", "S-CSCF", "Partner", "HSS", "S-IdMS"]
