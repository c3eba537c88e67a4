"""The ring of events, read at any pace."""

import pytest

from valkit.trace import Note
from valserver.facts import Event
from valserver.watching.events import EventLog, note

BOUND = Event("bound", "sip:a", "token", "alice", ("dispatch", "video"), "REGISTER", "j1")


def numbers(log: EventLog, since: int, most: int = 99) -> list[int]:
    """Give the numbers of the events after one."""
    return [entry.number for entry in log.since(since, most)]


def test_events_are_numbered_from_one() -> None:
    """And given from any number on."""
    log = EventLog("e")
    assert (log.oldest, log.last, numbers(log, 0)) == (1, 0, [])
    for _ in range(3):
        log.append(BOUND, 1.0)
    assert (log.oldest, log.last) == (1, 3)
    assert numbers(log, 0) == [1, 2, 3]
    assert numbers(log, 0, 2) == [1, 2]
    assert numbers(log, 2) == [3]
    assert numbers(log, 3) == []


def test_the_ring_forgets_the_oldest() -> None:
    """Who was behind it gets what is left, and sees from the numbers what is missing."""
    log = EventLog("e", kept=2)
    for _ in range(5):
        log.append(BOUND, 1.0)
    assert (log.oldest, numbers(log, 0), numbers(log, 4)) == (4, [4, 5], [5])


def test_who_waits_is_woken_until_he_goes() -> None:
    """At every event."""
    log = EventLog("e")
    woken: list[int] = []
    end = log.wake(lambda: woken.append(log.last))
    log.append(BOUND, 1.0)
    end()
    log.append(BOUND, 1.0)
    assert woken == [1]


@pytest.mark.parametrize(
    ("event_id", "position"), [("e-7", 7), ("f-7", None), ("e-x", None), ("", None), ("e-" + "9" * 30, None)]
)
def test_an_id_of_another_life_is_none_of_ours(event_id: str, position: int | None) -> None:
    """Numbers begin anew with each process."""
    assert EventLog("e").position(event_id) == position


def test_a_note_says_what_the_event_says() -> None:
    """In texts, and nothing that it does not say."""
    fields = {
        "impu": "sip:a",
        "cause": "token",
        "val_user_id": "alice",
        "val_service_ids": "dispatch video",
        "via": "REGISTER",
        "jti": "j1",
    }
    assert note(BOUND, 5.0) == Note(5.0, "valserver", "bound", fields)
