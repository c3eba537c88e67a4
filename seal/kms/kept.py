"""What a KMS keeps beside its master secrets: for whom it gives no keys any more, and the number of its cache.

Read at the start, held in memory, and written before a change is acknowledged.
"""

from collections.abc import Iterable
from json import dumps, loads

from attrs import evolve, frozen

from seal.errors import CannotStart
from seal.kms.authority import Damaged, MasterSecrets
from seal.kms.vault import Unreadable, Vault
from valkit.ids import Ids

MASTER = "master-secrets"
STATE = "state"


@frozen
class State:
    """What changes while a KMS runs."""

    disabled: frozenset[str] = frozenset()
    """VAL services for which no keys are given any more."""
    revoked: frozenset[str] = frozenset()
    """URIs of users and groups of whom no keys are given any more."""
    external: tuple[str, ...] = ()
    """Certificates of other KMSs that were taken while running."""
    cache_number: int = 0
    """Of the certificates of other KMSs that are handed out."""
    cached: str = ""
    """What tells these certificates from others."""

    @classmethod
    def parse(cls, kept: bytes) -> "State":
        """Read what was kept. Raises Damaged."""
        try:
            members = loads(kept)
            disabled, revoked = (frozenset(map(str, members[name])) for name in ("disabled", "revoked"))
            external = tuple(map(str, members["external"]))
            return cls(disabled, revoked, external, int(members["cache_number"]), str(members["cached"]))
        except (ValueError, KeyError, TypeError):
            raise Damaged("this is no state of a KMS") from None

    def __bytes__(self) -> bytes:
        """Write it."""
        members = {
            "disabled": sorted(self.disabled),
            "revoked": sorted(self.revoked),
            "external": self.external,
            "cache_number": self.cache_number,
            "cached": self.cached,
        }
        return dumps(members).encode()

    def handing_out(self, fingerprints: Iterable[str]) -> "State":
        """Give the state in which these certificates are handed out: under a new number if they are others."""
        cached = " ".join(sorted(fingerprints))
        return self if cached == self.cached else evolve(self, cached=cached, cache_number=self.cache_number + 1)


def master_secrets(vault: Vault, ids: Ids, now: float) -> MasterSecrets:
    """Give the master secrets, made and kept on first use. Raises CannotStart, StoreUnavailable."""
    kept = _opened(vault, MASTER)
    if kept is None:
        made = MasterSecrets.generate(ids, now)
        vault.write(MASTER, bytes(made))
        return made
    try:
        return MasterSecrets.parse(kept)
    except Damaged as error:
        raise CannotStart(f"{vault.folder / MASTER}: {error}") from error


def state(vault: Vault) -> State:
    """Give what was kept, or that nothing was. Raises CannotStart, StoreUnavailable."""
    kept = _opened(vault, STATE)
    try:
        return State() if kept is None else State.parse(kept)
    except Damaged as error:
        raise CannotStart(f"{vault.folder / STATE}: {error}") from error


def _opened(vault: Vault, name: str) -> bytes | None:
    try:
        return vault.read(name)
    except Unreadable as error:
        raise CannotStart(
            f"{error}: give the key that it was encrypted with (vault.key_file or key_variable)"
        ) from None
