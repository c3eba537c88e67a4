"""Whatever clients, wires, stores and restarts do, and in whatever order messages come: both sides agree in the end."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valserver.migration.world import (
    GUEST,
    HOPS,
    SCOPE,
    Bindings,
    Flight,
    Migrated,
    World,
    back_home,
    served,
    states,
    status,
    to_partner,
    tokens,
)
from tests.valserver.parts import token
from valserver.migration.policy import Partner
from valserver.migration.rules import State

steps = st.lists(
    st.tuples(
        st.sampled_from(["migrate", "return", "time", "restart home", "restart away"]),
        st.sets(st.sampled_from([*HOPS, *(f"answer, {hop}" for hop in HOPS)]), max_size=3),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_whatever_fails_both_sides_agree_in_the_end(script: list[tuple[str, set[str]]]) -> None:
    """After anything that a client, the wires and restarts can do: served in one place, never for ever in none."""
    broken: set[str] = set()
    world = World(fails=lambda where, _said: where in broken)
    for number, (what, fails) in enumerate(script):
        broken = fails
        match what:
            case "migrate":
                world.away.asked(to_partner(tokens(), f"attempt-{number}"))
            case "return":
                world.home.asked(back_home(token("alice", scope=SCOPE)))
            case "time":
                world.pass_time(3)
            case restart:
                (world.home if restart.endswith("home") else world.away).restart()
    broken = set()
    world.pass_time(200)
    at_home, at_partner = served(world)
    assert at_home is not at_partner
    assert not set(states(world)) & {State.ASKED, State.ENDING}
    if at_partner:
        assert states(world) == (State.MIGRATED, State.SERVED)
    assert world.away.asked(to_partner(tokens(), "attempt-last")).status == 200  # type: ignore[union-attr]
    assert served(world) == (False, True)


def bind(world: World) -> None:
    """Have alice bound wherever she is served."""
    world.home.bind("alice")
    world.away.bind(GUEST)


def toggle(kept: Migrated | Bindings) -> None:
    """Let a store fail, or write again."""
    kept.broken = not kept.broken


ANYTIME: dict[str, Callable[[World, int], object]] = {
    "migrate": lambda world, number: world.away.waits(to_partner(tokens(), f"attempt-{number}")),
    "return": lambda world, _: world.home.waits(back_home(token("alice", scope=SCOPE))),
    "time": lambda world, _: world.pass_time(3),
    "bind": lambda world, _: bind(world),
    "restart home": lambda world, _: world.home.restart(),
    "restart away": lambda world, _: world.away.restart(),
    "home full": lambda world, _: toggle(world.home.store),
    "away full": lambda world, _: toggle(world.away.store),
    "home busy": lambda world, _: toggle(world.home.bindings),
    "away busy": lambda world, _: toggle(world.away.bindings),
}
OF_A_MESSAGE: dict[str, Callable[[World, Flight], object]] = {
    "arrives": lambda world, flight: world.deliver(flight),
    "arrives, no answer": lambda world, flight: world.deliver(flight, answered=False),
    "no answer": lambda world, flight: world.give_up(flight),
    "again": lambda world, flight: world.away.waits(to_partner(tokens(), flight.said.id)),
}
acts = st.lists(
    st.tuples(st.sampled_from([*ANYTIME, *OF_A_MESSAGE, "arrives", "arrives", "migrate"]), st.integers(0, 6)),
    max_size=25,
)


def played(world: World, script: list[tuple[str, int]]) -> None:
    """Do all that; in the end everything works again, and nobody waits any more."""
    for number, (what, which) in enumerate(script):
        if what in ANYTIME:
            ANYTIME[what](world, number)
        elif world.flights:
            OF_A_MESSAGE[what](world, world.flights[which % len(world.flights)])
    for side in (world.home, world.away):
        side.store.broken = side.bindings.broken = False
    world.holds = False
    for flight in world.flights:
        world.give_up(flight)


@settings(max_examples=200, deadline=None)
@given(acts, st.booleans())
def test_in_whatever_order_messages_come_both_sides_agree_in_the_end(
    script: list[tuple[str, int]], registered: bool
) -> None:
    """Delayed, repeated, lost, with restarts and stores that fail; and nothing that comes still later changes it."""
    world = World(holds=True)
    world.home.agree(Partner(frozenset({"alice"}), registered=registered))
    played(world, script)
    world.pass_time(200)
    for flight in [*reversed(world.flights), *world.flights]:
        world.deliver(flight)
    world.pass_time(200)
    at_home, at_partner = served(world)
    assert at_home is not at_partner
    over = {State.ENDED, None}
    assert states(world) == (State.MIGRATED, State.SERVED) if at_partner else over.issuperset(states(world))
    assert at_home or not world.home.binds("alice")
    assert at_partner or not world.away.binds(GUEST)
    world.home.bind("alice")
    assert status(world.away, to_partner(tokens(), "attempt-last")) == 200
    assert served(world) == (False, True)
