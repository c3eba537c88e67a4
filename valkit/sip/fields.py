"""The header lines of a message: every one kept as it came, found by name, read only when asked for (RFC 3261 7.3).

Reading costs one pass that notes where each name stands. Values are cut out, unfolded and split later, by whoever
wants them; what nobody touches goes out again byte for byte.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from valkit.sip.errors import Misuse, ParseError
from valkit.sip.grammar import is_token, split_list
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.names import KNOWN, LISTS, key_of

_line_end = re.compile(r"\r\n(?![ \t])")
_fold = re.compile(r"\r\n[ \t]+")
_NO_LIMITS = Limits(headers=sys.maxsize, line=sys.maxsize)


class Headers:
    """Header lines in their order; immutable, names know neither case nor compact form (RFC 3261 7.3.1, 7.3.3)."""

    __slots__ = ("_index", "lines")

    def __init__(self, lines: Sequence[str] = (), index: dict[str, list[int]] | None = None) -> None:
        self.lines = lines
        """Each line as on the wire, folds included, without its CRLF."""
        self._index = index

    @classmethod
    def parse(cls, lines: Sequence[str], limits: Limits = LIMITS) -> Headers:
        """Index the lines of a message in one pass; ParseError for a line that is no header, or for too much of it."""
        if len(lines) > limits.headers:
            raise ParseError("headers", why=f"are more than {limits.headers} lines")
        index: dict[str, list[int]] = {}
        for position, line in enumerate(lines):
            name, colon, _ = line.partition(":")
            key = KNOWN.get(name)
            if key is None or not colon:
                if position and line.startswith((" ", "\t")):
                    return cls.parse(_line_end.split("\r\n".join(lines)), limits)
                key = _key(name, colon)
            if key in index:
                index[key].append(position)
            else:
                index[key] = [position]
        if max(map(len, lines), default=0) > limits.line:
            raise ParseError("header line", why=f"is longer than {limits.line} characters")
        return cls(lines, index)

    @classmethod
    def salvage(cls, lines: Sequence[str]) -> Headers:
        """Give those lines of a faulty message that are headers: what an answer to it is made of."""
        return cls([line for line in _line_end.split("\r\n".join(lines)) if _is_header(line)])

    @classmethod
    def of(cls, fields: Iterable[tuple[str, str]]) -> Headers:
        """Build lines from names and values; Misuse if one of them could become two lines, or none."""
        return cls([header_line(name, value) for name, value in fields])

    def raw(self, name: str) -> list[str]:
        """Give the lines of one name just as they are."""
        positions = self._positions().get(KNOWN.get(name) or _asked(name))
        return [self.lines[position] for position in positions] if positions else []

    def all(self, name: str) -> tuple[str, ...]:
        """Give every value of one name, unfolded and stripped; lists are split at their commas (RFC 3261 7.3.1)."""
        values = [_value(line) for line in self.raw(name)]
        if (KNOWN.get(name) or _asked(name)) not in LISTS:
            return tuple(values)
        return split_list(values[0]) if len(values) == 1 else tuple(chain.from_iterable(map(split_list, values)))

    def get(self, name: str) -> str | None:
        """Give the first value of one name; empty if the list is, None if there is no such header."""
        values = self.all(name)
        if values:
            return values[0]
        return "" if name in self else None

    def count(self, name: str) -> int:
        """Say how many lines have this name."""
        return len(self._positions().get(KNOWN.get(name) or _asked(name), ()))

    def names(self) -> tuple[str, ...]:
        """Give the names in their order and spelling."""
        return tuple(line.partition(":")[0].rstrip(" \t") for line in self.lines)

    def items(self) -> Iterator[tuple[str, str]]:
        """Give each line's name and whole value, unfolded and stripped."""
        return zip(self.names(), map(_value, self.lines), strict=True)

    def with_values(self, name: str, values: Iterable[str]) -> Headers:
        """Give a copy where these values stand, one line each, in place of all that had this name."""
        new = [header_line(name, value) for value in values]
        positions = self._positions().get(_asked(name), [len(self.lines)])
        kept = [line for position, line in enumerate(self.lines) if position not in positions]
        return Headers([*kept[: positions[0]], *new, *kept[positions[0] :]])

    def adding(self, name: str, value: str, *, first: bool = False) -> Headers:
        """Give a copy with one more line: at the end, or above all others of its name."""
        line = header_line(name, value)
        if not first:
            return Headers([*self.lines, line])
        place = self._positions().get(_asked(name), [0])[0]
        return Headers([*self.lines[:place], line, *self.lines[place:]])

    def without(self, name: str) -> Headers:
        """Give a copy that lacks every line of this name."""
        return self.with_values(name, ())

    def with_first(self, name: str, value: str) -> Headers:
        """Give a copy whose first value of this name is this one, such as the top Via with `received`."""
        return self._replacing_first(name, [value])

    def without_first(self, name: str) -> Headers:
        """Give a copy that lacks the first value of this name, such as the Via a proxy takes off (RFC 3261 16.7)."""
        return self._replacing_first(name, [])

    def _replacing_first(self, name: str, values: list[str]) -> Headers:
        positions = self._positions().get(_asked(name))
        if positions is None:
            raise Misuse(f"there is no {name} header whose first value could be replaced")
        top = positions[0]
        rest = Headers([self.lines[top]]).all(name)[1:]
        new = [header_line(name, value) for value in (*values, *rest)]
        return Headers([*self.lines[:top], *new, *self.lines[top + 1 :]])

    def _positions(self) -> dict[str, list[int]]:
        """Give the index; lines that we built ourselves are indexed when someone first asks."""
        if self._index is None:
            self._index = Headers.parse(self.lines, _NO_LIMITS)._index or {}
        return self._index

    def __contains__(self, name: str) -> bool:
        return (KNOWN.get(name) or _asked(name)) in self._positions()

    def __len__(self) -> int:
        return len(self.lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and list(self.lines) == list(other.lines)

    def __hash__(self) -> int:
        return hash(tuple(self.lines))

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self.names())}>"


def header_line(name: str, value: str) -> str:
    """Write one line; Misuse if the name is no token or the value has a line break (header injection)."""
    if name not in KNOWN and is_token(name) is None:
        raise Misuse(f"{name!a} is no header name")
    if "\r" in value or "\n" in value:
        raise Misuse(f"a {name} value must not have line breaks")
    return f"{name}: {value}"


def _asked(name: str) -> str:
    """Give the key of a name our own caller uses."""
    try:
        return KNOWN.get(name) or key_of(name)
    except ParseError as error:
        raise Misuse(str(error)) from None


def _key(name: str, colon: str) -> str:
    """Give the key of a name no table knows; ParseError if the line is no header at all."""
    if not colon:
        raise ParseError("header line", name, why="has no colon")
    return key_of(name)


def _is_header(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return bool(colon) and is_token(name.rstrip(" \t")) is not None


def _value(line: str) -> str:
    """Cut the value out of a line; a fold is one space (RFC 3261 7.3.1)."""
    value = line.partition(":")[2]
    return (_fold.sub(" ", value) if "\r\n" in value else value).strip(" \t")
