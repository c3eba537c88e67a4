"""The log for machines: an object of JSON a line, with the time, the level, the program, what happened, and its trace.

Whoever logs hands what happened over as `what` and `fields` beside the text; the text alone will do. Secrets are hidden
here too, should one ever come this far.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from json import dumps

from twisted.logger import LogEvent, LogLevel, formatEvent

from valkit.net.tracing import trace
from valkit.redaction import redact


def json_line(program: str) -> Callable[[LogEvent], str]:
    """Give what writes an event of this program."""

    def written(event: LogEvent) -> str:
        level = event.get("log_level", LogLevel.info)
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(event.get("log_time", 0.0), UTC).isoformat(timespec="microseconds"),
            "level": level.name,
            "program": program,
            "event": redact(event.get("what") or formatEvent(event)),
            **_fields(event.get("fields")),
            **_failure(event),
        }
        at_work = trace()
        if at_work:
            said["trace"] = at_work
        return f"{dumps(said, ensure_ascii=True)}\n"

    return written


def _fields(fields: Mapping[str, str] | None) -> dict[str, object]:
    return {"fields": {name: redact(value) for name, value in fields.items()}} if fields else {}


def _failure(event: LogEvent) -> dict[str, object]:
    failure = event.get("log_failure")
    return {} if failure is None else {"failure": redact(failure.getTraceback())}
