"""Faults on the wire: datagrams lost, repeated, or held back until they are let go; connections cut.

Streams lose nothing of their own: what is cut is a connection over HTTPS, before the request or before its answer.
"""

from typing import Annotated, Literal

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.lab.wire import ALL, Effect, Fault
from harness.seen.patterns import HttpPattern, Pattern
from harness.stage import Stage


class OnTheWay(Pattern):
    """Which messages, by their pattern, and how many of them."""

    nth: int = Field(1, ge=1)
    """The first of them that it happens to."""
    times: int = Field(1, ge=1)
    """To so many of them, one after the other; what is sent again counts again."""


class Cut(HttpPattern):
    """Which HTTP messages, by their pattern, and how many of them."""

    nth: int = Field(1, ge=1)
    """The first of them that it happens to."""
    times: Annotated[int, Field(ge=1)] | Literal["all"] = 1
    """To so many of them, one after the other, or `all`; what is asked again counts again."""


class Held(Pattern):
    """Which messages, by their pattern."""

    name: str = Field("held", alias="as")
    """What the scenario calls them."""


class Release(Arguments):
    """Which messages are let go."""

    short = "name"

    name: str = "held"
    """What they were called."""


@step("fault.lose")
async def lose(stage: Stage, told: OnTheWay) -> None:
    """From now on lose a datagram of the pattern on its way; it is a mistake of the scenario if none comes."""
    _arm(stage, "lose", told)


@step("fault.repeat")
async def repeat(stage: Stage, told: OnTheWay) -> None:
    """From now on deliver a datagram of the pattern twice."""
    _arm(stage, "repeat", told)


@step("fault.cut")
async def cut(stage: Stage, told: Cut) -> None:
    """From now on cut a connection over HTTPS when a request of the pattern, or with `status` an answer, is due on it.

    Of a request the other side hears nothing; an answer is lost when what was asked for has been done. Met is what
    programs in the harness's own process ask, and not what the HTTP proxy passes on.
    """
    left = ALL if told.times == "all" else told.times
    _add(stage, Fault("cut", told, skips=told.nth - 1, left=left))


@step("fault.hold")
async def hold(stage: Stage, told: Held) -> None:
    """From now on hold back every datagram of the pattern, until `fault.release`."""
    fault = Fault("hold", told, left=ALL)
    stage.holding[told.name] = fault
    _add(stage, fault)


@step("fault.release")
async def release(stage: Stage, told: Release) -> None:
    """Let held messages pass from now on. They arrive when their sender, who had no answer, sends them again."""
    if told.name not in stage.holding:
        raise Unmet(Finding(f"messages held back as {told.name}", "none were"))
    stage.holding.pop(told.name).left = 0
    stage.lab.wire.let_go()


def _arm(stage: Stage, effect: Effect, told: OnTheWay) -> None:
    _add(stage, Fault(effect, told, skips=told.nth - 1, left=told.times))


def _add(stage: Stage, fault: Fault) -> None:
    stage.lab.wire.faults.append(fault)
    stage.lab.patience.skipping = True
