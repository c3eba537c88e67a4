import os
import signal
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  child processes need the real one

from harness.load.crew import Crew
from harness.load.orders import Brief
from harness.load.profile import Profile
from harness.load.result import Asked
from harness.load.run import Load
from harness.load.tally import Tally
from harness.load.users import TEMPLATE, generated

reactor: Any = the_reactor
PHONES = [Brief({**each.phone, "core": "udp:127.0.0.1:9"}) for each in generated(TEMPLATE, "", 2)]


def asked(profile: str) -> Asked:
    """Ask for a load of a core where nobody is."""
    return Asked(Profile.parse(profile), profile, ("register",), 2, "udp:127.0.0.1:9", 1, 10)


async def test_a_load_is_carried_out_and_watched() -> None:
    """What is counted is seen while it goes on."""
    seen: list[Tally] = []
    load = Load(reactor, 0.2, lambda tally, _: seen.append(tally), 0.1)
    result = await load.carry_out(asked("4/s 500ms"), PHONES)
    assert (result.whole.begun, result.whole.failed, result.interrupted) == (2, 2, False)
    assert seen


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_ends_it_with_what_was_counted(sent: signal.Signals) -> None:
    """The result says that it was interrupted, as when a CI ends what takes too long."""
    load = Load(reactor, 60.0, lambda *_: os.kill(os.getpid(), sent), 1.0)
    with load.hearing():
        result = await load.carry_out(asked("1/s 1h"), PHONES)
    assert (result.interrupted, result.whole.begun > 0, result.whole.failed) == (True, True, 0)


async def test_a_process_that_dies_ends_it_with_what_was_counted() -> None:
    """The result says what ended it."""
    load = Load(reactor, 60.0, lambda *_: load._crew._pipes[0].kill(), 1.0)
    result = await load.carry_out(asked("10/s 1h"), PHONES)
    assert result.fault.startswith("A process of the load ended: ")
    assert (result.interrupted, result.whole.due > 0) == (False, True)


@pytest.mark.parametrize(("last", "took"), [(7.25, 7.25), (0.1, 0.5)])
async def test_a_load_lasts_until_its_profile_is_over_and_its_last_journey(
    monkeypatch: pytest.MonkeyPatch, last: float, took: float
) -> None:
    """Rates are of that time; that processes come to an end is none of it."""
    monkeypatch.setattr(Crew, "last", property(lambda crew: crew.began + last))
    result = await Load(reactor, 0.1, lambda *_: None, 1.0).carry_out(asked("4/s 500ms"), PHONES)
    assert result.took == pytest.approx(took, abs=1e-5)


async def test_ctrl_c_before_the_beginning_begins_nothing() -> None:
    """And no process is started."""
    load = Load(reactor, 1.0, lambda *_: None, 1.0)
    load.interrupted = True
    result = await load.carry_out(asked("1/s 1h"), PHONES)
    assert (result.interrupted, result.whole.due) == (True, 0)
