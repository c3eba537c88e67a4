import json
from pathlib import Path

from harness.consulting.said import ABOUT, HEALTHY, as_json, lines, listed, page
from harness.diagnosis import Finding, diagnoses
from tests.harness.scenes import TOKEN

FOUND = Finding("It is wrong.", "Mend it.", ("frame 1", "frame 9"), "amf", "TS 33.102 Annex F")
ROOT = Path(__file__).parents[3]


def test_a_finding_says_what_where_and_what_to_do() -> None:
    """And the clause, with the name in the list."""
    assert list(lines([FOUND], ["3 frames are cut short"])) == [
        "1. It is wrong.",
        "   where: frame 1, frame 9",
        "   do:    Mend it.",
        "   see:   TS 33.102 Annex F (amf)",
        "Not looked at: 3 frames are cut short",
    ]
    assert list(lines([], [])) == [HEALTHY]


def test_not_every_place_of_very_many_is_shown() -> None:
    """JSON has them."""
    many = Finding("It is wrong.", "Mend it.", tuple(f"frame {number}" for number in range(20)))
    assert list(lines([many], []))[1].endswith("frame 7, and 12 more")
    assert len(json.loads(as_json([many], []))["findings"][0]["evidence"]) == 20


def test_nothing_secret_and_no_control_character_is_shown() -> None:
    """Whatever a message had in it."""
    shown = "\n".join(lines([Finding(f"\x1b[31m {TOKEN}", "Mend it.")], []))
    assert TOKEN.rpartition(".")[2] not in shown
    assert "\x1b" not in shown
    assert TOKEN.rpartition(".")[2] not in as_json([Finding(TOKEN, "Mend it.")], [])


def test_what_a_peer_wrote_at_length_is_shown_in_part() -> None:
    """Its beginning and its end."""
    found = Finding(f"It is {'x' * 100_000}, and not well.", "Mend it.")
    for shown in (next(lines([found], [])), as_json([found], [])):
        assert "characters) ... " in shown
        assert "and not well." in shown
        assert len(shown) < 1_500


def test_every_diagnosis_is_in_the_list_and_on_the_page() -> None:
    """Under the heading of its module."""
    assert len(list(listed())) == len(diagnoses())
    assert all(f"| `{name}` |" in page() for name in diagnoses())
    assert all(f"## {heading}\n" in page() for heading in ABOUT.values())


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    """If it is not: val doctor --list --markdown > docs/doctor.md."""
    assert (ROOT / "docs" / "doctor.md").read_text() == page()


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    """A peer may write anything into a reason phrase."""
    (first, *_) = lines([Finding("SIP/2.0 200 \udcff is wrong.", "Mend it.")], [])
    assert first.encode().endswith(b"is wrong.")
