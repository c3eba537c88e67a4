"""Keys that a phone holds, fetched from a key management server and believed."""

from collections.abc import Iterator
from typing import Literal

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.seen.cast import apart
from harness.stage import Stage
from ue_sim.keys.ring import KeyRing

PERIODS = {"last": -1, "this": 0, "next": 1}


class KeysAre(Arguments):
    """Whose keys, and which; what is not said may be anything."""

    short = "ue"

    ue: str
    """Which phone."""
    periods: tuple[Literal["last", "this", "next"], ...] | None = None
    """The key periods whose keys are held, seen from now: all of them and no others."""
    same_as: str | None = None
    """The keys are those that an earlier step fetched under this name."""
    other_than: str | None = None
    """None of the keys is among those that an earlier step fetched under this name."""
    provisioned: tuple[str, ...] | None = None
    """The names of the keys that VAL servers have provisioned: all of them and no others."""
    others: tuple[str, ...] | None = None
    """The other KMSs whose certificates are held: all of them and no others."""
    services: tuple[str, ...] | None = None
    """The VAL services that the keys were given for, all of them and no others, in any order."""


class NoKeysAre(Arguments):
    """Who holds nothing."""

    short = "ue"

    ue: str
    """Which phone."""


@step("expect.keys")
async def expect_keys(stage: Stage, told: KeysAre) -> None:
    """Check which keys a phone holds; that they are good was checked when they came."""
    ring = _ring(stage, told.ue)
    if ring is None:
        raise Unmet(Finding(f"keys of {told.ue}", "it holds none"))
    differences = [*_periods(stage, told, ring), *_sets(stage, told, ring), *_names(told, ring)]
    if differences:
        raise Unmet(Finding(f"keys of {told.ue} as they should be", "; ".join(differences)))


@step("expect.no_keys")
async def expect_no_keys(stage: Stage, told: NoKeysAre) -> None:
    """Check that a phone holds no keys."""
    ring = _ring(stage, told.ue)
    if ring is not None:
        raise Unmet(Finding(f"no keys of {told.ue}", f"those of key periods {', '.join(map(str, ring.numbers))}"))


def _ring(stage: Stage, ue: str) -> KeyRing | None:
    return stage.lab.domain_of(ue).kms.clients.of(apart(ue)[1]).ring


def _periods(stage: Stage, told: KeysAre, ring: KeyRing) -> Iterator[str]:
    if told.periods is None:
        return
    now = ring.kms.certificate.periods.number(stage.lab.clock.seconds())
    wanted = sorted(now + PERIODS[period] for period in told.periods)
    if wanted != list(ring.numbers):
        yield f"those of key periods {list(ring.numbers)}, wanted {wanted}"


def _sets(stage: Stage, told: KeysAre, ring: KeyRing) -> Iterator[str]:
    held = [each.key_set for each in ring.periods]
    if told.same_as is not None and held != list(stage.keys.get(told.same_as, ())):
        yield f"others than {told.same_as}"
    if told.other_than is not None:
        before = stage.keys.get(told.other_than, ())
        secrets = {secret for each in before for secret in (each.rsk, each.ssk)}
        if not before or secrets & {secret for each in held for secret in (each.rsk, each.ssk)}:
            yield f"some of {told.other_than}"
    if told.services is not None and any(set(each.services) != set(told.services) for each in held):
        yield f"for {' '.join(sorted({service for each in held for service in each.services}))}"


def _names(told: KeysAre, ring: KeyRing) -> Iterator[str]:
    names = {key.key_id for key in ring.provisioned}
    if told.provisioned is not None and names != set(told.provisioned):
        yield f"provisioned are {', '.join(sorted(names)) or 'none'}"
    if told.others is not None and set(ring.others) != set(told.others):
        yield f"certificates of {', '.join(sorted(ring.others)) or 'nobody'}"
