"""What the core's operator does; that it has its effect is shown by scenarios/registration/watched.yaml."""

from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define, field

from harness.errors import Unmet
from harness.stage import Stage
from harness.steps.core import End, Shorten, Spoil, end_registration, shorten_registration, spoil_challenge
from sipcore_stub.hss.hss import Key
from sipcore_stub.hss.misconduct import Spoilt
from sipcore_stub.scscf.changes import Ending, Event
from tests.harness.staging import stage

KEY = Key("alice@home.example", "sip:alice@home.example")


@define
class Registrations:
    """Remembers what is done to registrations."""

    stands: bool = True
    done: list[tuple[Any, ...]] = field(factory=list)

    def end(self, *told: Any) -> bool:
        """End one."""
        self.done.append(told)
        return self.stands

    def shorten(self, *told: Any) -> bool:
        """Shorten one."""
        self.done.append(told)
        return self.stands


def scene(registrations: Registrations) -> Stage:
    """Give a stage whose core has these registrations."""
    scene = stage()
    hss = SimpleNamespace(owner=lambda impu: SimpleNamespace(key=Key("alice@home.example", impu)))
    lab: Any = scene.lab
    lab.core.inside = SimpleNamespace(hss=hss, registrations=registrations)
    lab.ues["alice"] = SimpleNamespace(impu="sip:alice@home.example")
    return scene


async def test_a_registration_is_ended_as_told() -> None:
    """With its event; the time after which it may come back goes with probation only."""
    registrations = Registrations()
    for told in ("alice", {"ue": "alice", "event": "probation", "retry_after": 30}):
        await end_registration(scene(registrations), End.model_validate(told))
    await end_registration(
        scene(registrations), End.model_validate({"ue": "alice", "event": "rejected", "retry_after": 30})
    )
    assert registrations.done == [
        (KEY, Ending(Event.DEACTIVATED)),
        (KEY, Ending(Event.PROBATION, 30)),
        (KEY, Ending(Event.REJECTED)),
    ]


async def test_a_registration_is_shortened_as_told() -> None:
    """To whole seconds."""
    registrations = Registrations()
    await shorten_registration(scene(registrations), Shorten.model_validate({"ue": "alice", "to": "1m"}))
    assert registrations.done == [(KEY, 60)]


@pytest.mark.parametrize("stands", [False])
async def test_what_does_not_stand_cannot_be_ended(stands: bool) -> None:
    """The scenario fails there: it meant to end something."""
    with pytest.raises(Unmet):
        await end_registration(scene(Registrations(stands)), End.model_validate("alice"))
    with pytest.raises(Unmet):
        await shorten_registration(scene(Registrations(stands)), Shorten.model_validate({"ue": "alice", "to": "1m"}))


async def test_a_challenge_is_spoilt_as_told() -> None:
    """That of the phone's own subscription."""
    spoilt: list[tuple[Any, ...]] = []
    there = scene(Registrations())
    lab: Any = there.lab
    lab.core.inside.hss.spoil = lambda *told: spoilt.append(told)
    await spoil_challenge(there, Spoil.model_validate({"ue": "alice", "wrong": "sqn ahead"}))
    assert spoilt == [("alice@home.example", Spoilt.SQN_AHEAD)]
