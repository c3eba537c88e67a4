import json
from typing import Any

from twisted.internet.task import deferLater
from twisted.logger import LogLevel
from twisted.python.failure import Failure

from tests.support import Awaited, Network, element, register
from valkit.net.monitoring.logs import json_line
from valkit.net.tracing import AT_WORK, trace
from valkit.sip import Hop, Request, Response
from valkit.sip.session import session_of

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImp0aSI6ImoxIn0.c2lnbmF0dXJl"


def line(**event: Any) -> dict[str, Any]:
    """Write an event and read it as a machine does."""
    text = json_line("valserver")({"log_time": 1_700_000_000.25, "log_level": LogLevel.info, **event})
    assert text.endswith("\n")
    assert text.count("\n") == 1
    read: dict[str, Any] = json.loads(text)
    return read


def test_an_event_is_one_line_with_its_fields_apart() -> None:
    """Where who logged handed them over; without a request there is no trace."""
    event = {"log_format": "{line}", "line": "bound impu='sip:a'", "what": "bound", "fields": {"impu": "sip:a\nb"}}
    assert line(**event) == {
        "time": "2023-11-14T22:13:20.250000+00:00",
        "level": "info",
        "program": "valserver",
        "event": "bound",
        "fields": {"impu": "sip:a\nb"},
    }
    assert line(log_format="{count} further", count=3, log_level=LogLevel.warn)["event"] == "3 further"


def test_secrets_are_hidden_in_every_part() -> None:
    """Text, fields and traceback, should a token ever come this far."""
    failure = Failure(ValueError(TOKEN))
    said = line(log_format="{it}", it=TOKEN, fields={"token": TOKEN}, log_failure=failure)
    assert "ValueError" in said["failure"]
    assert TOKEN not in json.dumps(said)


def test_a_line_belongs_to_the_request_that_is_being_worked_on() -> None:
    """While a handler works, at once or later; what a timer does meanwhile belongs to none."""
    network = Network()
    traces: list[str | None] = []

    async def later(request: Request, _: Hop) -> Response:
        traces.append(trace())
        await deferLater(network.clock, 1.0)
        traces.append(line(log_format="x").get("trace"))
        return request.answer(200)

    element(network, "192.0.2.2", later)
    client = element(network, "192.0.2.1", later)
    request = register()
    network.clock.callLater(0.5, lambda: traces.append(trace()))
    Awaited(client.request(request, Hop("udp", "192.0.2.2", 5060)))
    network.run(2.0)
    assert traces == [session_of(request), "", session_of(request)]


def test_over_http_it_is_the_trace_id_of_traceparent() -> None:
    """W3C Trace Context 3.2.2; what is none is no trace."""
    for said, expected in (
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", ""),
        ("nonsense", ""),
    ):
        before = AT_WORK.set(said)
        assert trace() == expected
        AT_WORK.reset(before)
