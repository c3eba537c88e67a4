"""argon2 in threads: right or wrong, and nobody's password."""

from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from seal.idms.proving.hashing import PasswordChecks
from seal.threads import Busy
from tests.seal.idms.parts import CHEAP, HASH, PASSWORD, reactor


@pytest.fixture
def checks() -> Iterator[PasswordChecks]:
    """Give one thread and two places to wait."""
    made = PasswordChecks(reactor, 1, 2, CHEAP)
    yield made
    made.stop()


async def test_a_password_is_right_or_wrong(checks: PasswordChecks) -> None:
    """And nobody's is never right, nor one whose hash cannot be read."""
    assert await checks.check(HASH, PASSWORD)
    assert not await checks.check(HASH, "x")
    assert not await checks.check("", "nobody's password")
    assert not await checks.check("$argon2id$broken", PASSWORD)


async def test_the_reactor_goes_on_meanwhile() -> None:
    """A real hash takes long; a call of the reactor's comes first."""
    made = PasswordChecks(reactor, 1, 2)
    order: list[str] = []
    check = Deferred.fromCoroutine(made.check("", "x")).addCallback(lambda _: order.append("checked"))
    await deferLater(reactor, 0, order.append, "went on")
    await check
    assert order == ["went on", "checked"]
    made.stop()


async def test_a_password_is_hashed_within_the_same_bounds(checks: PasswordChecks) -> None:
    """One that is hashed already keeps its hash, one that is none is refused."""
    hashed = await checks.hash("correct horse")
    assert await checks.check(hashed, "correct horse")
    assert await checks.hash("correct horse", hashed) == hashed
    with pytest.raises(ValueError, match="8 to 1024 characters"):
        await checks.hash("short")
    waiting: list[Any] = [Deferred.fromCoroutine(checks.hash("correct horse")) for _ in range(3)]
    with pytest.raises(Busy):
        await checks.hash("correct horse")
    for hashing in waiting:
        await hashing
