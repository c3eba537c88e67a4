from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from harness.language.fields import Told, fields, lines, models_in, table, words_in
from valkit.settings import Duration, Settings, YesNo, written_as
from valkit.sip.hop import Hop


class Colour(Enum):
    """A name with a value that is text."""

    RED = "red"


class Inner(Settings):
    """What is within."""

    host: str = "127.0.0.1"
    """Where."""


class Further(Inner):
    """The same, elsewhere."""

    host: str = "127.0.0.2"


class Whole(Settings):
    """A model."""

    lasts: Duration = 7200.0
    """How long."""
    name: str | None = None
    kind: Literal["a", "b"]
    """Which."""
    yes: YesNo = True
    inner: Inner = Inner()
    further: tuple[Further, ...] = (Further(host="127.0.0.9"),)
    by_name: dict[str, Inner | None] = Field(default_factory=dict)
    colour: Colour = Colour.RED
    folder: Path = Path("here")
    octets: bytes = b"\x80\x00"
    names: frozenset[str] = frozenset({"b", "a"})
    many: tuple[int, ...] = tuple(range(20))


def told(name: str) -> Told:
    """Give what is told of a field."""
    return next(each for each in fields(Whole) if each.name == name)


def test_what_has_to_be_said_comes_first() -> None:
    """And the rest in the model's order."""
    assert [each.name for each in fields(Whole)][:3] == ["kind", "lasts", "name"]
    assert told("kind") == Told("kind", "a | b", "Which.", None)


def test_a_default_is_written_as_a_file_would_have_it() -> None:
    """Durations with a unit, models with what is said in them, keys in hexadecimal digits."""
    shown = {each.name: each.default for each in fields(Whole)}
    assert shown == {
        "kind": None,
        "lasts": "2h",
        "name": "nothing",
        "yes": "yes",
        "inner": "as beneath",
        "further": "[{host: 127.0.0.9}]",
        "by_name": "none",
        "colour": "red",
        "folder": "here",
        "octets": "8000",
        "names": "[a, b]",
        "many": "all 20 of them",
    }


def test_a_field_without_a_docstring_says_what_is_within_or_what_it_said_where_it_comes_from() -> None:
    """So nobody has to write the same twice."""
    assert told("inner").says == "What is within."
    assert fields(Further)[0].says == "Where."


def test_what_one_text_spells_is_told_by_an_example() -> None:
    """The one that a fault names as well."""

    class Written(Settings):
        hop: Annotated[Hop, written_as(Hop.parse, "udp:127.0.0.1:5060")] = Hop.parse("tcp:127.0.0.1:5060")

    (hop,) = fields(Written)
    assert (hop.kind, hop.default) == ("text, such as udp:127.0.0.1:5060", "tcp:127.0.0.1:5060")


def test_models_are_found_in_lists_and_mappings() -> None:
    """With what stands behind the name in a path."""
    assert list(models_in(tuple[Inner, ...] | None)) == [("[]", Inner)]
    assert list(models_in(dict[str, Inner | Further])) == [(".*", Inner), (".*", Further)]
    assert list(models_in(dict[str, str])) == []


class Branch(Settings):
    """Has a word of the language, and holds others of its kind."""

    model_config = ConfigDict(title="branch")

    further: "tuple[Branch, ...]" = ()
    """Branches."""
    inner: Inner = Inner()


class Tree(Settings):
    """Has none."""

    by_name: dict[str, Branch] = Field(default_factory=dict)
    """Branches by name."""


def test_a_model_with_a_word_is_told_by_it() -> None:
    """And is found within others, however deep."""
    assert fields(Tree)[0].kind == "mapping to branch"
    assert fields(Branch)[0].kind == "list of branch"
    assert fields(Branch)[1].kind == "mapping"
    assert words_in(Tree) == {"branch": Branch}


def test_a_table_and_lines_say_the_same() -> None:
    """A bar in a cell is not the end of it."""
    kind = [told("kind"), told("lasts")]
    assert list(table(kind, "setting"))[3:] == [
        "| `kind` | a \\| b. Which. | (has to be said) |",
        "| `lasts` | duration, such as 30s. How long. | 2h |",
    ]
    assert list(table([], "setting")) == []
    assert list(lines(kind)) == [
        "",
        "  kind: a | b",
        "      Which.",
        "",
        "  lasts: duration, such as 30s, otherwise 2h",
        "      How long.",
    ]
