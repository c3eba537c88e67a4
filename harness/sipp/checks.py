"""What SIPp checks of a message with <ereg>, as our expectations ask for it. Pure."""

import re
from collections.abc import Mapping

import re2
from attrs import evolve, frozen

from harness.sipp.reading import Command
from harness.sipp.script import Line
from valkit.sip.errors import ParseError
from valkit.sip.names import SPELLED, key_of

EXPECTING = frozenset({"expect.answer", "expect.message"})
"""Steps that look at a message."""
ANY = frozenset({".+", ".", ".*."})
"""Expressions that match whatever is there."""
LARGEST = 1 << 20
"""Bytes of memory that an expression may take: as much as expectations give it."""
LONG = 100
"""Characters of an expression that are told at most."""
NOTHING_ASKED = frozenset({"", ".*"})
"""Those that match even where nothing is."""


@frozen
class Check:
    """A header field that is to be so, or not to be there."""

    header: str
    matches: str | None = None
    """The expression for the whole of its value; None means that it is there."""
    absent: bool = False


def check_of(action: Command) -> Check | str:
    """Give what an <ereg> checks; what cannot be converted is told in words."""
    told = action.attributes
    where = told.get("search_in", "msg")
    what = f"<ereg> over {told.get('header', where).rstrip(':') if where == 'hdr' else where}"
    header = _known(told.get("header", "").partition(":")[0].strip()) if where == "hdr" else None
    if "true" not in {told.get("check_it"), told.get("check_it_inverse")}:
        return f"{what}: it keeps what it finds in {told.get('assign_to', 'a variable')}; `capture` does so here"
    if header is None:
        return f"{what}: only header fields that are known are asked for here; say with expect.message what is to be"
    if "occurence" in told or "occurrence" in told:
        return f"{what}: which of several header fields it is cannot be said here"
    check = _check(header, told.get("regexp", ""), denied=told.get("check_it_inverse") == "true")
    return f"{what}: {check}" if isinstance(check, str) else check


def _check(header: str, expression: str, *, denied: bool) -> Check | str:
    """Give the check of a header, or why there is none."""
    if denied:
        return Check(header, absent=True) if expression in ANY else "that it does not match cannot be said here"
    if expression in NOTHING_ASKED:
        return f"{expression!r} matches whatever comes"
    if expression in ANY:
        return Check(header)
    return _matching(header, expression) or f"{expression[:LONG]!r} is no expression that can be asked for here (RE2)"


def asking(line: Line, check: Check) -> list[Line]:
    """Let an expectation ask for it, too; a second check of one header becomes an expectation of its own."""
    told: dict[str, object] = dict(line.told) if isinstance(line.told, Mapping) else {"status": line.told}
    headers, without = told.pop("headers", {}), told.pop("without", [])
    assert isinstance(headers, dict)
    assert isinstance(without, list)
    value = {"present": True} if check.matches is None else {"matches": check.matches}
    if check.header in headers:
        return [line, evolve(line, told={**told, "headers": {check.header: value}})]
    headers = headers if check.absent else {**headers, check.header: value}
    without = [*without, check.header] if check.absent else without
    asked = {"headers": headers, "without": without}
    return [evolve(line, told=told | {name: each for name, each in asked.items() if each})]


def _matching(header: str, expression: str) -> Check | None:
    """Give the check that a header matches; SIPp finds its expression anywhere in the value, we match the whole."""
    whole = f".*(?:{expression}).*"
    options = re2.Options()
    options.log_errors, options.never_capture, options.max_mem = False, True, LARGEST
    try:
        anything = re2.compile(whole, options).fullmatch("")
    except re2.error:
        return None
    return None if "${" in whole or anything is not None else Check(header, whole)


def _known(name: str) -> str | None:
    """Give a header's name, if it is one that expectations take."""
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        return None
    try:
        key = key_of(name)
    except ParseError:
        return None
    known = key in SPELLED or key.startswith("x-")
    return SPELLED.get(key, name) if known else None
