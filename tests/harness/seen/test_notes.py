"""The vocabulary is held against what scenarios ask for here, and against what programs note wherever one is played."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.expect.event import Happened
from harness.grammar.vocabulary import every, parts_of
from harness.language.places import SHIPPED
from harness.language.scenario import parse
from harness.plugin import BESIDE
from harness.seen import notes
from harness.seen.cast import TITLES
from harness.seen.figures import FIGURES
from harness.seen.notes import ANYBODY, NOTED, Word, doubts, undeclared
from harness.seen.signs import Act
from tests.harness.scenes import noted as note


def asked() -> Iterator[str]:
    """Give what scenarios and figures of ours want to see."""
    for path in sorted(SHIPPED.parent.glob("*/*.yaml")):
        if path.parent.name not in BESIDE:
            yield from _asked(path)
    signs = (sign for figure in FIGURES.values() for step in figure.steps for sign in step.shown_by)
    yield from (what for sign in signs if isinstance(sign, Act) for what in sign.what)


def _asked(path: Path) -> Iterator[str]:
    for scenario in parse(path.read_text(), path, path.name):
        for step in every(scenario.steps):
            if step.verb.name != "expect.no_event":
                yield from (told.what for _, told in parts_of(step) if isinstance(told, Happened))


def test_each_note_is_asked_for_or_has_a_reason() -> None:
    """Whoever drops a note from a program is told by a scenario that asks for it."""
    wanted = set(asked())
    words = [word for words in (*NOTED.values(), ANYBODY) for word in words]
    assert {word.what for word in words if not word.unasked} <= wanted


def test_elements_are_those_of_the_cast() -> None:
    """A slip in the name of one would make all its notes undeclared."""
    assert set(NOTED) <= set(TITLES)


@pytest.mark.parametrize(
    ("asked_for", "why"),
    [
        (("restered", "scscf"), "restered is nothing that scscf notes (did you mean res verified?)"),
        (("bound", "scscf"), "scscf does not note bound, valserver does (say `by: valserver`)"),
        (("bund", "scscf"), "bund is nothing that scscf notes (did you mean bound?)"),
        (("flag", "core"), ""),
        (("autn verified", "alice"), ""),
        (("autn verified", "partner.dora"), ""),
        (("logged in", "partner.idms"), ""),
        (("unreachable", "valserver"), ""),
        (
            ("xyz", "pcscf"),
            "xyz is nothing that pcscf notes (expected one of: killed, started,",
        ),
    ],
)
def test_what_nobody_notes_is_doubted(asked_for: tuple[str, str], why: str) -> None:
    """By element: what a phone notes is not noted by a CSCF."""
    found = [each for _, _, each in doubts(*asked_for, (), None)]
    assert [each.startswith(why) for each in found] == [True] * bool(why), found


def test_fields_and_causes_are_doubted() -> None:
    """A cause may be asked for among the fields, too."""
    assert list(doubts("refused", "valserver", ["impu", "cause", "imp"], "expird")) == [
        ("fields", "imp", "imp is no field of refused (did you mean impu?)"),
        ("cause", "", "expird is no cause of refused (did you mean expired?)"),
    ]
    assert [why for *_, why in doubts("res verified", "scscf", (), "x")] == ["res verified has no cause"]
    assert [why for *_, why in doubts("key replaced", "idms", ["x"], None)] == [
        "x is no field of key replaced (it has none)"
    ]


@pytest.mark.parametrize(
    ("cause", "doubted"),
    [
        ("untrusted peer 127.0.0.11 (not in trusted_peers)", False),
        ("no asserted identity", False),
        ("no aserted identity", True),
        ("sqn", True),
    ],
)
def test_a_sentence_may_be_a_cause_where_others_write_it(cause: str, *, doubted: bool) -> None:
    """But not one that is nearly one of ours."""
    assert bool(list(doubts("refused", "valserver", (), cause))) is doubted


def test_a_note_that_has_no_line_is_undeclared() -> None:
    """Its name, its fields, or whose it is."""
    assert not undeclared(note("alice", "autn refused", impi="i", impu="u", cause="mac"), {"alice"})
    assert not undeclared(note("partner.hss", "flag", impi="i", flag="pending"), ())
    assert undeclared(note("alice", "autn refused", sqn="7"), {"alice"})
    assert undeclared(note("scscf", "autn refused"), {"alice"})
    assert undeclared(note("hss", "dreamt"), ())


def test_words_are_declared_once() -> None:
    """Of two lines for one note the second would never be read."""
    for words in NOTED.values():
        names = [word.what for word in (*words, *ANYBODY)]
        assert len(names) == len(set(names))
    assert notes.NOTED is NOTED
    assert Word("a", "b c").fields == {"b", "c"}
