"""What a lab leaves to chance: identifiers, keys, ports and how fast time goes; from a seed, or not.

A run that is to be repeated has the same bytes on the wire each time, but for addresses (ports are whatever is free)
and what TLS adds. Keys come from its seed, and so does the one port that stands in tokens, as part of their issuer.
Time stands still between the timers that come due, as nobody can tell how many milliseconds a machine will take.
"""

from hashlib import blake2s
from typing import Any

from attrs import field, frozen

from valkit.ids import Ids, SeededIds, SystemIds
from valkit.net.clock import ShiftableClock, Standing
from valkit.tokens import KeyUnusable, SigningKey

EPOCH = 1_767_225_600.0
"""When such a run begins: 2026-01-01 00:00:00 UTC."""
PORTS = range(10_000, 30_000)
"""Where the port of an issuer is; systems give out free ones above these."""
SECRET = 48
"""Bytes that a key is made of."""


@frozen
class Chance:
    """Where everything comes from."""

    seed: str | None = "lab"
    """None: the system's generator, for what others reach."""
    repeats: bool = False
    """Whether the run is to be the same each time; otherwise keys are fresh ones, and time is real."""
    _rows: dict[str, Ids] = field(init=False, factory=dict, eq=False, repr=False)

    def ids(self, name: str) -> Ids:
        """Give the identifiers of somebody: always the same row, in which nothing changes by what others draw."""
        if name not in self._rows:
            self._rows[name] = SystemIds() if self.seed is None else SeededIds(f"{self.seed} {name}")
        return self._rows[name]

    def clock(self, reactor: Any) -> ShiftableClock:
        """Give the lab's clock."""
        return ShiftableClock(Standing(reactor, EPOCH) if self.repeats else reactor)

    def key(self, algorithm: str, name: str) -> SigningKey:
        """Give somebody's key to sign with; one for RS256 is always fresh, as nobody makes those from a seed."""
        if not self.repeats:
            return SigningKey.generate(algorithm)
        try:
            return SigningKey.derived(algorithm, self.ids(f"key of {name}").nonce(SECRET))
        except KeyUnusable:
            return SigningKey.generate(algorithm)

    def port(self, name: str) -> int:
        """Give somebody's port: always the same one, or 0 for any that is free."""
        if not self.repeats:
            return 0
        digest = blake2s(f"{self.seed} {name}".encode(), digest_size=4).digest()
        return PORTS[int.from_bytes(digest, "big") % len(PORTS)]
