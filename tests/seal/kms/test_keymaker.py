"""Key sets that are made once and remembered."""

from collections.abc import Callable
from typing import Any

import pytest

from seal.kms.errors import Cause, KmsRefused
from seal.kms.keymaker import KeyMaker
from seal.threads import Busy
from tests.seal.kms.in_memory import AUTHORITY, Here
from tests.support import result_of


class Counting(Here):
    """Does work, and counts it."""

    count = 0

    async def run(self, work: Callable[..., Any], *arguments: object) -> Any:
        """Do it now."""
        self.count += 1
        return await super().run(work, *arguments)


def test_the_last_ones_are_remembered() -> None:
    """So many of them, those that were asked for last."""
    threads: Any = Counting()
    keys = KeyMaker(AUTHORITY, threads, 2)
    for uri in ("a", "b", "a", "c", "a", "b"):
        assert result_of(keys.key_set(uri, 1)) == AUTHORITY.key_set(uri, 1)
    assert threads.count == 4  # b had to make room for c


def test_when_too_many_wait() -> None:
    """It is a refusal like others."""

    class Full:
        async def run(self, *_: object) -> None:
            raise Busy

    threads: Any = Full()
    with pytest.raises(KmsRefused) as refused:
        result_of(KeyMaker(AUTHORITY, threads, 2).key_set("a", 1))
    assert refused.value.cause is Cause.BUSY
