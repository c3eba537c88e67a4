from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  child processes need the real one

from harness.errors import EnvironmentFault
from harness.load.crew import Crew
from harness.load.orders import Brief, shared
from harness.load.profile import Profile
from harness.load.users import TEMPLATE, generated

reactor: Any = the_reactor
NOBODY = "udp:127.0.0.1:9"


def phones(count: int, **more: object) -> list[Brief]:
    """Give phones for a core where nobody is."""
    return [Brief({**each.phone, "core": NOBODY, **more}) for each in generated(TEMPLATE, "", count)]


async def test_what_all_processes_count_is_added_up() -> None:
    """Nobody answers, and each journey is counted as failed by one of them."""
    crew = Crew(reactor)
    try:
        await crew.start(shared(phones(4), Profile.parse("20/s 200ms"), ("register",), 10, 0.3, 2))
        await crew.work()
    finally:
        await crew.close()
    whole = crew.tally.whole
    assert (whole.begun, whole.failed, whole.under_way) == (4, 4, 0)


async def test_processes_that_are_stopped_say_what_they_counted() -> None:
    """And end long before their profile does."""
    crew = Crew(reactor)
    try:
        await crew.start(shared(phones(2), Profile.parse("1/s 1h"), ("register",), 10, 60.0, 1))
        reactor.callLater(1.0, crew.stop)
        await crew.work()
    finally:
        await crew.close()
    assert (crew.tally.whole.begun > 0, crew.tally.whole.failed) == (True, 0)


async def test_when_the_last_journey_ended_is_known() -> None:
    """Not when the processes were gone, which let go of their sockets after it."""
    crew = Crew(reactor)
    try:
        await crew.start(shared(phones(2), Profile.parse("5/s 400ms"), ("register",), 10, 0.1, 2))
        assert crew.last is None
        await crew.work()
        gone = reactor.seconds()
    finally:
        await crew.close()
    assert crew.began is not None
    assert crew.last is not None
    assert crew.began < crew.last < gone


async def test_a_process_that_dies_ends_the_load_and_what_was_counted_is_kept() -> None:
    """Whichever of them it is: nobody waits for the others to come to the end of the profile."""
    crew = Crew(reactor)
    try:
        await crew.start(shared(phones(4), Profile.parse("20/s 1h"), ("register",), 10, 0.2, 2))
        reactor.callLater(1.5, crew._pipes[1].kill)
        with pytest.raises(EnvironmentFault, match="A process of the load ended"):
            await crew.work()
        assert crew._pipes[0].last is not None
    finally:
        await crew.close()
    assert crew.tally.whole.begun > 0


async def test_what_hinders_a_process_is_told() -> None:
    """In its own sentence."""
    crew = Crew(reactor)
    try:
        with pytest.raises(EnvironmentFault, match="0 of 1 UEs of a process have sockets"):
            await crew.start(
                shared(phones(1, listen="udp:192.0.2.99:0"), Profile.parse("1/s 1s"), ("register",), 1, 1.0, 1)
            )
    finally:
        await crew.close()
