"""The log of a SEAL server's events."""

from typing import Any

import pytest
from twisted.logger import LogEvent, globalLogPublisher

from harness.seen.cast import CMS, GMS, IDMS, KMS, PROXY
from harness.seen.notes import NOTED
from seal.watching import IN_ANY_CASE, EventLog
from valkit.trace import Note


def test_what_is_logged_in_any_case_is_what_the_servers_note() -> None:
    """Each by its name; and whatever they refuse is among it."""
    noted = {word.what for element in (IDMS, KMS, CMS, GMS, PROXY) for word in NOTED[element]}
    assert noted >= IN_ANY_CASE >= {what for what in noted if what.endswith(("refused", "reused", "revoked", "locked"))}


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
