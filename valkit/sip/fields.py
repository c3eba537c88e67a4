"""The header lines of a message: every one kept as it came, found by name, read only when asked for (RFC 3261 7.3).

Reading costs one pass that notes where each name stands. Values are cut out, unfolded and split later, by whoever
wants them; what nobody touches goes out again byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from valkit.sip.errors import Misuse, ParseError
from valkit.sip.grammar import is_token, split_list
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.names import KNOWN, LISTS, key_of

_line_end = re.compile(r"\r\n(?![ \t])")
_fold = re.compile(r"\r\n[ \t]+")
_folded = re.compile(r"\r\n[ \t]").search


class Headers:
    """Header lines in their order; immutable, names know neither case nor compact form (RFC 3261 7.3.1, 7.3.3)."""

    __slots__ = ("_index", "lines")

    def __init__(self, lines: Sequence[str] = (), index: dict[str, tuple[str, ...]] | None = None) -> None:
        self.lines = lines
        """Each line as on the wire, folds included, without its CRLF."""
        self._index = index

    @classmethod
    def parse(cls, text: str, limits: Limits = LIMITS) -> Headers:
        """Index the lines of a message in one pass; ParseError for a line that is no header, or for too much of it."""
        lines = text.split("\r\n") if text else []
        rest = "".join(lines)
        if "\n" in rest or "\r" in rest:
            raise ParseError("headers", why="have a CR or LF that ends no line")
        if len(lines) > limits.headers:
            raise ParseError("headers", why=f"are more than {limits.headers} lines")
        try:
            index = _indexed(lines)
        except ParseError:
            if _folded(text) is None:
                raise
            lines = _line_end.split(text)
            index = _indexed(lines)
        if len(text) > limits.line and max(map(len, lines)) > limits.line:
            raise ParseError("headers", why=f"have a line of more than {limits.line} characters")
        return cls(lines, index)

    @classmethod
    def salvage(cls, text: str) -> Headers:
        """Give those lines of a faulty message that are headers: what an answer to it is made of."""
        return cls([line for line in _line_end.split(text) if _is_header(line)])

    @classmethod
    def of(cls, fields: Iterable[tuple[str, str]]) -> Headers:
        """Build lines from names and values; Misuse if one of them could become two lines, or none."""
        return cls([header_line(name, value) for name, value in fields])

    def raw(self, name: str) -> tuple[str, ...]:
        """Give the lines of one name just as they are."""
        if self._index is None:
            self._index = _indexed(self.lines)
        return self._index.get(KNOWN.get(name) or _asked(name), ())

    def all(self, name: str) -> tuple[str, ...]:
        """Give every value of one name, unfolded and stripped; lists are split at their commas (RFC 3261 7.3.1)."""
        return _values(_asked(name), self.raw(name))

    def get(self, name: str) -> str | None:
        """Give the first value of one name; empty if the list is, None if there is no such header."""
        lines = self.raw(name)
        if not lines:
            return None
        value = value_of(lines[0])
        if value and "," not in value:
            return value  # as nearly always: no list that had to be cut
        return next(iter(self.all(name)), "")

    def names(self) -> tuple[str, ...]:
        """Give the names in their order and spelling."""
        return tuple(line.partition(":")[0].rstrip(" \t") for line in self.lines)

    def items(self) -> Iterator[tuple[str, str]]:
        """Give each line's name and whole value, unfolded and stripped."""
        return zip(self.names(), map(value_of, self.lines), strict=True)

    def with_values(self, name: str, values: Iterable[str]) -> Headers:
        """Give a copy where these values stand, one line each, in place of all that had this name."""
        place, key = self._place(name), _asked(name)
        above = self.lines[:place]
        below = [line for line in self.lines[place:] if _asked(line.partition(":")[0]) != key]
        return Headers([*above, *(header_line(name, value) for value in values), *below])

    def adding(self, name: str, value: str, *, first: bool = False) -> Headers:
        """Give a copy with one more line: at the end, or above all others of its name (the top, if there is none)."""
        place = len(self.lines)
        if first:
            place = self._place(name) if name in self else 0
        return Headers([*self.lines[:place], header_line(name, value), *self.lines[place:]])

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
        key = _asked(name)
        old = self.raw(key)
        if not old:
            raise Misuse(f"there is no {name} header whose first value could be replaced")
        rest = _values(key, old[:1])[1:] if "," in old[0] else ()
        new = [header_line(name, value) for value in (*values, *rest)]
        place = self.lines.index(old[0])
        index = {**(self._index or {}), key: (*new, *old[1:])}
        return Headers([*self.lines[:place], *new, *self.lines[place + 1 :]], index)

    def _place(self, name: str) -> int:
        """Give the position of the first line of this name; the end, if there is none."""
        lines = self.raw(name)
        return self.lines.index(lines[0]) if lines else len(self.lines)

    def __contains__(self, name: str) -> bool:
        return bool(self.raw(name))

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
        return key_of(name)
    except ParseError as error:
        raise Misuse(str(error)) from None


def _indexed(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Note the lines of each name; ParseError for a line that is no header."""
    try:
        keys = [KNOWN[line[: line.index(":")]] for line in lines]
    except (KeyError, ValueError):
        keys = [_key(line) for line in lines]
    index: dict[str, tuple[str, ...]] = dict(zip(keys, zip(lines, strict=True), strict=True))
    if len(index) < len(lines):
        several: dict[str, list[str]] = {}
        for key, line in zip(keys, lines, strict=True):
            several.setdefault(key, []).append(line)
        index = {key: tuple(own) for key, own in several.items()}
    return index


def _key(line: str) -> str:
    """Give the key of a line's name; ParseError if the line is no header at all."""
    name, colon, _ = line.partition(":")
    if not colon:
        raise ParseError("header line", name, why="has no colon")
    return key_of(name)


def _is_header(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return bool(colon) and is_token(name.rstrip(" \t")) is not None


def _values(key: str, lines: Sequence[str]) -> tuple[str, ...]:
    """Read every value in the lines of one header, unfolded and stripped; lists are split at their commas."""
    values = [value_of(line) for line in lines]
    if key not in LISTS:
        return tuple(values)
    return split_list(values[0]) if len(values) == 1 else tuple(chain.from_iterable(map(split_list, values)))


def value_of(line: str) -> str:
    """Cut the value out of a line; a fold is one space (RFC 3261 7.3.1)."""
    value = line.partition(":")[2]
    return (_fold.sub(" ", value) if "\r\n" in value else value).strip(" \t")
