"""A load as its JSON has it, for programs: what was asked for, what was counted, and what it was worth.

The models are the published schema (docs/load.schema.json), which has the strings under the fields. Times are seconds.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from harness.report.model import Part

FORMAT: Final = "val-load/1"
"""What it says it is. The number changes when a field goes or changes its meaning; new ones may come."""


class AskedFor(Part):
    """What was to be done."""

    profile: str
    """The rates, as they were given."""
    do: tuple[str, ...]
    """The steps of a journey, in their order."""
    users: int
    """How many UEs there are."""
    on: int
    """How many of them were switched on: those whose turn comes."""
    core: str
    """The P-CSCF that they speak to."""
    processes: int
    """How many processes the UEs are shared among."""
    in_flight: int
    """How many journeys may be under way at once."""


class Counted(Part):
    """Journeys by what became of them."""

    begun: int
    """How many began."""
    held_back: int
    """How many were due and did not begin: every UE was busy, or as many were under way as may be."""
    succeeded: int
    """How many of those that began did all steps."""
    failed: int
    """How many of those that began had a step that failed."""


class Journeys(Counted):
    """The journeys of the whole load."""

    per_second: float
    """How many succeeded in a second."""
    not_done: float
    """The share (0 to 1) of those due that failed or were held back."""


class Times(Part):
    """How long something took; percentiles are at most 1 % above what was measured, 0 if there is nothing."""

    p50: float
    """Half took no longer."""
    p90: float
    """90 % took no longer."""
    p99: float
    """99 % took no longer."""
    max: float
    """The longest."""


class Done(Times):
    """A step: its times are of those that succeeded."""

    succeeded: int
    """How many succeeded."""
    failed: int
    """How many failed."""
    causes: dict[str, int]
    """Why, and how often."""


class Within(Counted):
    """A second of the profile: journeys that were due in it, steps that ended in it."""

    second: int
    """Which one, from 0."""
    steps: dict[str, Done]
    """Each step that ended in it."""


class Report(Part):
    """A whole load."""

    format: Literal["val-load/1"]
    """What this is."""
    began: str
    """When the first journey was due: date and time in UTC, by ISO 8601."""
    seconds: float
    """How long it took until the profile was over and the last journey had ended."""
    interrupted: bool
    """Whether Ctrl-C ended it."""
    fault: str = ""
    """What ended it before its time, in a sentence; empty if nothing did, or Ctrl-C."""
    asked: AskedFor
    """What was to be done."""
    journeys: Journeys
    """What became of all."""
    begun_late: Times
    """How much later than due journeys began: a limit of the machine that sends, not of the system under test."""
    steps: dict[str, Done]
    """Each step of a journey, in its order."""
    exceeded: tuple[str, ...]
    """What was too much, in a sentence each; the exit code is 1 where there is one."""
    remarks: tuple[str, ...]
    """How the figures are to be read, in a sentence each."""
    timeline: tuple[Within, ...]
    """Second by second."""


def schema() -> Mapping[str, Any]:
    """Give the JSON Schema of it (draft 2020-12)."""
    made = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{FORMAT.replace('/', ':')}", **made}
