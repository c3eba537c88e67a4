"""Namespace bindings in the query of an XCAP URI: the `xmlns()` scheme of XPointer (RFC 4825 6.4)."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from valkit.xcap.errors import BadSelector

NCNAME = r"[^\W\d][\w.\-\u00b7]*"
_scheme = re.compile(rf"\s*(?:{NCNAME}:)?({NCNAME})\(")
_bound = re.compile(rf"\s*({NCNAME})\s*=\s*(.*)", re.DOTALL)
_special = re.compile(r"[()^]")
_ESCAPED = r"^\g<0>"
_escaped = re.compile(r"\^([()^])")


def read_bindings(query: str) -> dict[str, str]:
    """Read `xmlns(a=urn:one)xmlns(b=urn:two)`, decoded; other schemes are ignored. Raises BadSelector."""
    bindings: dict[str, str] = {}
    at = 0
    while query[at:].strip():
        found = _scheme.match(query, at)
        if found is None:
            raise BadSelector("the query has no bindings of namespaces (expected xmlns(prefix=namespace))")
        data, at = _data(query, found.end())
        if found[1] == "xmlns":
            bound = _bound.fullmatch(data)
            if bound is None:
                raise BadSelector("xmlns() binds no prefix (expected xmlns(prefix=namespace))")
            bindings[bound[1]] = _escaped.sub(r"\1", bound[2])
    return bindings


def written(bindings: Mapping[str, str]) -> str:
    """Write bindings as a query."""
    parts = (f"xmlns({prefix}={_special.sub(_ESCAPED, namespace)})" for prefix, namespace in bindings.items())
    return "".join(quote(part, safe="()=:/-._~") for part in parts)


def _data(query: str, start: int) -> tuple[str, int]:
    """Give what is between the parentheses, and where it goes on after them: they are balanced, or escaped by `^`."""
    depth, at = 1, start
    while at < len(query):
        match query[at]:
            case "^":
                at += 1
            case "(":
                depth += 1
            case ")":
                depth -= 1
                if depth == 0:
                    return query[start:at], at + 1
        at += 1
    raise BadSelector("a parenthesis in the query is not closed")
