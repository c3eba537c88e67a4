"""Migrations between two domains in memory: whole, refused, cut at each hop and on the way back, repeated, returned."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred

from tests.valserver.migration.world import AWAY, HOME, HOPS, SCOPE, Side, World, back_home, message, to_partner
from tests.valserver.parts import token
from valkit.migration import MigrationRequest, written
from valserver.migration.rules import Kept, Partner, State

GUEST = "alice@home"


def tokens(user: str = GUEST, **claims: Any) -> str:
    """Mint the partner's token for a guest."""
    return token(user, **{"scope": SCOPE, **claims})


def status(side: Side, request: object) -> int:
    """Give the status of an answer that comes at once."""
    answer = side.asked(request)  # type: ignore[arg-type]  # a Request; object keeps the calls short
    assert answer is not None
    return answer.status


def states(world: World) -> tuple[State | None, State | None]:
    """Give how the migration stands, at home and at the partner."""
    found = [side.store.get((HOME, "alice", AWAY)) for side in (world.home, world.away)]
    return tuple(kept and kept.state for kept in found)  # type: ignore[return-value]  # two of them


def served(world: World) -> tuple[bool, bool]:
    """Say where alice would be served: at home, at the partner."""
    return world.home.serves("alice"), world.away.serves(GUEST)


def test_a_migration_whole() -> None:
    """Served at home before, at the partner afterwards, and noted on the way as the figure numbers it."""
    world = World()
    assert served(world) == (True, False)
    assert status(world.away, to_partner(tokens())) == 200
    assert served(world) == (False, True)
    assert states(world) == (State.MIGRATED, State.SERVED)
    assert world.away.told == ["migration authorized", "migrated user served"]
    assert world.home.told == ["migration checked", "user migrated"]


def test_no_token_goes_between_domains() -> None:
    """Steps 3 to 11 carry none, nor a part of one (MIG-08)."""
    world, secret = World(), tokens()
    status(world.away, to_partner(secret))
    status(world.home, back_home(token("alice", scope=SCOPE)))
    world.pass_time(3)
    said = b"".join(world.carried_bytes)
    assert len(world.carried_bytes) == 12
    for part in secret.split("."):
        assert part.encode() not in said
    assert b"eyJ" not in said
    assert b"token" not in said


@pytest.mark.parametrize(
    ("request_", "wanted", "cause"),
    [
        (to_partner(None), 403, "no_token"),
        (to_partner(tokens(scope="openid 3gpp:seal:val_service")), 403, "missing_scope"),
        (to_partner(tokens(exp=1)), 403, "expired"),
        (to_partner(tokens(aud="elsewhere")), 403, "wrong_audience"),
        (to_partner(tokens("bob@home")), 403, "no_guest"),
        (to_partner(tokens("alice")), 403, "no_guest"),
        (to_partner(tokens(), domain="other.example"), 403, "no_guest"),
        (to_partner(tokens(), user="bob"), 403, "no_guest"),
        (message(None, tokens()), 400, "there is not one application/vnd.val.migration+xml in it"),
        (message(b"<migration/>", tokens()), 400, None),
    ],
)
def test_who_may_not_migrate_is_refused_at_the_partner(request_: object, wanted: int, cause: str | None) -> None:
    """Step 2; nobody else hears of it."""
    world = World()
    assert status(world.away, request_) == wanted
    assert cause in {None, world.away.sip.told()[-1][1]}
    assert (world.carried_bytes, states(world)) == ([], (None, None))


@pytest.mark.parametrize(
    ("user", "partner", "cause"),
    [
        ("bob", Partner(leave=frozenset({"alice"})), "not_allowed"),
        ("alice", Partner(), "not_allowed"),
        ("alice", Partner(leave=frozenset({"*"}), registered=True), "not_registered"),
    ],
)
def test_the_primary_may_say_no(user: str, partner: Partner, cause: str) -> None:
    """Step 6: 403 goes back the same way, and nothing has changed on either side."""
    world = World()
    world.home = Side(HOME, partner, world)
    assert status(world.away, to_partner(tokens(f"{user}@home"), user=user)) == 403
    assert world.away.sip.told()[-1] == ("refused", cause)
    assert world.home.serves(user)
    assert not world.away.serves(f"{user}@home")
    assert world.home.store.get((HOME, user, AWAY)) is None


@pytest.mark.parametrize(("way", "hop"), list(product(("", "answer, "), HOPS)))
def test_a_cut_anywhere_leaves_both_sides_of_one_mind(way: str, hop: str) -> None:
    """The client is told 504; soon nobody takes the user for migrated; and a further attempt succeeds."""
    world = World(fails=lambda where, said: where == f"{way}{hop}" and said.id == "attempt-1" and not said.by)
    assert status(world.away, to_partner(tokens())) == 504
    world.pass_time(5)
    assert served(world) == (True, False)
    assert states(world) in {(State.ENDED, State.ENDED), (None, State.ENDED)}
    assert status(world.away, to_partner(tokens(), "attempt-2")) == 200
    assert served(world) == (False, True)


