"""HTTP bounds, errors as JSON, and names of this host only; on a transport in memory."""

import json
from typing import Any, cast

import pytest
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import LogEvent
from twisted.web.http import Request

from valkit.net.tracing import trace
from valkit.net.web import (
    HttpError,
    _QuietSite,
    _request_factory,
    answer_errors_as_json,
    is_loopback,
    json_answer,
    listen,
    this_host_only,
)

reactor: Any = the_reactor


class Shop:
    """An application with every kind of answer."""

    app = Klein()
    answer_errors_as_json(app)

    @app.route("/size", methods=["POST"])
    def size(self, request: Request) -> bytes:
        """Tell how much came."""
        assert request.content is not None
        return json_answer(request, {"size": len(request.content.read())})

    @app.route("/here")
    def here(self, request: Request) -> bytes:
        """Answer to this host's names only."""
        this_host_only(request)
        return json_answer(request, "here")

    @app.route("/teapot")
    def teapot(self, _request: Request) -> bytes:
        """Refuse."""
        raise HttpError(418, "short and stout")

    @app.route("/broken")
    def broken(self, _request: Request) -> bytes:
        """Fail."""
        raise RuntimeError("secret")

    @app.route("/trace")
    async def trace(self, request: Request) -> bytes:
        """Tell what a log line would belong to."""
        return json_answer(request, trace())

    @app.route("/since")
    def since(self, request: Request) -> bytes:
        """Read a header as text."""
        return json_answer(request, request.getHeader("Last-Event-ID"))


class Connection(StringTransport):
    """A transport that knows whether it was closed."""

    def abortConnection(self) -> None:
        """Close at once."""
        cast(Any, self).loseConnection()


def ask(data: bytes, bound: int = 100) -> tuple[int, Any, Any]:
    """Send bytes to the application. Gives status, body and transport."""
    site: Any = cast(Any, _QuietSite)(Shop().app.resource(), reactor=Clock(), requestFactory=_request_factory(bound))
    transport: Any = cast(Any, Connection)()
    protocol = site.buildProtocol(None)
    protocol.makeConnection(transport)
    protocol.dataReceived(data)
    head, _, body = transport.value().partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body) if body else None, transport


def get(path: str, host: str = "127.0.0.1:80") -> bytes:
    """Write a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def post(head: str, body: bytes) -> bytes:
    """Write a POST."""
    return f"POST /size HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n\r\n".encode() + body


def test_what_a_handler_logs_belongs_to_its_request() -> None:
    """By traceparent (W3C Trace Context), or else to a trace that begins here; to none once it is done."""
    traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    asked = get("/trace").replace(b"Connection", f"traceparent: {traceparent}\r\nConnection".encode())
    assert ask(asked)[:2] == (200, "4bf92f3577b34da6a3ce929d0e0e4736")
    assert trace() == ""
    traces = [ask(get("/trace"))[1] for _ in range(2)]
    assert [len(each) for each in traces] == [32, 32]
    assert traces[0] != traces[1]


def test_a_body_within_bounds_is_read() -> None:
    """To the last byte allowed."""
    assert ask(post("Content-Length: 100", b"x" * 100))[:2] == (200, {"size": 100})


def test_forms_and_queries_of_very_many_fields_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants a form reads it; a query has so many fields and no more."""
    read = []

    def parse_qs(text: bytes, *_: object) -> dict[bytes, list[bytes]]:
        read.append(text)
        return {}

    monkeypatch.setattr("twisted.web.http.parse_qs", parse_qs)
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100"
    assert ask(post(form, b"&" * 100))[:2] == (200, {"size": 100})
    assert ask(get("/teapot?" + "&" * 1_000))[0] == 414
    assert ask(get("/teapot?" + "&" * 999))[0] == 418
    assert read == [b"&" * 999]


def test_a_body_announced_too_large_is_refused() -> None:
    """Before any of it has come, and the connection with it."""
    status, _, transport = ask(post("Content-Length: 101", b""))
    assert (status, transport.disconnecting) == (413, True)


def test_a_chunked_body_that_becomes_too_large_is_refused() -> None:
    """It never said how large it would be; once refused it is refused for good."""
    chunk = b"32\r\n" + b"x" * 50 + b"\r\n"
    assert ask(post("Transfer-Encoding: chunked", chunk * 2 + b"0\r\n\r\n"))[:2] == (200, {"size": 100})
    status, _, transport = ask(post("Transfer-Encoding: chunked", chunk * 5 + b"0\r\n\r\n"))
    assert (status, transport.value().count(b"HTTP/1.1"), transport.disconnecting) == (413, 1, True)


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/teapot", 418, "short and stout"),
        ("/nothing", 404, "Not Found: /nothing"),
        ("/size", 405, "Method Not Allowed: /size"),
    ],
)
def test_errors_are_json(path: str, status: int, error: str) -> None:
    """Those of handlers and those of routing."""
    assert ask(get(path))[:2] == (status, {"error": error})


def test_another_method_is_told_which_there_are() -> None:
    """RFC 9110 15.5.6."""
    status, told, transport = ask(get("/size"))
    assert (status, told["error"]) == (405, "Method Not Allowed: /size")
    assert b"\r\nAllow: POST\r\n" in transport.value()


def test_our_own_faults_tell_nothing(failures: list[LogEvent]) -> None:
    """500, and the reason only in the log."""
    status, body, _ = ask(get("/broken"))
    assert (status, "secret" in str(body), len(failures)) == (500, False, 1)
    failures.clear()


@pytest.mark.parametrize("host", ["127.0.0.1:8060", "127.0.0.1", "[::1]:8060", "[::1]", "localhost:8060", "localhost"])
def test_addresses_and_localhost_are_this_host(host: str) -> None:
    """With and without port."""
    assert ask(get("/here", host))[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "localhost.evil.example"])
def test_other_names_are_not(host: str) -> None:
    """A page could have made them lead here (DNS rebinding)."""
    assert ask(get("/here", host))[0] == 421


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("a.example", False),
    ],
)
def test_loopback_is_known(host: str, loopback: bool) -> None:
    """A name other than localhost may be anywhere."""
    assert is_loopback(host) is loopback


async def test_a_port_tells_its_url_and_closes() -> None:
    """Nothing of it remains."""
    port = await listen(reactor, Shop().app, "127.0.0.1", 0)
    assert port.url.startswith("http://127.0.0.1:")
    await port.close()


def test_a_header_that_is_no_text_is_the_clients_fault() -> None:
    """400 and nothing in the log, which a traceback of ours would fill."""
    told = get("/since").replace(b"\r\n\r\n", b"\r\nLast-Event-ID: \xff\r\n\r\n")
    assert ask(told)[:2] == (400, {"error": "a header or the path is no UTF-8 text"})


@pytest.mark.parametrize(
    ("path", "host"),
    [(b"/%ff", b"127.0.0.1"), (b"/here", b"\xff"), (b"/here", b"a..b"), (b"/here", b"a" * 64), (b"/%C3", b"localhost")],
)
def test_what_routing_cannot_read_is_the_clients_fault(path: bytes, host: bytes) -> None:
    """400 as JSON, and no traceback: the path and Host are read before an error handler of ours could help."""
    asked = b"GET %b HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n" % (path, host)
    assert ask(asked)[:2] == (400, {"error": "a header or the path is no UTF-8 text"})
