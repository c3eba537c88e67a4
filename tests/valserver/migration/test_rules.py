"""The rules of both sides, as a table."""

from attrs import evolve

from tests.valserver.migration.test_messages import MESSAGE
from valserver.migration.messages import Act, Outcome, Result
from valserver.migration.rules import Kept, Partner, Policy, State, ended, ending, judged

POLICY = Policy("home", {"partner": Partner(frozenset({"alice"})), "third": Partner(frozenset({"*"}))})
LATER = evolve(MESSAGE, id="attempt-2", asked_at=MESSAGE.asked_at + 1)
YES = Outcome(Result.MIGRATED)


def no(cause: str) -> Outcome:
    """Give a refusal."""
    return Outcome(Result.REFUSED, cause)


def test_who_is_let_go_is_kept_as_migrated() -> None:
    """Once; the same again changes nothing."""
    outcome, kept = judged(MESSAGE, None, (), POLICY, bound=False)
    assert (outcome, kept) == (YES, Kept(MESSAGE, State.MIGRATED))
    assert judged(MESSAGE, kept, (), POLICY, bound=False) == (YES, None)
    assert judged(LATER, kept, (), POLICY, bound=False) == (YES, Kept(LATER, State.MIGRATED))


def test_an_attempt_that_was_overtaken_or_ended_is_refused() -> None:
    """Also one that says something else under the same name."""
    assert judged(MESSAGE, Kept(LATER, State.MIGRATED), (), POLICY, bound=True)[0] == no("overtaken")
    assert judged(MESSAGE, Kept(LATER, State.ENDED), (), POLICY, bound=True)[0] == no("overtaken")
    assert judged(MESSAGE, Kept(MESSAGE, State.ENDED), (), POLICY, bound=True)[0] == no("ended")
    other = evolve(MESSAGE, partner_user="somebody")
    assert judged(other, Kept(MESSAGE, State.MIGRATED), (), POLICY, bound=True)[0] == no("ended")


def test_who_may_not_go_is_told_why() -> None:
    """No agreement, not allowed, not bound, elsewhere already."""
    cases = {
        "no_agreement": (evolve(MESSAGE, partner_domain="fourth"), POLICY, ()),
        "not_allowed": (evolve(MESSAGE, home_user="bob"), POLICY, ()),
        "not_registered": (MESSAGE, Policy("home", {"partner": Partner(frozenset({"*"}), registered=True)}), ()),
        "migrated_elsewhere": (MESSAGE, POLICY, (Kept(evolve(MESSAGE, partner_domain="third"), State.MIGRATED),)),
    }
    for cause, (message, policy, others) in cases.items():
        assert judged(message, None, others, policy, bound=False) == (no(cause), None)
    back = (Kept(evolve(MESSAGE, partner_domain="third"), State.ENDING),)
    assert judged(MESSAGE, None, back, POLICY, bound=False)[0] == YES
    elsewhere = evolve(MESSAGE, home_domain="other", partner_domain="partner")
    assert judged(elsewhere, None, (), POLICY, bound=False)[0] == no("no_agreement")


def test_an_end_ends_its_attempt_and_those_before() -> None:
    """And keeps one from beginning that comes late; a later one goes on."""
    end = evolve(MESSAGE, act=Act.END, by="partner")
    over = Kept(MESSAGE, State.ENDED)
    assert ended(end, None) == over
    assert ended(end, Kept(MESSAGE, State.MIGRATED)) == over
    assert ended(end, over) is None
    assert ended(end, Kept(LATER, State.MIGRATED)) is None
    assert judged(MESSAGE, over, (), POLICY, bound=True)[0] == no("ended")
    assert ending(over, POLICY) == evolve(MESSAGE, act=Act.END, by="home")


def test_guests_are_known_by_mapping_or_pattern() -> None:
    """Our own users are nobody's guests."""
    policy = Policy("partner", {"home": Partner(guests={"visitor-7": "alice"}, pattern=("x-", "@home"))})
    assert policy.guest("visitor-7") == ("home", "alice")
    assert policy.guest("x-bob@home") == ("home", "bob")
    for own in ("alice", "x-@home", "bob@home", "x-bob", "x-@hom"):
        assert policy.guest(own) is None
    assert Policy("partner", {"home": Partner()}).guest("visitor-7") is None
