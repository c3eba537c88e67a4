"""What is noted of requests."""

from typing import Any

from twisted.internet.task import Clock

from seal.proxy.callers import Caller
from seal.proxy.deciding import Head, Rules
from seal.proxy.errors import Refusal, Refused
from seal.proxy.routes import Route, Routes
from seal.proxy.settings import Limits
from seal.proxy.site import Site
from valkit.net.tracing import trace
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


def test_what_is_noted_belongs_to_the_trace_of_the_client() -> None:
    """Which goes on to the server as the client said it, so that both logs have it (W3C Trace Context)."""
    traces: list[str] = []
    pool: Any = None
    site = Site(RULES, Limits(), pool, Clock(), Clock(), lambda _note: traces.append(trace()))
    traceparent = (b"traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    head = Head(b"GET", b"/x", ((b"host", b"a"), traceparent))
    onward = RULES.decide(head, Caller("192.0.2.1"))
    site.passed(onward, 200)
    site.refused(Refused(Refusal.SILENT), "192.0.2.1", head)
    site.refused(Refused(Refusal.SILENT), "192.0.2.1")
    assert traceparent in onward.headers
    assert traces == ["4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736", ""]
