"""The log of a SEAL server's events."""

from typing import Any

import pytest
from twisted.logger import LogEvent, globalLogPublisher

from seal.watching import EventLog
from valkit.trace import Note


@pytest.mark.parametrize(("log_all", "whats"), [(True, ["logged in", "log-in refused"]), (False, ["log-in refused"])])
def test_each_event_is_a_line(log_all: bool, whats: list[str]) -> None:
    """What somebody typed cannot begin another; what went well may be left out."""
    heard = list[LogEvent]()
    observer: Any = heard.append
    globalLogPublisher.addObserver(observer)
    try:
        log = EventLog(log_all)
        log(Note(0.0, "idms", "logged in", {"user": "alice\nroot logged in"}))
        log(Note(0.0, "idms", "log-in refused", {"method": "m"}))
    finally:
        globalLogPublisher.removeObserver(observer)
    lines = [str(event["line"]) for event in heard if "line" in event]
    assert [line.partition(" user=")[0].partition(" method=")[0] for line in lines] == whats
    assert not any("\n" in line for line in lines)
