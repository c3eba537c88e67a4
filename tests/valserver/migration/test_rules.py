"""The rules of both sides: every state with every message, earlier, the same and later."""

import pytest
from attrs import evolve

from tests.valserver.migration.test_messages import MESSAGE
from valserver.migration.errors import Whereabouts
from valserver.migration.messages import Act, Message, Outcome, Result
from valserver.migration.policy import Partner, Policy
from valserver.migration.rules import (
    Kept,
    Key,
    State,
    answered,
    begun,
    ended,
    ending,
    judged,
    whereabouts,
)

POLICY = Policy("home", {"partner": Partner(frozenset({"alice"})), "third": Partner(frozenset({"*"}))})
GUESTS = Policy("partner", {"home": Partner(guests={"visitor-7": "alice", "visitor-8": "bob"})})
NOBODY = Policy("home", {"partner": Partner(), "third": Partner(frozenset({"*"}))})
EARLIER = evolve(MESSAGE, id="attempt-0", asked_at=MESSAGE.asked_at - 1)
LATER = evolve(MESSAGE, id="attempt-2", asked_at=MESSAGE.asked_at + 1)
YES, OVER = Outcome(Result.MIGRATED), Outcome(Result.ENDED)
ASKED, SERVED, MIGRATED, ENDING, ENDED = State


def no(cause: str) -> Outcome:
    """Give a refusal."""
    return Outcome(Result.REFUSED, cause)


def kept(state: State | None, message: Message = MESSAGE) -> Kept | None:
    """Give a record, or none."""
    return None if state is None else Kept(message, state)


def bound() -> bool:
    """Say that the user is bound."""
    return True


def unbound() -> bool:
    """Say that the user is not."""
    return False


@pytest.mark.parametrize(
    ("state", "message", "outcome", "after"),
    [
        (None, MESSAGE, YES, Kept(MESSAGE, MIGRATED)),
        *((state, EARLIER, no("overtaken"), None) for state in (MIGRATED, ENDING, ENDED)),
        (MIGRATED, MESSAGE, YES, None),
        *((state, MESSAGE, no("ended"), None) for state in (ENDING, ENDED)),
        *((state, LATER, YES, Kept(LATER, MIGRATED)) for state in (MIGRATED, ENDING, ENDED)),
        (MIGRATED, evolve(MESSAGE, partner_user="somebody"), no("ended"), None),
    ],
)
def test_a_request_of_who_may_go(state: State | None, message: Message, outcome: Outcome, after: Kept | None) -> None:
    """At the primary, in every state; also one that says something else under the same name."""
    assert judged(message, kept(state), (), POLICY, unbound) == (outcome, after)


@pytest.mark.parametrize(
    ("state", "message", "outcome", "after"),
    [
        (None, MESSAGE, no("not_allowed"), None),
        *((state, EARLIER, no("overtaken"), None) for state in (MIGRATED, ENDING, ENDED)),
        (MIGRATED, MESSAGE, YES, None),
        *((state, MESSAGE, no("not_allowed"), None) for state in (ENDING, ENDED)),
        *((state, LATER, no("not_allowed"), Kept(LATER, ENDED)) for state in (MIGRATED, ENDING, ENDED)),
    ],
)
def test_a_request_of_who_may_not_go(
    state: State | None, message: Message, outcome: Outcome, after: Kept | None
) -> None:
    """Who is gone already stays gone until a further attempt; a no is the same no again."""
    assert judged(message, kept(state), (), NOBODY, unbound) == (outcome, after)


def test_who_may_not_go_is_told_why() -> None:
    """No agreement, not allowed, not bound, elsewhere already; what may be a yes another time is kept as over."""
    bound_only = Policy("home", {"partner": Partner(frozenset({"*"}), registered=True)})
    third = Kept(evolve(MESSAGE, partner_domain="third"), MIGRATED)
    fourth = evolve(MESSAGE, partner_domain="fourth")
    assert judged(fourth, None, (), POLICY, unbound) == (no("no_agreement"), None)
    assert judged(evolve(MESSAGE, home_user="bob"), None, (), POLICY, unbound) == (no("not_allowed"), None)
    assert judged(MESSAGE, None, (), bound_only, unbound) == (no("not_registered"), Kept(MESSAGE, ENDED))
    assert judged(MESSAGE, Kept(MESSAGE, ENDED), (), bound_only, unbound) == (no("not_registered"), None)
    assert judged(MESSAGE, Kept(MESSAGE, ENDED), (), bound_only, bound) == (no("ended"), None)
    assert judged(MESSAGE, None, (), bound_only, bound)[0] == YES
    assert judged(LATER, Kept(MESSAGE, MIGRATED), (), bound_only, unbound)[0] == YES  # bound no longer since it is gone
    assert judged(MESSAGE, None, (third,), POLICY, unbound) == (no("migrated_elsewhere"), Kept(MESSAGE, ENDED))
    assert judged(MESSAGE, None, (evolve(third, state=ENDING),), POLICY, unbound)[0] == YES
    elsewhere = evolve(MESSAGE, home_domain="other", partner_domain="partner")
    assert judged(elsewhere, None, (), POLICY, unbound)[0] == no("no_agreement")


