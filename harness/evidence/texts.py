"""SIP messages out of a text: a log, a pasted trace, the messages that a failed scenario shows.

A message begins with its first line and ends with its body, whose length Content-Length tells; where the text has
shorter line ends than the wire has, or other words in place of secrets, it ends where the next one begins. When it was
and between whom is known where the line before it says so, as sngrep and ngrep write it.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from attrs import evolve

from harness.evidence.captured import sip_message
from harness.evidence.seen import Broken, Evidence, Seen, Spot
from valkit.sip import Hop

_first_line = re.compile(
    r"^[ \t]*(?=(?:[A-Z]{1,32} [a-zA-Z][a-zA-Z0-9+.\-]*:\S+ SIP/2\.0|SIP/2\.0 [1-6]\d\d [^\r\n]*)[ \t]*\r?$)",
    re.MULTILINE,
)
_nests = re.compile(r"(?:content-type|c)[ \t]*:[ \t]*(?:message|multipart)/.*", re.IGNORECASE | re.DOTALL)
"""Says that there may be messages within the body."""
_length = re.compile(r"(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,6})[ \t]*", re.IGNORECASE)

_arrow = re.compile(
    r"(?:([TU]) )?(\d{4})[/-](\d\d)[/-](\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)[^\n]*?"
    r"\s\[?([0-9A-Fa-f:.]+?)\]?:(\d{1,5}) -> \[?([0-9A-Fa-f:.]+?)\]?:(\d{1,5})(?=\s|$)"
)
"""A line such as `2026/11/29 05:00:00.123456 192.0.2.1:5060 -> 192.0.2.2:5060`; ngrep has U or T before it."""

LONGEST = 400
"""Characters of such a line."""
MOST = 100_000
"""Messages of one text."""


def read_text(text: str) -> Evidence:
    """Read every SIP message in a text, an enclosed one (message/sip) as part of the one around it."""
    text = text.encode("utf-8", "replace").decode()  # half a pair, as JSON may have it, is in no message
    messages: list[Seen] = []
    broken: list[Broken] = []
    for octets, spot, exact in _messages(text):
        seen = sip_message(octets, spot)
        if isinstance(seen, Seen):
            messages.append(evolve(seen, exact=exact))
        else:
            broken.append(seen)
    return Evidence(tuple(messages), tuple(broken))


def _messages(text: str) -> Iterator[tuple[bytes, Spot, bool]]:
    """Give the octets of each message, where it was seen, and whether its body is surely that of the wire."""
    at, line, trust = 0, 1, len(text)
    for _ in range(MOST):
        found = _first_line.search(text, at)
        if found is None:
            return
        line += text.count("\n", at, found.end())
        spot = _spot(text[at : found.start()], line)
        head, begun = _head(text, found.end())
        octets, end, exact, wrong = _whole(head, text, begun, trust)
        trust -= wrong
        yield octets, spot, exact
        line += text.count("\n", found.end(), end)
        at = max(end, found.end() + 1)


def _spot(before: str, line: int) -> Spot:
    """Say when it was and between whom, if the line before a message does; UTC, since no such line says its zone."""
    *_, last = ("", *before.strip().splitlines())
    told = _arrow.search(last) if len(last) <= LONGEST else None
    if told is None:
        return Spot(f"line {line}")
    kind, year, month, day, time, *ends = told.groups()
    transport = "tcp" if kind == "T" else "udp"
    try:
        at = datetime.fromisoformat(f"{year}-{month}-{day}T{time}+00:00").timestamp()
        source, target = (Hop(transport, str(ip_address(ends[n])), int(ends[n + 1])) for n in (0, 2))
    except ValueError:
        return Spot(f"line {line}")
    return Spot(f"line {line}", at, source, target)


def _head(text: str, at: int) -> tuple[list[str], int]:
    """Give first line and header lines from here on, and where the body begins; folded lines are put together."""
    head: list[str] = []
    margin: int | None = None
    while at < len(text):
        end = text.find("\n", at)
        line, after = (text[at:], len(text)) if end < 0 else (text[at:end].rstrip("\r"), end + 1)
        plain = line.strip(" \t")
        if head and _first_line.match(line):
            break  # the next message begins without an empty line before it
        at = after
        if not plain:
            break
        indented = len(line) - len(line.lstrip(" \t"))
        if len(head) == 1:
            margin = indented  # how far the trace as a whole stands to the right
        if margin is not None and indented > margin:
            head[-1] += f" {plain}"  # a fold stands for a blank (RFC 3261 7.3.1)
        else:
            head.append(plain)
    return head, at


def _whole(head: list[str], text: str, begun: int, trust: int) -> tuple[bytes, int, bool, int]:
    """Put the message together again, with the line ends of the wire; say where it ends, and whether that is sure.

    A length is held against the text as long as `trust` lasts, and what a wrong one costs of it is told: so all of them
    together, each of which may claim the whole rest of the text, cost no more than reading it once. One that claims the
    next message as well is wrong, unless it is of a body that may hold messages.
    """
    after = _first_line.search(text, begun)
    limit = len(text) if after is None else after.start()
    furthest = len(text) if any(_nests.fullmatch(line) for line in head) else limit
    length = next((int(found[1]) for line in head if (found := _length.fullmatch(line))), None)
    length = None if length is None or length > trust else length
    ahead = "" if length is None else text[begun : begun + length]
    for body in () if length is None else (ahead, ahead.replace("\n", "\r\n")):
        octets = body.encode()[:length]
        shown = octets.decode("utf-8", "ignore")
        end = begun + len(shown if body == ahead else shown.replace("\r\n", "\n"))
        if (
            len(octets) == length
            and end <= furthest
            and (text[end - 1] == "\n" or text[end : end + 1] in {"", "\r", "\n"})
        ):
            return _on_wire(head, octets), end, True, 0
    unsure = [line for line in head if _length.fullmatch(line) is None]
    octets = text[begun:limit].strip("\r\n").encode()
    return _on_wire(unsure, octets), limit, not octets.strip(), length or 0


def _on_wire(head: list[str], body: bytes) -> bytes:
    return "\r\n".join([*head, "", ""]).encode() + body