def test_an_end_that_cannot_be_told_is_told_when_it_can_be() -> None:
    """However long the gateway is down."""
    down = [True]
    world = World(fails=lambda where, _said: down[0] and where == f"answer, {HOPS[0]}")
    assert status(world.away, to_partner(tokens())) == 504
    world.pass_time(300)
    assert states(world)[1] is State.ENDING
    down[0] = False
    world.pass_time(100)
    assert states(world) == (State.ENDED, State.ENDED)


def test_a_crash_between_mark_and_answer_is_made_up_for() -> None:
    """The partner had asked when it ended; started anew it takes that back, for nobody was told yes."""
    world = World(fails=lambda where, said: where == f"answer, {HOPS[2]}" and not said.by)
    kept: list[Kept] = []
    status(world.away, to_partner(tokens()))
    kept += world.away.store.all()
    world.away.store.put(Kept(kept[0].message, State.ASKED))  # as it was before the answer was missed
    world.away.migrations.stop()
    world.away.begin()
    assert states(world) == (State.MIGRATED, State.ASKED)
    world.away.migrations.start()
    world.pass_time(5)
    assert states(world) == (State.ENDED, State.ENDED)
    assert served(world) == (True, False)


def test_the_same_attempt_again_changes_nothing() -> None:
    """It is answered as it was, without the primary being asked."""
    world = World()
    assert [status(world.away, to_partner(tokens())) for _ in range(3)] == [200, 200, 200]
    assert world.home.told.count("user migrated") == 1
    assert status(world.away, to_partner(tokens(), "attempt-2")) == 200
    assert served(world) == (False, True)


def test_an_attempt_that_is_over_is_over() -> None:
    """Its id is worth nothing any more, nor a message that comes late."""
    world = World()
    status(world.away, to_partner(tokens()))
    late = next(iter(world.home.store.all())).message
    status(world.home, back_home(token("alice", scope=SCOPE)))
    world.pass_time(2)
    assert states(world) == (State.ENDED, State.ENDED)
    assert status(world.away, to_partner(tokens())) == 403
    outcomes: list[object] = []
    heard: Deferred[object] = Deferred.fromCoroutine(world.home.migrations.heard(late))
    heard.addCallback(outcomes.append)
    assert "ended" in repr(outcomes)
    assert served(world) == (True, False)


def test_who_returns_is_served_at_home_at_once() -> None:
    """And at the partner no longer, as soon as that has heard; a guest cannot return for somebody."""
    world = World()
    status(world.away, to_partner(tokens()))
    assert status(world.away, back_home(tokens())) == 403
    assert status(world.home, back_home(token("alice", scope="openid 3gpp:seal:val_service"))) == 403
    assert served(world) == (False, True)
    assert status(world.home, back_home(token("alice", scope=SCOPE))) == 200
    assert world.home.serves("alice")
    world.pass_time(1)
    assert served(world) == (True, False)
    assert "migration ended" in world.away.told
    assert status(world.away, to_partner(tokens(), "attempt-2")) == 200
    assert served(world) == (False, True)


def test_service_at_home_may_be_kept() -> None:
    """By policy."""
    world = World()
    world.home = Side(HOME, Partner(leave=frozenset({"*"}), kept_at_home=True), world)
    assert status(world.away, to_partner(tokens())) == 200
    assert served(world) == (True, True)


def test_both_directions_at_once() -> None:
    """A user of each goes to the other."""
    world = World()
    both = Partner(leave=frozenset({"*"}), pattern=("", "@home"))
    world.home, world.away = Side(HOME, both, world), Side(AWAY, both, world)
    there = message(written(MigrationRequest("attempt-1", AWAY, "paul")), tokens("paul@home"))
    assert status(world.away, to_partner(tokens())) == 200
    assert status(world.home, there) == 200
    assert (world.home.serves("alice"), world.away.serves(GUEST)) == (False, True)
    assert (world.away.serves("paul"), world.home.serves("paul@home")) == (False, True)


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
                side = world.home if restart.endswith("home") else world.away
                side.migrations.stop()
                side.begin()
                side.migrations.start()
    broken = set()
    world.pass_time(200)
    at_home, at_partner = served(world)
    assert at_home is not at_partner
    assert not set(states(world)) & {State.ASKED, State.ENDING}
    if at_partner:
        assert states(world) == (State.MIGRATED, State.SERVED)
    assert world.away.asked(to_partner(tokens(), "attempt-last")).status == 200  # type: ignore[union-attr]
    assert served(world) == (False, True)
