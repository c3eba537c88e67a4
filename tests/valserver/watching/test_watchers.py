"""Who hears of what."""

from collections.abc import Sequence

from twisted.internet.task import Clock
from twisted.logger import LogEvent, capturedLogs, formatEvent

from valkit.trace import Note, Trace
from valserver.facts import Event
from valserver.watching.events import EventLog
from valserver.watching.watchers import MOST_LOGGED, Watchers

BOUND = Event("bound", "sip:a", "token", "alice", ("dispatch",), "REGISTER", "j1")
REFUSED = Event("refused", "sip:a", "expired", via="PUBLISH")


def texts(events: Sequence[LogEvent]) -> list[str | None]:
    """Give the log as people read it."""
    return [formatEvent(event) for event in events]


def test_every_event_goes_to_ring_and_observer() -> None:
    """With the time of the clock."""
    clock, trace, events = Clock(), Trace(), EventLog("e")
    clock.advance(7)
    Watchers(events, clock, trace.note)(BOUND)
    assert [(entry.at, entry.event) for entry in events.since(0, 9)] == [(7.0, BOUND)]
    assert [event.at for event in trace.events] == [7.0]


def test_each_event_is_logged_in_one_line() -> None:
    """With all that it says; a line break in a name stays inside."""
    watchers = Watchers(EventLog("e"), Clock(), None)
    with capturedLogs() as logged:
        watchers(BOUND)
        watchers(REFUSED._replace(impu="sip:a\nbound"))
    assert texts(logged) == [
        "bound impu='sip:a' cause='token' val_user_id='alice' val_service_ids='dispatch' via='REGISTER' jti='j1'",
        "refused impu='sip:a\\nbound' cause='expired' via='PUBLISH'",
    ]


def test_what_went_well_can_be_left_out_of_the_log() -> None:
    """Refusals stay, what a service that only logs would have refused, and that somebody cannot be followed."""
    watchers = Watchers(EventLog("e"), Clock(), None, log_all=False)
    with capturedLogs() as logged:
        watchers(BOUND)
        watchers(REFUSED)
        watchers(REFUSED._replace(what="tolerated", service="mcptt"))
        watchers(BOUND._replace(what="followed"))
        watchers(Event("unfollowed", "sip:a", "403 Forbidden", via="SUBSCRIBE"))
    assert texts(logged) == [
        "refused impu='sip:a' cause='expired' via='PUBLISH'",
        "tolerated impu='sip:a' cause='expired' via='PUBLISH' service='mcptt'",
        "unfollowed impu='sip:a' cause='403 Forbidden' via='SUBSCRIBE'",
    ]


def test_a_flood_of_refusals_does_not_fill_the_log() -> None:
    """The rest is counted."""
    clock = Clock()
    watchers = Watchers(EventLog("e"), clock, None)
    with capturedLogs() as logged:
        for _ in range(MOST_LOGGED + 5):
            watchers(REFUSED)
        clock.advance(1)
        watchers(REFUSED)
    assert len(logged) == MOST_LOGGED + 2
    assert texts(logged)[-2] == "5 further events: refused, tolerated, no token, unfollowed or of migrations"


def test_notes_of_migrations_are_logged_by_the_same_rule() -> None:
    """What went well where it is wanted, what has a cause always, but no flood of it; the observer hears of all."""
    went, failed = (
        Note(3.0, "v", "user migrated", {"home": "al\nice"}),
        Note(3.0, "v", "migration refused", {"cause": "x"}),
    )
    trace = Trace()
    with capturedLogs() as logged:
        Watchers(EventLog("e"), Clock(), trace.note).noted(went)
        few = Watchers(EventLog("e"), Clock(), None, log_all=False)
        few.noted(went)
        for _ in range(MOST_LOGGED + 5):
            few.noted(failed)
    assert texts(logged) == [r"user migrated home='al\nice'", *["migration refused cause='x'"] * MOST_LOGGED]
    assert list(trace.events) == [went]


def test_whoever_follows_the_events_sees_migrations_among_them() -> None:
    """Of whom and to where, and why not; nothing else of a note."""
    events = EventLog("e")
    note = Note(3.0, "v", "migration refused", {"home": "alice of home.example", "partner": "p.example", "cause": "x"})
    Watchers(events, Clock(), None).noted(note)
    assert [(entry.at, entry.event) for entry in events.since(0, 9)] == [
        (3.0, Event("migration refused", "", "x", home="alice of home.example", partner="p.example"))
    ]
