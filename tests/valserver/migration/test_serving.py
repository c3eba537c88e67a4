"""What clients are answered over SIP: a migration whole, refused, repeated, back home."""

import pytest

from tests.valserver.migration.world import (
    AWAY,
    GUEST,
    HOME,
    SCOPE,
    Side,
    World,
    back_home,
    message,
    served,
    states,
    status,
    to_partner,
    tokens,
)
from tests.valserver.parts import TOKENS, token
from valkit.migration import MigrationRequest, written
from valkit.sip import Request
from valserver.migration.policy import Partner
from valserver.migration.rules import State


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
def test_who_may_not_migrate_is_refused_at_the_partner(request_: Request, wanted: int, cause: str | None) -> None:
    """Step 2; nobody else hears of it."""
    world = World()
    assert status(world.away, request_) == wanted
    assert cause in {None, world.away.sip.told()[-1][1]}
    assert (world.carried_bytes, states(world)) == ([], (None, None))


@pytest.mark.parametrize(
    ("user", "partner", "cause", "kept"),
    [
        ("bob", Partner(leave=frozenset({"alice"})), "not_allowed", None),
        ("alice", Partner(), "not_allowed", None),
        ("alice", Partner(leave=frozenset({"*"}), registered=True), "not_registered", State.ENDED),
    ],
)
def test_the_primary_may_say_no(user: str, partner: Partner, cause: str, kept: State | None) -> None:
    """Step 6: 403 goes back the same way, and nobody is marked; what might be a yes later is kept as over."""
    world = World()
    world.home = Side(HOME, partner, world)
    assert status(world.away, to_partner(tokens(f"{user}@home"), user=user)) == 403
    assert world.away.sip.told()[-1] == ("refused", cause)
    assert world.home.serves(user)
    assert not world.away.serves(f"{user}@home")
    record = world.home.store.get((HOME, user, AWAY))
    assert (record and record.state) is kept


def test_the_same_attempt_again_changes_nothing() -> None:
    """It is answered as it was, without the primary being asked."""
    world = World()
    assert [status(world.away, to_partner(tokens())) for _ in range(3)] == [200, 200, 200]
    assert world.home.told.count("user migrated") == 1
    assert status(world.away, to_partner(tokens(), "attempt-2")) == 200
    assert served(world) == (False, True)


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


SERVICES = {
    "services": [
        {"name": "calls", "tokens": {**TOKENS, "audience": "calls"}},
        {"name": "films", "tokens": {**TOKENS, "audience": "films"}},
    ]
}


@pytest.mark.parametrize("audience", ["calls", "films"])
def test_a_token_of_any_service_is_judged_as_that_service_says(audience: str) -> None:
    """Of two with one issuer each has its own audience; the token of either shows who wants to migrate."""
    world = World()
    world.away = Side(AWAY, Partner(pattern=("", "@home")), world, SERVICES)
    assert status(world.away, to_partner(tokens(aud="neither"))) == 403
    assert status(world.away, to_partner(tokens(aud=audience))) == 200
    assert served(world) == (False, True)


def test_what_the_other_side_could_not_read_is_not_asked() -> None:
    """Nor kept: a token may list more services than a message can."""
    world = World()
    many = token(GUEST, *(f"service-{number}" for number in range(65)), scope=SCOPE)
    assert status(world.away, to_partner(many)) == 400
    assert (world.carried_bytes, states(world)) == ([], (None, None))


def test_two_requests_of_one_attempt_are_one() -> None:
    """The primary is asked once, and both hear what it says."""
    world = World(holds=True)
    first, second = world.away.waits(to_partner(tokens())), world.away.waits(to_partner(tokens()))
    assert (len(world.flights), first, second) == (1, [], [])
    world.deliver(world.flights[0])
    assert (first, second, states(world)) == ([200], [200], (State.MIGRATED, State.SERVED))
    third = world.away.waits(to_partner(tokens(), "attempt-3"))
    fourth = world.away.waits(to_partner(tokens(), "attempt-3"))
    world.give_up(world.flights[1])
    assert (len(world.flights), third, fourth) == (2, [504], [504])


def test_whoever_is_gone_may_ask_once_more() -> None:
    """The policy wants users to be bound at home, where the first migration has ended that."""
    world = World()
    world.home = Side(HOME, Partner(leave=frozenset({"*"}), registered=True), world)
    world.home.bind("alice")
    assert status(world.away, to_partner(tokens())) == 200
    assert not world.home.binds("alice")
    assert status(world.away, to_partner(tokens(), "attempt-2")) == 200
    assert served(world) == (False, True)


def test_a_no_to_a_further_attempt_ends_the_one_before() -> None:
    """On both sides: the user is served at home, and bound at the partner no longer."""
    world = World()
    status(world.away, to_partner(tokens()))
    world.away.bind(GUEST)
    world.home.agree(Partner())
    assert status(world.away, to_partner(tokens(), "attempt-2")) == 403
    world.pass_time(1)
    assert (served(world), world.away.binds(GUEST)) == ((True, False), False)
    assert states(world) == (State.ENDED, State.ENDED)
    assert world.home.told[-1] == "migration ended"