@pytest.mark.parametrize(
    ("state", "message", "after"),
    [
        (None, MESSAGE, Kept(MESSAGE, ENDED)),
        *((state, EARLIER, None) for state in (MIGRATED, ENDING, ENDED)),
        *((state, MESSAGE, Kept(MESSAGE, ENDED)) for state in (MIGRATED, ENDING)),
        (ENDED, MESSAGE, None),
        *((state, LATER, Kept(LATER, ENDED)) for state in (MIGRATED, ENDING, ENDED)),
    ],
)
def test_an_end_that_the_partner_tells(state: State | None, message: Message, after: Kept | None) -> None:
    """It ends its attempt and those before, and is kept where it overtakes its request."""
    end = evolve(message, act=Act.END, by="partner")
    assert ended(end, kept(state), POLICY) == (OVER, after)
    if after is not None:
        assert judged(message, after, (), POLICY, bound) == (no("ended"), None)


def test_an_end_of_a_user_who_may_not_go() -> None:
    """It is heard where there is a record, and not kept where there is none."""
    end = evolve(MESSAGE, act=Act.END, by="partner")
    assert ended(end, None, NOBODY) == (no("not_allowed"), None)
    assert ended(end, Kept(MESSAGE, MIGRATED), NOBODY) == (OVER, Kept(MESSAGE, ENDED))


@pytest.mark.parametrize("state", [None, ASKED, SERVED, ENDING, ENDED])
def test_an_end_that_the_primary_tells(state: State | None) -> None:
    """It ends the attempt that is kept, which stays the partner's own; a name that is nobody's guest ends nothing."""
    after = None if state in {None, ENDED} else Kept(MESSAGE, ENDED)
    for message in (MESSAGE, evolve(MESSAGE, asked_at=2**53)):
        assert ended(evolve(message, act=Act.END, by="home"), kept(state), GUESTS) == (OVER, after)
    for other in ("bob", "visitor-8"):
        end = evolve(MESSAGE, act=Act.END, by="home", partner_user=other)
        assert ended(end, kept(state), GUESTS) == (no("no_guest"), None)
    if state is not None:
        end = evolve(EARLIER, act=Act.END, by="home")
        assert ended(end, kept(state), GUESTS) == (OVER, None)
        agreement_over = Policy("partner", {"home": Partner()})
        assert ended(evolve(MESSAGE, act=Act.END, by="home"), kept(state), agreement_over) == (OVER, after)


def test_a_new_attempt_is_later_than_all_before() -> None:
    """Even if the clock has been set back."""
    assert begun(MESSAGE, None) == Kept(MESSAGE, ASKED)
    assert begun(EARLIER, Kept(MESSAGE, SERVED)).message.order > MESSAGE.order
    assert begun(LATER, Kept(MESSAGE, ENDED)) == Kept(LATER, ASKED)


@pytest.mark.parametrize("outcome", [YES, no("not_allowed"), OVER, None])
@pytest.mark.parametrize("state", [None, ASKED, SERVED, ENDING, ENDED])
def test_an_answer_changes_what_is_asked(state: State | None, outcome: Outcome | None) -> None:
    """And nothing else: not an attempt that is over, nor a later one."""
    expected = ENDING if outcome is None else SERVED if outcome == YES else ENDED
    assert answered(MESSAGE, kept(state), outcome) == (Kept(MESSAGE, expected) if state is ASKED else None)
    assert answered(MESSAGE, kept(state, LATER), outcome) is None


def test_the_other_side_is_told_what_it_knows() -> None:
    """The attempt, and who ends it."""
    assert ending(Kept(MESSAGE, ENDING), POLICY) == evolve(MESSAGE, act=Act.END, by="home")


@pytest.mark.parametrize("state", [None, *State])
def test_where_a_user_is_served(state: State | None) -> None:
    """A guest while it is served, our own unless it is migrated; and who has nothing to do with it."""
    records: dict[Key, Kept] = {} if state is None else {Kept(MESSAGE, state).key: Kept(MESSAGE, state)}
    guest, own = whereabouts("visitor-7", GUESTS, records.get), whereabouts("alice", POLICY, records.get)
    assert guest is (None if state is SERVED else Whereabouts.NOT_MIGRATED)
    assert own is (Whereabouts.MIGRATED_AWAY if state is MIGRATED else None)
    assert whereabouts("bob", POLICY, records.get) is None
    assert whereabouts("alice", GUESTS, records.get) is None
    kept_at_home = Policy("home", {"partner": Partner(kept_at_home=True)})
    assert whereabouts("alice", kept_at_home, records.get) is None
