"""How long things took, in buckets that each are 1 % wider than the one before; added up without loss. Pure.

So a percentile is at most 1 % above what was measured, whatever its size, and histograms of several processes are one
by adding their counts. Times are seconds.
"""

from collections import Counter
from collections.abc import Mapping
from math import ceil, log
from typing import Any

from attrs import define, field

LEAST = 1e-5
"""Seconds; what is less is counted as this."""
WIDER = 1.01
_LOG = log(WIDER)


@define
class Histogram:
    """Times, counted."""

    counts: Counter[int] = field(factory=Counter)
    """How many are in each bucket, by its number; bucket 0 ends at LEAST."""
    longest: float = 0.0
    """The longest of them, exactly."""

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[max(0, ceil(log(max(seconds, LEAST) / LEAST) / _LOG))] += 1
        self.longest = max(self.longest, seconds)

    def take(self, other: "Histogram") -> None:
        """Add another one's counts."""
        self.counts.update(other.counts)
        self.longest = max(self.longest, other.longest)

    def __len__(self) -> int:
        return self.counts.total()

    def percentile(self, share: float) -> float:
        """Give the time that this share (0 to 1) of them did not exceed; 0 if there are none."""
        wanted, seen = ceil(share * len(self) - 1e-9), 0
        for bucket in sorted(self.counts):
            seen += self.counts[bucket]
            if seen >= wanted:
                return min(self.longest, LEAST * WIDER**bucket)
        return 0.0

    def above(self, seconds: float) -> int:
        """Count those that took longer, to the width of a bucket."""
        return sum(count for bucket, count in self.counts.items() if LEAST * WIDER**bucket > seconds * WIDER)

    def told(self) -> dict[str, Any]:
        """Write it as JSON has it."""
        return {"counts": {str(bucket): count for bucket, count in self.counts.items()}, "longest": self.longest}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Histogram":
        """Read it again."""
        return cls(Counter({int(bucket): count for bucket, count in told["counts"].items()}), told["longest"])
