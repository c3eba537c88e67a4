"""How migrations stand after cuts at each hop and on the way back, restarts, and messages in any order."""

from itertools import product
from typing import Any

import pytest
from attrs import evolve

from tests.valserver.migration.world import (
    AWAY,
    GUEST,
    HOME,
    HOPS,
    SCOPE,
    World,
    back_home,
    served,
    states,
    status,
    to_partner,
    tokens,
)
from tests.valserver.parts import token
from valserver.errors import StoreUnavailable
from valserver.migration import standing
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Act, Message, Outcome, Result
from valserver.migration.policy import Partner, Policy
from valserver.migration.rules import Kept, State
from valserver.migration.standing import KEPT_FOR
from valserver.records import Record

ANYBODY = Message(Act.MIGRATE, "attempt-1", 1_795_000_000_000, HOME, "alice", AWAY, GUEST)
OVER = Outcome(Result.ENDED)
NO_GUEST = Outcome(Result.REFUSED, "no_guest")


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
    assert states(world) == (State.MIGRATED, State.ASKED)
    world.away.restart()
    world.pass_time(5)
    assert states(world) == (State.ENDED, State.ENDED)
    assert served(world) == (True, False)


def test_an_attempt_that_is_over_is_over() -> None:
    """Its id is worth nothing any more, nor a message that comes late."""
    world = World()
    status(world.away, to_partner(tokens()))
    late = next(iter(world.home.store.all())).message
    status(world.home, back_home(token("alice", scope=SCOPE)))
    world.pass_time(2)
    assert states(world) == (State.ENDED, State.ENDED)
    assert status(world.away, to_partner(tokens())) == 403
    assert world.home.hear(late) == Outcome(Result.REFUSED, "ended")
    assert served(world) == (True, False)


def end(world: World, by: str = HOME, **members: Any) -> Message:
    """Write an END of the attempt that is kept at the partner, or of another one."""
    kept = world.away.store.get((HOME, "alice", AWAY))
    base = ANYBODY if kept is None else kept.message
    return evolve(base, act=Act.END, by=by, **members)


def test_a_partner_domain_ends_the_service_of_its_own_users_only() -> None:
    """Whomever it names: bob is nobody's guest, and another domain's guest is not its own."""
    world = World()
    third = Partner(guests={"eve": "eve"})
    world.away.standings.policy = Policy(AWAY, {HOME: Partner(pattern=("", "@home")), "third.example": third})
    for user in ("bob", GUEST):
        status(world.away, to_partner(tokens()))
        world.away.bind(user)
    assert world.away.hear(end(world, home_user="nobody-at-all", partner_user="bob")) == NO_GUEST
    assert world.away.hear(end(world, home_domain="third.example", by="third.example")) == NO_GUEST
    assert world.away.hear(end(world, home_user="carol", partner_user="carol@home")) == OVER
    assert world.away.binds("bob")
    assert world.away.binds(GUEST)
    assert world.away.told[-1] == "migration refused"
    assert len(list(world.away.store.all())) == 1
    assert world.away.hear(end(world, partner_user="bob")) == NO_GUEST
    assert world.away.hear(end(world)) == OVER
    assert world.away.binds("bob")
    assert not world.away.binds(GUEST)


def test_an_end_of_somebody_who_may_not_go_is_not_kept() -> None:
    """A partner that names ever new users fills nothing."""
    world = World()
    told = end(world, by=AWAY, home_user="mallory")
    assert world.home.hear(told) == Outcome(Result.REFUSED, "not_allowed")
    assert world.home.hear(evolve(told, act=Act.MIGRATE, by="")) == Outcome(Result.REFUSED, "not_allowed")
    assert list(world.home.store.all()) == []


def test_an_end_that_overtakes_its_request_ends_it_all_the_same() -> None:
    """Also where an attempt before has ended: what comes late begins nothing."""
    world = World()
    status(world.away, to_partner(tokens()))
    status(world.home, back_home(token("alice", scope=SCOPE)))
    world.pass_time(2)
    assert states(world) == (State.ENDED, State.ENDED)
    world.holds = True
    answers = world.away.waits(to_partner(tokens(), "attempt-2"))
    late = world.flights[0]
    world.give_up(late)
    world.pass_time(2)
    assert (answers, world.flights[-1].said.act) == ([504], Act.END)
    world.deliver(world.flights[-1])
    world.deliver(late)
    assert states(world) == (State.ENDED, State.ENDED)
    assert served(world) == (True, False)


