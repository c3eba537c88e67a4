"""What a running KMS keeps, changed one thing at a time: in one thread, and durable before it counts."""

from collections.abc import Callable
from typing import TypeVar

from attrs import define

from seal.kms.errors import Cause, KmsRefused
from seal.kms.kept import STATE, State
from seal.kms.provisioned import ProvisionedKeys
from seal.kms.vault import Vault
from seal.threads import Busy, Threads
from valkit.keymanagement.keysets import ProvisionedKey

T = TypeVar("T")


@define
class Ledger:
    """State, and what VAL servers have provisioned. `thread` must be one, so that changes come one after another."""

    state: State
    _provisioned: ProvisionedKeys
    _vault: Vault
    _thread: Threads

    async def provisioned(self, uri: str, now: float) -> tuple[ProvisionedKey, ...]:
        """Give what a user or group has been provisioned. Raises KmsRefused, StoreUnavailable."""
        return await self._run(self._provisioned.of, uri, now)

    async def provision(self, uri: str, keys: tuple[ProvisionedKey, ...], now: float) -> None:
        """Keep key material. Raises KmsRefused, StoreUnavailable."""
        await self._run(self._provisioned.add, uri, keys, now)

    async def change(self, change: Callable[[State], State]) -> State:
        """Make another state of the one that there is, and give it. Raises KmsRefused, StoreUnavailable."""
        return await self._run(self._changed, change)

    def _changed(self, change: Callable[[State], State]) -> State:
        changed = change(self.state)
        if changed != self.state:
            self._vault.write(STATE, bytes(changed))
            self.state = changed
        return changed

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
        try:
            return await self._thread.run(work, *arguments)
        except Busy:
            raise KmsRefused(Cause.BUSY) from None
