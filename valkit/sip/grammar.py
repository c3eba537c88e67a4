"""The productions that many headers share: token, quoted-string, comma list, parameters (RFC 3261 25.1).

Texts come here unfolded. Every expression is possessive or anchored, so that none needs more than one pass over
whatever a peer sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from attrs import frozen

from valkit.sip.errors import ParseError

TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]++"  # noqa: S105 - the grammar's token, no secret
"""token. `%` stands for itself here: only URIs and reason phrases have escapes."""
QUOTED = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
"""quoted-string, with its quotes."""
VALUE = r'[^ \t;,"<>]++'
"""An unquoted parameter value: token or host, and what peers send in their place, such as base64 with its `=`."""
URI = r"[A-Za-z][A-Za-z0-9+.\-]*+:[!#-;=?-~]++"
"""Any absolute URI by its outside: scheme, colon, and of ASCII what can be printed, no space, no bracket."""

is_token = re.compile(TOKEN).fullmatch
_is_value = re.compile(VALUE).fullmatch
_escape = re.compile(r"\\(.)", re.DOTALL)
_separator = re.compile(r'"[^"\\]*+(?:\\.?[^"\\]*+)*+"?|<[^>]*+>?|,', re.DOTALL)


def unquote(text: str) -> str:
    """Give the characters a quoted-string stands for; any other text as it is."""
    if not text.startswith('"'):
        return text
    inner = text[1:-1]
    return _escape.sub(r"\1", inner) if "\\" in inner else inner


def quote(text: str) -> str:
    """Give the quoted-string for these characters (RFC 3261 25.1)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def split_list(text: str) -> tuple[str, ...]:
    """Cut at the commas outside quotes and angle brackets (RFC 3261 7.3.1); an empty text is an empty list.

    Empty elements stay, since the grammar has none: whoever reads them refuses them. After a quote or bracket that
    nobody closed the rest is one element.
    """
    if "," not in text:
        return (text,) if text else ()
    if '"' not in text and "<" not in text:
        return tuple(element.strip(" \t") for element in text.split(","))
    commas = [found.start() for found in _separator.finditer(text) if found[0] == ","]
    starts = [0, *(comma + 1 for comma in commas)]
    return tuple(text[a:b].strip(" \t") for a, b in zip(starts, [*commas, len(text)], strict=True))


def _one(separator: str, value_needed: str) -> str:
    """Give the expression for one parameter behind its separator."""
    return rf"[ \t]*{separator}[ \t]*({TOKEN})(?:[ \t]*=[ \t]*({VALUE}|{QUOTED})){value_needed}"


def _row(one: str) -> str:
    """Give the expression for a whole row of parameters, which captures none of them."""
    return f"(?:{one.replace(f'({TOKEN})', TOKEN).replace(f'({VALUE}|{QUOTED})', f'(?:{VALUE}|{QUOTED})')})*+[ \\t]*"


PARAMS = _row(_one(";", "?+"))
"""`;name=value;flag`, or nothing: the end of most headers."""

_is_row = re.compile(PARAMS, re.DOTALL).fullmatch
_each = re.compile(_one(";", "?+"), re.DOTALL).findall
_is_auth_row = re.compile(_row(_one(",", "")), re.DOTALL).fullmatch
_each_auth = re.compile(_one(",", ""), re.DOTALL).findall


@frozen
class Params:
    """A row of parameters in its order, each kept as it was written; names know no case (RFC 3261 7.3.1)."""

    pairs: tuple[tuple[str, str], ...] = ()
    """Name and raw value, quotes included; the value is empty where a parameter has none."""

    @classmethod
    def parse(cls, text: str) -> Params:
        """Read `;name=value;flag` or nothing; ParseError for anything else and for a name that comes twice."""
        if _is_row(text) is None:
            raise ParseError("parameters", text)
        return cls.matched(text)

    @classmethod
    def matched(cls, text: str) -> Params:
        """Read what is known to match PARAMS; ParseError only for a name that comes twice."""
        return cls(_unique(_each(text))) if text else NO_PARAMS

    @classmethod
    def parse_auth(cls, text: str) -> Params:
        """Read `name=value, name="value"` as it stands in authentication headers (RFC 3261 25.1, auth-param)."""
        if _is_auth_row("," + text) is None:
            raise ParseError("parameters", text)
        return cls(_unique(_each_auth("," + text)))

    @classmethod
    def of(cls, values: Iterable[tuple[str, str | None]]) -> Params:
        """Build a row from plain values, quoting those that need it; None for a parameter without value."""
        return cls(tuple((name, _written(value)) for name, value in values))

    def get(self, name: str) -> str | None:
        """Give a value without its quotes: empty for a parameter that has none, None where there is no such one."""
        raw = self.raw(name)
        return unquote(raw) if raw else raw

    def raw(self, name: str) -> str | None:
        """Give a value just as it was written; empty and None as in `get`."""
        wanted = name.lower()
        for each, value in self.pairs:
            if each == wanted or each.lower() == wanted:
                return value
        return None

    def having(self, name: str, value: str | None = None) -> Self:
        """Give a copy with this parameter: replaced where it stands, otherwise at the end."""
        new = (name, _written(value))
        if name not in self:
            return type(self)((*self.pairs, new))
        return type(self)(tuple(new if pair[0].lower() == name.lower() else pair for pair in self.pairs))

    def without(self, name: str) -> Self:
        """Give a copy that lacks this parameter."""
        return type(self)(tuple(pair for pair in self.pairs if pair[0].lower() != name.lower()))

    def __contains__(self, name: str) -> bool:
        return self.raw(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __str__(self) -> str:
        return "".join([f";{name}={value}" if value else f";{name}" for name, value in self.pairs])


NO_PARAMS = Params()


def _unique(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    if len(pairs) > 1 and len({name.lower() for name, _ in pairs}) < len(pairs):
        raise _repeated()
    return tuple(pairs)


def refuse_repeats(names: Sequence[str]) -> None:
    """Raise ParseError if one name comes twice: each reader could believe another value (RFC 3261 7.3.1)."""
    if len(set(names)) < len(names):
        raise _repeated()


def _repeated() -> ParseError:
    return ParseError("parameters", why="name one parameter twice")


def _written(value: str | None) -> str:
    """Give a plain value as it is written in a row of parameters."""
    if value is None:
        return ""
    return value if _is_value(value) else quote(value)