def test_a_no_that_comes_twice_is_no_both_times() -> None:
    """The first copy of a request is held back until the user could go."""
    world = World(holds=True)
    world.home.agree(Partner(leave=frozenset({"*"}), registered=True))
    answers = world.away.waits(to_partner(tokens()))
    world.deliver(world.flights[0])
    world.home.bind("alice")
    world.deliver(world.flights[0])
    assert (answers, served(world)) == ([403], (True, False))
    assert world.home.binds("alice")


@pytest.mark.parametrize("how", ["repeated", "later", "restarted"])
def test_service_that_could_not_be_ended_is_ended_when_it_can_be(how: str) -> None:
    """Marked and unbound are two acts; the second is done when the message is repeated, by and by, and at the start."""
    world = World(holds=True)
    world.home.bind("alice")
    world.home.bindings.broken = True
    answers = world.away.waits(to_partner(tokens()))
    request = world.flights[0]
    assert isinstance(world.home.hear(request.said), StoreUnavailable)
    assert (answers, states(world)[0], world.home.binds("alice")) == ([], State.MIGRATED, True)
    world.home.bindings.broken = False
    match how:
        case "repeated":
            world.deliver(request)
            assert answers == [200]
        case "later":
            world.pass_time(1)
        case "restarted":
            world.home.restart()
            world.clock.advance(0)
    assert not world.home.binds("alice")


def test_a_guest_who_is_served_no_longer_is_bound_no_longer() -> None:
    """A further attempt ended the one that was served, and got no answer."""
    world = World(fails=lambda _where, said: said.id == "attempt-2" and said.act is Act.MIGRATE)
    status(world.away, to_partner(tokens()))
    world.away.bind(GUEST)
    world.away.bind("bob")
    assert status(world.away, to_partner(tokens(), "attempt-2")) == 504
    world.pass_time(5)
    assert (served(world), world.away.binds(GUEST), world.away.binds("bob")) == ((True, False), False, True)


def test_while_the_primary_is_asked_anew_a_guest_stays_bound() -> None:
    """Whatever else ends: it is not known yet."""
    world = World()
    status(world.away, to_partner(tokens()))
    world.away.bind(GUEST)
    world.holds = True
    world.away.waits(to_partner(tokens(), "attempt-2"))
    world.away.standings.start()
    world.pass_time(2)
    assert world.away.binds(GUEST)
    world.deliver(world.flights[0])
    assert (world.away.binds(GUEST), served(world)) == (True, (False, True))


def test_an_attempt_of_before_a_restart_is_over_at_once() -> None:
    """Repeated by the client before the primary has heard of the end, it is refused, and a further one is its own."""
    world = World(holds=True)
    world.away.waits(to_partner(tokens()))
    world.away.restart()
    assert world.away.waits(to_partner(tokens())) == [403]
    world.pass_time(2)
    assert (states(world)[1], world.flights[-1].said.act) == (State.ENDING, Act.END)
    told = world.flights[-1]
    answers = world.away.waits(to_partner(tokens(), "attempt-2"))
    world.deliver(world.flights[-1])
    world.deliver(told)
    assert (answers, served(world)) == ([200], (False, True))
    assert states(world) == (State.MIGRATED, State.SERVED)


@pytest.mark.parametrize("answer", [Result.MIGRATED, Result.REFUSED])
def test_an_answer_that_cannot_be_kept_is_none(answer: Result) -> None:
    """The client is told so, and the attempt is ended as soon as that can be kept."""
    world = World(holds=True)
    answers = world.away.waits(to_partner(tokens()))
    world.home.hear(world.flights[0].said)
    world.away.store.broken = True
    world.flights[0].answer.callback(Outcome(answer))
    assert (answers, states(world)[1]) == ([500], State.ASKED)
    assert world.away.waits(to_partner(tokens())) == [403]
    world.away.store.broken, world.holds = False, False
    world.pass_time(10)
    assert states(world) == (State.ENDED, State.ENDED)


