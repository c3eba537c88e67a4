"""What is noted of requests."""

from typing import Any

from twisted.internet.task import Clock

from seal.proxy.callers import Caller
from seal.proxy.deciding import Head, Rules
from seal.proxy.errors import Refusal, Refused
from seal.proxy.routes import Route, Routes
from seal.proxy.settings import Limits
from seal.proxy.site import Site
from valkit.trace import Note

RULES = Rules("proxy", Routes([Route("a", ("a",), "https://127.0.0.1:1")]), (), 100, 1_000)


def test_no_query_is_noted_and_no_header() -> None:
    """They may hold a code or a token."""
    notes: list[Note] = []
    pool: Any = None
    site = Site(RULES, Limits(), pool, Clock(), Clock(), notes.append)
    head = Head(b"GET", b"/x?code=secret", ((b"host", b"a"), (b"authorization", b"Bearer secret")))
    site.passed(RULES.decide(head, Caller("192.0.2.1")), 200)
    site.refused(Refused(Refusal.SILENT, "late"), "192.0.2.1", head)
    assert [note.what for note in notes] == ["request passed on", "request refused"]
    assert notes[0].fields == {"server": "a", "method": "GET", "path": "/x", "status": "200"}
    assert notes[1].fields == {
        "cause": "silent",
        "peer": "192.0.2.1",
        "method": "GET",
        "path": "/x",
        "detail": "late",
    }
    assert "secret" not in repr(notes)
