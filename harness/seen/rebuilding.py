"""An HTTP message as HTTP/1.1 text again, made of what of it is fit to be shown.

A query, a form or a JSON body has the members that the trace has, secrets hidden; a page has its form. There are no
header fields but those that are needed to read it. Knows no connection.
"""

from collections.abc import Mapping, Sequence
from http import HTTPMethod, HTTPStatus
from json import dumps
from urllib.parse import urlencode

from harness.seen.disclosure import FORM
from valkit.trace import Http

FORM_OF_PAGE = "form"
"""The member that names what a page asks of a person."""


def rebuilt(http: Http) -> bytes:
    """Give the bytes of a request or an answer."""
    line, fields, body = _request(http) if http.status is None else _answer(http, http.status)
    content = body.encode()
    head = [line, *(f"{name}: {value}" for name, value in fields), f"Content-Length: {len(content)}"]
    return "\r\n".join([*head, "", ""]).encode() + content


Parts = tuple[str, Sequence[tuple[str, str]], str]
"""First line, header fields, body."""


def _request(http: Http) -> Parts:
    said, posted = _encoded(http.fields), http.method not in {HTTPMethod.GET, HTTPMethod.HEAD}
    query = f"?{said}" if said and not posted else ""
    body = said if posted else ""
    _, to = http.ends
    host = f"[{to.host}]" if ":" in to.host else to.host
    fields = [("Host", f"{host}:{to.port}"), *([("Content-Type", FORM)] if body else [])]
    return f"{http.method} {http.path}{query} HTTP/1.1", fields, body


def _answer(http: Http, status: int) -> Parts:
    line = f"HTTP/1.1 {status} {reason(status)}"
    if not http.fields:
        return line, (), ""
    if 300 <= status < 400:
        return line, [("Location", f"?{_encoded(http.fields)}")], ""
    if FORM_OF_PAGE in http.fields:
        return line, [("Content-Type", "text/html")], _page(http.fields[FORM_OF_PAGE])
    return line, [("Content-Type", "application/json")], dumps(dict(http.fields))


def reason(status: int) -> str:
    """Give the phrase of a status; nothing where it has none."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""


def _encoded(fields: Mapping[str, str]) -> str:
    return urlencode(fields, safe="()/:")


def _page(asks: str) -> str:
    inputs = "".join(f'<input name="{name}">' for name in asks.split(", "))
    return f"<form>{inputs}</form>"