def test_an_end_that_comes_while_the_primary_is_asked_stands() -> None:
    """Whether the answer is yes, or there is none."""
    for answer in (Outcome(Result.MIGRATED), Unavailable("too late")):
        world = World(holds=True)
        answers = world.away.waits(to_partner(tokens()))
        assert world.away.hear(end(world)) == OVER
        if isinstance(answer, Outcome):
            world.flights[0].answer.callback(answer)
        else:
            world.flights[0].answer.errback(answer)
        assert states(world)[1] is State.ENDED
        assert answers in ([403], [504])


def test_a_partner_with_which_nothing_is_agreed_any_more_is_not_told() -> None:
    """Nobody would pass it on."""
    world = World(fails=lambda _where, _message: True)
    status(world.away, to_partner(tokens()))
    world.away.standings.policy = Policy(AWAY, {"third.example": Partner()})
    world.pass_time(2)
    assert states(world)[1] is State.ENDED


def test_what_is_over_is_forgotten_after_a_day() -> None:
    """And what is not, is not; also after a restart."""
    world = World()
    world.home.agree(Partner(leave=frozenset({"*"})))
    over, stays = (end(world, by=AWAY, home_user=user) for user in ("bob", "carol"))
    world.home.hear(over)
    world.home.hear(evolve(stays, act=Act.MIGRATE, by=""))
    world.clock.advance(KEPT_FOR / 2)
    world.home.restart()
    world.home.hear(end(world, by=AWAY, home_user="dave"))
    world.clock.advance(1)
    assert world.home.store.count(HOME, AWAY) == 3
    world.clock.advance(KEPT_FOR / 2)
    assert [kept.message.home_user for kept in world.home.store.all()] == ["carol", "dave"]
    world.clock.advance(KEPT_FOR / 2)
    assert [kept.message.home_user for kept in world.home.store.all()] == ["carol"]


def test_a_partner_that_names_ever_new_users_fills_its_own_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are kept are still heard, and other partners are."""
    monkeypatch.setattr(standing, "MOST", 3)
    world = World()
    both = Partner(leave=frozenset({"*"}))
    world.home.standings.policy = Policy(HOME, {AWAY: both, "third.example": both})
    first, *others = [end(world, by=AWAY, home_user=f"user-{number}") for number in range(4)]
    assert [world.home.hear(said) for said in (first, *others[:2])] == [OVER] * 3
    assert isinstance(world.home.hear(others[2]), StoreUnavailable)
    assert world.home.hear(first) == OVER
    elsewhere = evolve(others[2], partner_domain="third.example", by="third.example")
    assert world.home.hear(elsewhere) == OVER


def test_who_is_bound_is_looked_for_where_the_policy_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every binding is looked at for it, so not otherwise."""
    world, looked_for = World(), list[str]()

    def bound_to(user: str) -> list[Record]:
        looked_for.append(user)
        return []

    monkeypatch.setattr(world.home.bindings, "bound_to", bound_to)
    said = evolve(ANYBODY, asked_at=1)
    assert world.home.hear(evolve(said, act=Act.END, by=AWAY)) == OVER
    assert world.home.hear(said) == Outcome(Result.REFUSED, "ended")
    assert looked_for == []
    world.home.agree(Partner(leave=frozenset({"*"}), registered=True))
    assert world.home.hear(ANYBODY) == Outcome(Result.REFUSED, "not_registered")
    assert looked_for == ["alice"]


def test_a_server_that_stops_begins_nothing_more() -> None:
    """What an answer that comes after that demands is done at the next start."""
    world = World(holds=True)
    world.away.waits(to_partner(tokens()))
    world.away.standings.stop()
    world.home.standings.stop()
    world.give_up(world.flights[0])
    assert world.clock.getDelayedCalls() == []
    assert states(world)[1] is State.ENDING
    world.away.restart()
    world.pass_time(2)
    assert world.flights[-1].said.act is Act.END
