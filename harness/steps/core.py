"""The core: what its operator does to registrations (TS 24.229 5.4.1.5, 5.4.1.6), and what it may do wrong."""

from typing import Literal

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.stage import Stage
from sipcore_stub.app import CoreRunning
from sipcore_stub.hss.hss import Key
from sipcore_stub.hss.misconduct import Spoilt
from sipcore_stub.scscf.changes import Ending, Event
from valkit.settings import Duration


class End(Arguments):
    """Whose registration, and how it ends."""

    short = "ue"

    ue: str
    """The phone whose registration it is, that of the identity in use."""
    event: Literal["deactivated", "rejected", "probation", "unregistered"] = "deactivated"
    """What watchers are told: `deactivated`, the phone may register again at once; `probation`, after a while;
    `rejected`, not again."""
    retry_after: int | None = Field(None, ge=0, lt=2**32)
    """With `probation`: seconds after which it may."""


class Shorten(Arguments):
    """Whose registration, and how long it stands from now on."""

    ue: str
    """The phone whose registration it is, that of the identity in use."""
    to: Duration
    """So long at most."""


class Spoil(Arguments):
    """Whose next challenge, and what is wrong with it."""

    ue: str
    """The phone that gets it."""
    wrong: Literal["wrong mac", "sqn behind", "sqn ahead", "rand reused"]
    """MAC-A of another key; the sequence number of the challenge before, or one too far ahead; an old RAND."""


@step("core.spoil_challenge")
async def spoil_challenge(stage: Stage, told: Spoil) -> None:
    """Let something be wrong with the next challenge that a phone gets."""
    _core(stage, told.ue).hss.spoil(stage.lab.plan.phones[told.ue].impi, Spoilt(told.wrong))


@step("core.end_registration", acts=True)
async def end_registration(stage: Stage, told: End) -> None:
    """End a phone's registration for the network's own reasons."""
    retry_after = told.retry_after if told.event == "probation" else None
    registrations = _core(stage, told.ue).registrations
    _certain(registrations.end(_key(stage, told.ue), Ending(Event(told.event), retry_after)), told.ue)


@step("core.shorten_registration", acts=True)
async def shorten_registration(stage: Stage, told: Shorten) -> None:
    """Let a phone's registration end soon, so that it has to prove itself again."""
    _certain(_core(stage, told.ue).registrations.shorten(_key(stage, told.ue), round(told.to)), told.ue)


def _core(stage: Stage, ue: str) -> CoreRunning:
    """Give the core of a phone's domain."""
    return stage.lab.domain_of(ue).core.inside


def _key(stage: Stage, ue: str) -> Key:
    return _core(stage, ue).hss.owner(stage.lab.ues[ue].impu).key


def _certain(done: bool, ue: str) -> None:  # noqa: FBT001 - one thing is told
    if not done:
        raise Unmet(Finding(f"a registration of {ue}", "none stands"))
