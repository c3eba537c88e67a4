import re
from pathlib import Path

import pytest

from harness.language.manual import MANUALS, markdown, parts, plain
from tests.test_examples import MODELS

ROOT = Path(__file__).parents[3]


def test_every_kind_of_file_that_there_is_an_example_of_is_told() -> None:
    """By the model that reads it."""
    assert set(MODELS.values()) <= {manual.model for manual in MANUALS.values()}


@pytest.mark.parametrize("name", MANUALS)
def test_every_part_and_every_setting_says_what_it_is(name: str) -> None:
    """Documentation is part of a setting."""
    for part in parts(MANUALS[name].model):
        assert part.says, part.path
        assert [told.name for told in part.told if not told.says] == [], part.path


def test_a_part_that_stands_in_two_places_is_told_once() -> None:
    """The second says where."""
    found = {part.path: part for part in parts(MANUALS["core"].model)}
    assert found["pcscf"].told
    assert (found["scscf"].told, found["scscf"].same_as) == ((), "pcscf")


def test_lists_and_names_are_seen_in_a_path() -> None:
    """`[]` for entries, `*` for any name."""
    assert "subscribers[].impus[]" in {part.path for part in parts(MANUALS["core"].model)}
    assert "ues.*.card" in {part.path for part in parts(MANUALS["lab"].model)}


def test_a_part_is_told_by_its_path() -> None:
    """With what it has in it, and nothing else."""
    text = plain("server.publication")
    assert text.startswith("server.publication\n  PUBLISH (RFC 3903).\n")
    assert "  min_expires: whole number, otherwise 60\n      Fewer seconds than these are refused with 423." in text
    assert re.findall(r"^server\S*", plain("server.migration"), re.MULTILINE) == [
        "server.migration",
        "server.migration.partners[]",
    ]
    with pytest.raises(KeyError):
        plain("server.publicatio")
    with pytest.raises(KeyError):
        plain("servers")


def test_the_published_page_is_that_of_the_code() -> None:
    """If it is not: make docs."""
    assert (ROOT / "docs" / "settings.md").read_text() == markdown()
