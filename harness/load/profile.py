"""When journeys begin: rates, ramps and steps as a row of stretches. Pure.

A profile is read from a text such as `10/s 30s, ramp 10/s..100/s 1m, steps 20/s..60/s by 20/s 10s`. It is an open
model: the nth journey has its moment, whatever became of those before it.
"""

import re
from collections.abc import Iterator
from math import ceil, sqrt

from attrs import field, frozen

from harness.load.errors import BadProfile
from valkit.settings.types import duration

FASTEST = 100_000.0
"""Journeys per second at most."""
LONGEST = 7 * 86_400.0
"""Seconds that a profile may last."""
STEPS = 1_000
"""Stretches at most."""

TOO_LONG = f"the profile is too long (expected at most 7 days, in at most {STEPS} stretches)"

EXAMPLES = "5/s, 300/m or 0.5/s"
"""Rates as they are written."""
_RATE = r"(\d+(?:\.\d+)?)/(s|m|h)"
_PER = {"s": 1.0, "m": 60.0, "h": 3600.0}
_FORMS = {
    "steady": re.compile(rf"{_RATE} +(\S+)"),
    "ramp": re.compile(rf"ramp +{_RATE}\.\.{_RATE} +(\S+)"),
    "steps": re.compile(rf"steps +{_RATE}\.\.{_RATE} +by +{_RATE} +(\S+)"),
}
EXPECTED = "expected such as `50/s 30s`, `ramp 10/s..100/s 1m` or `steps 20/s..60/s by 20/s 10s`"


@frozen
class Stretch:
    """A part of a profile, in which the rate is steady or changes steadily."""

    seconds: float
    begin: float
    """Journeys per second at its beginning."""
    end: float
    """The same at its end."""

    @property
    def journeys(self) -> float:
        """How many begin in it."""
        return (self.begin + self.end) / 2 * self.seconds

    def moment(self, journeys: float) -> float:
        """Give the seconds after which so many have begun: the root of begin t + (end - begin) t^2 / 2 seconds."""
        root = sqrt(max(0.0, self.begin**2 + 2 * journeys * (self.end - self.begin) / self.seconds))
        return 2 * journeys / (self.begin + root) if journeys else 0.0


@frozen
class Profile:
    """When each journey begins."""

    stretches: tuple[Stretch, ...]
    seconds: float = field(init=False)
    """How long it lasts."""
    journeys: int = field(init=False)
    """How many begin in it."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "seconds", sum(each.seconds for each in self.stretches))
        object.__setattr__(self, "journeys", ceil(sum(each.journeys for each in self.stretches) - 1e-6))

    @classmethod
    def parse(cls, text: str) -> "Profile":
        """Read one; BadProfile says at which character it goes wrong, and what was expected."""
        stretches: list[Stretch] = []
        for at, part in _parts(text):
            stretches += _stretches(part, at)
        return _bounded(cls(tuple(stretches)))

    def moments(self, first: int = 0, every: int = 1) -> Iterator[float]:
        """Give the seconds at which journeys begin: all, or those from the nth on, one of so many."""
        number, before, passed = first, 0.0, 0.0
        for stretch in self.stretches:
            while number < self.journeys and number < before + stretch.journeys - 1e-9:
                yield passed + stretch.moment(max(0.0, number - before))  # a hair below 0 where rates are tiny
                number += every
            before, passed = before + stretch.journeys, passed + stretch.seconds


def checked_rate(text: str) -> str:
    """Give a rate back if it is one. Raises BadProfile."""
    if re.fullmatch(_RATE, text) is None:
        unit = f"; {text}/s?" if re.fullmatch(r"\d+(?:\.\d+)?", text) else ""
        raise BadProfile(f"--rate {text} is no rate (expected a number and what it is per, such as {EXAMPLES}{unit})")
    return text


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Give what stands between commas, with the character at which it begins, counted from 1."""
    at = 1
    for part in text.split(","):
        yield at + len(part) - len(part.lstrip()), part.strip()
        at += len(part) + 1


def _stretches(part: str, at: int) -> list[Stretch]:
    for form, pattern in _FORMS.items():
        found = pattern.fullmatch(part)
        if found is None:
            continue
        *rates, time = found.groups()
        amounts = [_per_second(*each) for each in zip(rates[::2], rates[1::2], strict=True)]
        seconds = _seconds(time, f"the profile, at character {at}: {time}")
        if form == "steps":
            return [Stretch(seconds, each, each) for each in _climbing(*amounts, where=f"{part}, at character {at},")]
        return [Stretch(seconds, amounts[0], amounts[-1])]
    what = f"`{part}`" if part else "nothing"
    raise BadProfile(f"the profile has {what} at character {at} ({EXPECTED})")


def _climbing(begin: float, end: float, by: float, *, where: str) -> list[float]:
    """Give the rates from one to the other, both of them included."""
    if by <= 0 or abs(end - begin) / by > STEPS:
        raise BadProfile(f"{where} has too many steps (expected at most {STEPS}, by more than 0/s)")
    count = ceil(abs(end - begin) / by - 1e-9)
    down = end < begin
    return [max(end, begin - by * step) if down else min(end, begin + by * step) for step in range(count + 1)]


def _per_second(amount: str, unit: str) -> float:
    rate = float(amount) / _PER[unit]
    if rate > FASTEST:
        raise BadProfile(f"a rate of more than {FASTEST:,.0f}/s is more than anybody sends (expected less)")
    return rate


def _seconds(text: str, where: str) -> float:
    try:
        seconds = duration(text)
    except ValueError as error:
        raise BadProfile(f"{where} {error}") from None
    if seconds <= 0:
        raise BadProfile(f"{where} is no time at all (expected more than 0 s)")
    if seconds > LONGEST:
        raise BadProfile(TOO_LONG)
    return seconds


def _bounded(profile: Profile) -> Profile:
    if profile.seconds > LONGEST or len(profile.stretches) > STEPS:
        raise BadProfile(TOO_LONG)
    if profile.journeys < 1:
        raise BadProfile("the profile begins no journey (expected a rate above 0/s)")
    return profile
