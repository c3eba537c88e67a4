"""What one process of a load is told, as a line of JSON over its pipe. Pure; keys and tokens are in it, and no log."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import asdict, field, frozen

from harness.load.errors import BadOrder
from harness.load.profile import Profile, Stretch
from ue_sim.settings import UeSettings


@frozen
class Brief:
    """One phone: its settings as a file has them, and its token."""

    phone: Mapping[str, Any] = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def settings(self) -> UeSettings:
        """The phone's settings."""
        return UeSettings.model_validate(self.phone)


@frozen
class Order:
    """All that a process is told."""

    phones: tuple[Brief, ...] = field(repr=False)
    profile: Profile
    do: tuple[str, ...]
    in_flight: int
    """Journeys under way at once, at most."""
    patience: float
    """Seconds that a step may take."""
    number: int = 0
    """Which of the processes this is; each begins one of so many journeys."""
    processes: int = 1

    def moments(self) -> Iterator[float]:
        """Give when the journeys of this process begin, in seconds since the beginning."""
        return self.profile.moments(self.number, self.processes)

    def line(self) -> str:
        """Write it."""
        told = asdict(self, recurse=False) | {
            "phones": [[each.phone, each.token] for each in self.phones],
            "profile": [[each.seconds, each.begin, each.end] for each in self.profile.stretches],
        }
        return json.dumps(told)

    @classmethod
    def read(cls, line: str) -> "Order":
        """Read it again."""
        told = json.loads(line)
        phones = tuple(Brief(phone, token) for phone, token in told.pop("phones"))
        profile = Profile(tuple(Stretch(*each) for each in told.pop("profile")))
        return cls(phones, profile, tuple(told.pop("do")), **told)


def check(processes: int, in_flight: int, users: int) -> None:
    """Refuse more processes than there is work for; raises BadOrder.

    One without a place would make it more journeys than may be under way, one without phones would hold back its part.
    """
    most = min(in_flight, users)
    if processes > most:
        of = f"--in-flight {in_flight}" if most == in_flight else f"{users} users"
        raise BadOrder(f"--processes {processes} are more than {of} (expected {most} at most)")


def shared(  # noqa: PLR0917 - what every process is told
    phones: Sequence[Brief], profile: Profile, do: tuple[str, ...], in_flight: int, patience: float, processes: int
) -> list[Order]:
    """Share the phones among processes, each of which has work; each begins its part of the journeys."""
    return [
        Order(
            tuple(phones[number::processes]),
            profile,
            do,
            (in_flight + processes - 1 - number) // processes,
            patience,
            number,
            processes,
        )
        for number in range(processes)
    ]
