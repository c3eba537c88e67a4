"""The key material of groups, and the seam to where it comes from."""

from typing import Protocol

from attrs import field, frozen

from seal.errors import SealError


class KeysUnavailable(SealError):
    """There is no key material, or nobody to give it, just now; the text says why, for the log."""


class NobodyToAsk(KeysUnavailable):
    """The server was told of no key management server."""


@frozen
class KeyMaterial:
    """Key material of one group, as the key management server gives it."""

    media_type: str
    body: bytes = field(repr=False)


class GroupKeys(Protocol):
    """Where key material of groups is obtained."""

    async def of(self, val_service_id: str, group_id: str) -> KeyMaterial:
        """Give the key material that a group has in a VAL service, for its members. Raises KeysUnavailable."""

    async def kept(self, val_service_id: str, group_id: str) -> bool:
        """Say whether a group has any in a VAL service. Raises KeysUnavailable."""


class NoGroupKeys:
    """The key material of a server that has no key management server: none."""

    async def of(self, val_service_id: str, group_id: str) -> KeyMaterial:  # noqa: ARG002  as the seam has it
        """Refuse."""
        raise NobodyToAsk(f"there is no key management server (kms) to ask for the keys of {group_id}")

    async def kept(self, val_service_id: str, group_id: str) -> bool:  # noqa: ARG002  as the seam has it
        """Say that there is none."""
        return False
