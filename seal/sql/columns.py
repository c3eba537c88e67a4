"""Columns as our tables have them, and how a row becomes a value."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, Dialect, Double, RowMapping, Text, TypeDecorator

V = TypeVar("V")

_unstorable = re.compile("[\\\\\0\ud800-\udfff]")
_escaped = re.compile(r"\\u([0-9a-f]{4})")


class AnyText(TypeDecorator[str]):
    """Text of whatever a peer may send: what a database takes for no text (NUL, lone surrogates) is escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's
        """Escape on the way in."""
        return None if value is None else _unstorable.sub(lambda found: f"\\u{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's
        """Undo it on the way out."""
        return None if value is None else _escaped.sub(lambda found: chr(int(found[1], 16)), value)


class Names(TypeDecorator[tuple[str, ...]]):
    """A row of names, as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  as above
        """Write the list."""
        return None if value is None else json.dumps(list(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002  as above
        """Read it."""
        return None if value is None else tuple(json.loads(value))


class Pairs(TypeDecorator[Mapping[str, str]]):
    """Names, and a name for each, as a JSON object."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  as above
        """Write the object."""
        return None if value is None else json.dumps(dict(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, str] | None:  # noqa: ARG002  as above
        """Read it."""
        return None if value is None else dict(json.loads(value))


def text(name: str, *constraints: Any, **options: Any) -> Column[str]:
    """Give a column of text, never empty unless it is `nullable`."""
    return Column(name, AnyText, *constraints, nullable=options.pop("nullable", False), **options)


def time(name: str) -> Column[float]:
    """Give a column of seconds since 1970."""
    return Column(name, Double, nullable=False)


def flag(name: str) -> Column[bool]:
    """Give a column of yes or no."""
    return Column(name, Boolean, nullable=False)


def value(kind: type[V], row: RowMapping | None) -> V | None:
    """Make a value of a row that has a column for each of its attributes."""
    return None if row is None else kind(**{str(name): found for name, found in row.items()})
