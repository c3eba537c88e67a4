from pathlib import Path

from harness.grammar.vocabulary import verbs
from harness.language.told import markdown, plain, told

ROOT = Path(__file__).parents[3]


def test_what_a_step_can_be_told_is_in_plain_words() -> None:
    """What has to be said comes first; each with its kind and what is taken otherwise."""
    first, *_ = told(verbs()["ue.register"])
    assert (first.name, first.kind, first.default) == ("ue", "text", None)
    text = plain(verbs()["ue.register"])
    assert "res: right | wrong | none, otherwise right" in text
    assert "`ue.register: X` is short for `ue.register: {ue: X}`." in text
    assert "by: duration, such as 30s" in plain(verbs()["clock.advance"])
    assert "since_start: yes | no, otherwise no" in plain(verbs()["expect.message"])
    assert "only: list of text, otherwise all 85 of them" in plain(verbs()["token.mutations"])


def test_what_stands_within_a_step_is_told_with_it() -> None:
    """By the word that its place names."""
    text = plain(verbs()["expect.message"])
    assert "parts: list of part, otherwise []" in text
    assert "\n  part\n    A part of a body" in text
    assert "\n      matches: text, otherwise nothing\n" in text


def test_every_step_and_every_argument_says_what_it_is() -> None:
    """Documentation is part of a verb."""
    for verb in verbs().values():
        assert verb.says
        assert all(argument.says for argument in told(verb)), verb.name


def test_the_published_page_is_that_of_the_code() -> None:
    """If it is not: make docs."""
    assert (ROOT / "docs" / "steps.md").read_text() == markdown()
