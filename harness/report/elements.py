"""A message taken apart into what two runs can be compared by: first line, header fields, body, tokens. Pure.

What differs by nature from run to run (ports, Call-IDs, tags, branches, nonces, dates, times, names of tokens) is
written as an ellipsis, so that it is still seen whether it was there at all. It is read from a report, whose messages
are redacted and need not be well-formed: so this reads lines, and parses nothing that could refuse.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl

from harness.report.model import Sent, Token

Element = tuple[str, str]
"""What it is called, and its value without what varies."""

VARIES = "…"

VARYING_HEADERS = frozenset(
    {
        "call-id",
        "content-length",
        "cseq",
        "date",
        "session-id",
        "sip-etag",
        "sip-if-match",
        "timestamp",
    }
)
VARYING_CLAIMS = frozenset(
    {"at_hash", "auth_time", "c_hash", "cnf", "exp", "iat", "jti", "kid", "nbf", "nonce", "sid", "x5t#S256"}
)

_PARAMETERS = (
    "boundary|branch|cnonce|code_challenge|icid-value|jti|nonce|opaque|port-[cs]|rport|spi-[cs]|state|tag|callid"
)
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\(token[^()]*?) jti=[^\s()]*"), r"\1"),
    (re.compile(rf"""\b({_PARAMETERS})=(?:"[^"]+"|[^\s;,&">]+)""", re.IGNORECASE), rf"\1={VARIES}"),
    (re.compile(r"(\b\d{1,3}(?:\.\d{1,3}){3}|\[[\da-fA-F:]+\]|\blocalhost):\d{1,5}\b"), r"\1"),
    (re.compile(r"\b[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT\b"), VARIES),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?"), VARIES),
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), VARIES),
    (re.compile(r"\b[12]\d{9}(?:\d{3}|\d{6}|\.\d+)?\b"), VARIES),  # seconds since 1970, or thousandths, or less
    (re.compile(r"\b[0-9a-f]{16,}\b"), VARIES),
)
_LONG = re.compile(r"[\w+/=-]{16,}", re.ASCII)
_KINDS = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]")))

_HEADER = re.compile(r"([\w.!%*+`'~-]+)[ \t]*:[ \t]*(.*)")
_TAG = re.compile(r"<([A-Za-z][\w:.-]*)([^<>]*)>([^<]*)")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*["']([^"']*)["']""")


def elements(sent: Sent) -> tuple[Element, ...]:
    """Take a message apart; what is there twice is there twice."""
    return (*_written(sent.text), *(element for token in sent.tokens for element in _claims(token)))


@lru_cache(4096)
def steady(text: str) -> str:
    """Give a text without what varies from run to run."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    text = _LONG.sub(lambda word: VARIES if _is_random(word[0]) else word[0], text)
    return " ".join(text.split())


def _is_random(word: str) -> bool:
    """Whether a long word was made by chance: it has digits and letters of both cases in it."""
    return all(kind.search(word) for kind in _KINDS)


def _written(text: str) -> Iterator[Element]:
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    yield from _asked(first)
    for line in filter(None, lines):
        yield _line(line)
    yield from _body(body.strip())


def _asked(first: str) -> Iterator[Element]:
    """Give what a request asks for; the status of an answer is told apart, and the path of HTTP is part of its kind."""
    words = first.split(" ")
    if first.startswith(("SIP/", "HTTP/")) or len(words) < 2:
        return
    if words[-1].startswith("HTTP/"):
        yield from _form(words[1].partition("?")[2], "query")
    else:
        yield "Request-URI", steady(words[1])


def _line(line: str, within: str = "") -> Element:
    found = _HEADER.fullmatch(line)
    if found is None:
        return within.strip() or "line", steady(line)
    name, value = found.groups()
    return f"{within}{name}", VARIES if name.lower() in VARYING_HEADERS and value else steady(value)


def _body(body: str) -> Iterator[Element]:
    if body.startswith(("{", "[")):
        with suppress(ValueError, RecursionError):
            yield from list(_json(json.loads(body.replace('": (hidden)', '": "(hidden)"')), "body"))
            return
    if re.fullmatch(r"[\w.:-]+=[^\s<>]*", body):
        yield from _form(body, "body")
        return
    for line in filter(None, map(str.strip, body.split("\n"))):
        yield from _of_document(line)


def _of_document(line: str) -> Iterator[Element]:
    """Give what a line of XML says, or of parts of a body with header fields of their own."""
    tags = _TAG.findall(line)
    for tag in tags:
        yield from _tag(*tag)
    if not tags and not line.startswith(("--", "</", "<?", "<!")):  # a boundary, an end, a declaration
        yield _line(line, "body ")


def _tag(name: str, attributes: str, text: str) -> Iterator[Element]:
    yield f"body <{name}>", steady(text)
    for attribute, value in _ATTRIBUTE.findall(attributes):
        yield f"body <{name}> {attribute}", steady(value)


def _form(text: str, within: str) -> Iterator[Element]:
    for name, value in parse_qsl(text, keep_blank_values=True):
        masked = steady(f"{name}={value}")
        yield f"{within} {name}", masked.removeprefix(f"{name}=")


def _json(value: object, path: str) -> Iterator[Element]:
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from _json(one, f"{path} {name}" if path == "body" else f"{path}.{name}")
    elif isinstance(value, list) and value:
        for one in value:
            yield from _json(one, path)
    else:
        yield path, steady(value if isinstance(value, str) else json.dumps(value))


def _claims(token: Token) -> Iterator[Element]:
    within = f"token in {token.where},"
    for name, value in (*token.header.items(), *token.claims.items()):
        yield f"{within} {name}", VARIES if name in VARYING_CLAIMS else steady(json.dumps(value))
    begins, ends = token.claims.get("iat"), token.claims.get("exp")
    if isinstance(begins, int | float) and isinstance(ends, int | float):
        yield f"{within} seconds from iat to exp", f"{ends - begins:g}"
