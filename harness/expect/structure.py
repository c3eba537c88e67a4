"""What JSON says, member by member: paths into it, and what stands there, text, numbers and truth values apart. Pure.

A path is written as JSONPath has it (RFC 9535), as far as members, indexes and `[*]` go, and `$.` need not be said:
`keys[0].kty`, `members[*]`, `['https://example.org/own'].level`.
"""

import re
from collections.abc import Iterator, Sequence
from json import dumps
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, model_validator

from harness.expect.wanted import LONG, Difference, Expression, matches, saying
from harness.grammar.captured import HIDDEN, refuse_captured
from harness.grammar.vocabulary import Arguments
from harness.seen.disclosure import Hidden
from valkit.settings import YesNo

_step = re.compile(r"\.?([^.\[\]'\"]+)|\[(\d{1,6})\]|(\[\*\])|\['([^']+)'\]|\[\"([^\"]+)\"\]")

Kind = Literal["text", "number", "boolean", "list", "object", "null"]


class _Each:
    """Every item of a list."""


EACH = _Each()
Step = str | int | _Each


def steps(path: str) -> tuple[Step, ...]:
    """Take a path apart; ValueError if it is none."""
    rest = path.removeprefix("$").removeprefix(".") if path.startswith("$") else path
    found: list[Step] = []
    while rest:
        step = _step.match(rest)
        behind = "" if step is None else rest[step.end() :]
        if step is None or behind[:1] not in {"", ".", "["} or (not found and rest.startswith(".")):
            raise ValueError("is no path into JSON (expected such as act.sub, keys[0].kty, keys[*].alg or ['a.b'].c)")
        name, index, each, *quoted = step.groups()
        found.append(EACH if each else int(index) if index else next(filter(None, (name, *quoted))))
        rest = behind
    if not found:
        raise ValueError("is empty (expected a path into JSON, such as act.sub)")
    return tuple(found)


def _path(text: str) -> str:
    refuse_captured(text, "a path")
    steps(text)
    return text


JsonPath = Annotated[str, AfterValidator(_path)]
"""A path into JSON."""


def name_of(path: str) -> str:
    """Give the last member that a path names; nothing if it names none."""
    return next((step for step in reversed(steps(path)) if isinstance(step, str)), "")


def found_in(document: Any, path: str) -> tuple[Any, ...]:
    """Give what stands at a path: none, one, or where it has `[*]` as many as there are."""
    found: list[Any] = [document]
    for step in steps(path):
        found = [inner for value in found for inner in _inner(value, step)]
    return tuple(found)


def _inner(value: Any, step: Step) -> Iterator[Any]:
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield value[step]
    elif isinstance(value, list):
        yield from value if isinstance(step, _Each) else value[step : step + 1]


def _scalar(value: object) -> object:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    raise ValueError("is no single value (expected text, a number, true or false)")


Scalar = Annotated[Any, PlainValidator(_scalar, json_schema_input_type=str | int | float | bool)]
"""A single value of JSON, of the kind that it is written in: 300 is a number, "300" a text, and so is yes."""


class JsonValue(Arguments):
    """What a value of JSON is to be. One alone means: this, and of this kind. A list means: all these and no others."""

    model_config = ConfigDict(title="json value")

    short = "equals"
    listed = "all"

    equals: Scalar | None = None
    """This, exactly, and of the kind in which it is written: 300 is a number, "300" a text, true a truth value. Of a
    list it has to be among the items."""
    matches: Expression | None = None
    """A regular expression (RE2) that matches the whole of a text; of several values, one of them."""
    all: tuple[Scalar, ...] | None = Field(None, min_length=1)
    """All of these and no others, in any order."""
    type: Kind | None = None
    """Of which kind everything there is."""
    present: YesNo | None = None
    """Whether there is anything at all; null is something."""

    @model_validator(mode="after")
    def _one(self) -> "JsonValue":
        said = (self.equals, self.matches, self.all, self.type, self.present)
        if len([one for one in said if one is not None]) != 1:
            raise ValueError("does not say what is wanted (expected a value, a list, or one of matches, type, present)")
        return self

    def suits(self, values: Sequence[Any]) -> bool:
        """Whether what stands there is as it is to be."""
        if self.present is not None:
            return bool(values) is self.present
        if self.type is not None:
            return bool(values) and all(_kind(value) == self.type for value in values)
        items = list(_items(values))
        if self.all is not None:
            return sorted(map(dumps, self.all)) == sorted(map(_written, items))
        if self.matches is not None:
            return any(isinstance(item, str) and matches(self.matches, item) for item in items)
        return any(_kind(item) == _kind(self.equals) and item == self.equals for item in items)

    def of(self, path: str) -> str:
        """Say in words what is asked for."""
        if self.present is not None:
            return f"with {path}" if self.present else f"without {path}"
        if self.type is not None:
            return f"with {path} a {self.type}"
        if self.matches is not None:
            return f"with {path} matching {self.matches}"
        return f"with {path}: {dumps(self.equals if self.equals is not None else self.all)}"


def differing(path: str, wanted: JsonValue, document: Any) -> Difference | None:
    """Give what is wrong at a path, as it may be shown; None if nothing is."""
    found = found_in(document, path)
    if wanted.suits(found):
        return None
    if not found:
        return Difference(path)
    told = ", ".join(map(_written, found))
    kinds = f" (a {_kind(found[0])})" if wanted.type is not None else ""
    return saying(f"{path}: {told if len(told) <= LONG else f'{told[:LONG]} ...'}{kinds}")


def _items(values: Sequence[Any]) -> Iterator[Any]:
    """Give values, of a list its items."""
    for value in map(_plain, values):
        yield from map(_plain, value if isinstance(value, list) else [value])


def _written(value: Any) -> str:
    """Write a value as JSON, as far as it may be shown."""
    return dumps(value, default=lambda _: HIDDEN)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Hidden) else value


def _kind(value: Any) -> Kind:
    match _plain(value):
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
    return "object"
