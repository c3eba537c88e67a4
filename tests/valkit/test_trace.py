"""A trace keeps what happened in order, and tells whoever watches."""

import pytest

from valkit.sip import Hop, Request
from valkit.trace import Event, Message, Note, Trace, unobserved

HERE, THERE = Hop("udp", "192.0.2.1", 5060), Hop("udp", "192.0.2.2", 5060)
MESSAGE = Message(1.0, HERE, THERE, Request.create("OPTIONS", "sip:a@b", []), "lost")
NOTE = Note(2.0, "hss", "flag", {"impi": "alice@home.example", "flag": "pending"})


def test_events_in_their_order() -> None:
    """Messages and notes stand in the order in which they were reported."""
    trace = Trace()
    trace.message(MESSAGE)
    trace.note(NOTE)
    assert trace.events == [MESSAGE, NOTE]


def test_a_watcher_hears_what_happens_from_now_on() -> None:
    """Nothing before, everything while it watches, nothing after; it may stop while it is told."""
    trace = Trace()
    heard: list[Event] = []
    trace.message(MESSAGE)
    stop = trace.watch(heard.append)

    def hear_once(event: Event) -> None:
        heard.append(event)
        stop_hearing()

    stop_hearing = trace.watch(hear_once)
    trace.note(NOTE)
    trace.note(NOTE)
    stop()
    trace.message(MESSAGE)
    assert heard == [NOTE, NOTE, NOTE]


def test_a_note_cannot_be_changed_later() -> None:
    """The fields are the note's own: neither changing them nor what they were made of changes the trace."""
    fields = {"impu": "sip:alice@home.example"}
    note = Note(0.0, "valserver", "bound", fields)
    fields["impu"] = "sip:eve@home.example"
    assert note.fields == {"impu": "sip:alice@home.example"}
    with pytest.raises(TypeError):
        note.fields["impu"] = "sip:eve@home.example"  # type: ignore[index]


def test_observing_nothing() -> None:
    """An element whose deeds nobody follows reports them all the same."""
    assert unobserved(NOTE) is None  # type: ignore[func-returns-value]
