import pytest

from harness.grammar.captured import Captured, is_captured, part, put, refuse_captured, spoken_of, without_secrets
from valkit.settings import Document, documents

TEXT = """\
steps:
  - one: {a: "${captured.x}", b: ["${captured.y}", "${captured.x}:${captured.z}"], c: 7}
  - two: "${captured.w}"
"""
PLACE = ("steps", 0, "one")


@pytest.fixture
def document() -> Document:
    """Give a document that speaks of captured values."""
    [found] = documents(TEXT, "s.yaml")
    return found


def test_what_a_part_speaks_of_is_found_with_its_place(document: Document) -> None:
    """Several in one text, and nothing of the other parts."""
    assert list(spoken_of(document, PLACE)) == [
        ((*PLACE, "a"), "x"),
        ((*PLACE, "b", 0), "y"),
        ((*PLACE, "b", 1), "x"),
        ((*PLACE, "b", 1), "z"),
    ]
    assert is_captured("captured.x")
    assert not is_captured("captured")


def test_values_are_put_into_one_part(document: Document) -> None:
    """The document that was read stays as it is; what a value says is not read again."""
    values = {"x": Captured("1"), "y": Captured("${captured.x}"), "z": Captured("3")}
    filled = put(document, PLACE, values)
    assert part(filled, PLACE) == {"a": "1", "b": ["${captured.x}", "1:3"], "c": 7}
    assert part(filled, ("steps", 1, "two")) == "${captured.w}"
    assert part(document, (*PLACE, "a")) == "${captured.x}"
    assert filled.line(PLACE) == 2
    with pytest.raises(KeyError):
        put(document, ("steps", 1, "two"), values)


def test_secrets_are_hidden_and_nothing_else() -> None:
    """Also where one is part of another."""
    values = {"a": Captured("key"), "b": Captured("keyring", secret=True), "c": Captured("ring", secret=True)}
    values |= {"d": Captured("", secret=True)}
    assert without_secrets("a keyring, a ring and a key", values) == "a (hidden), a (hidden) and a key"
    assert "keyring" not in repr(values["b"])


def test_where_it_would_be_read_as_something_else_it_is_refused() -> None:
    """A value stands for itself alone."""
    refuse_captured("${other}", "an expression")
    with pytest.raises(ValueError, match="would be read as an expression"):
        refuse_captured("a${captured.x}", "an expression")
