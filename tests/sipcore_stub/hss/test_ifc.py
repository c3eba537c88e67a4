import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.hss.ere import Ere
from sipcore_stub.hss.ifc import (
    CaseIs,
    Criterion,
    HeaderIs,
    MethodIs,
    RegistrationType,
    SessionCase,
    Situation,
    Trigger,
    TriggerPoint,
    UriMatches,
    matching,
)
from tests.sipcore_stub.parts import Phone, publish

REGISTER = Situation(Phone().register(), registration=RegistrationType.AGAIN)
PUBLISH = Situation(publish())

T, F = Trigger(MethodIs("PUBLISH")), Trigger(MethodIs("REGISTER"))


def test_a_method_compares_with_case() -> None:
    """RFC 3261 7.1: methods know case."""
    assert MethodIs("PUBLISH").holds(PUBLISH)
    assert not MethodIs("publish").holds(PUBLISH)


@pytest.mark.parametrize(
    ("kinds", "holds"),
    [
        ((), True),
        ((RegistrationType.AGAIN,), True),
        ((RegistrationType.INITIAL, RegistrationType.AGAIN), True),
        ((RegistrationType.INITIAL, RegistrationType.GONE), False),
    ],
)
def test_a_register_is_of_a_type(kinds: tuple[RegistrationType, ...], holds: bool) -> None:
    """No type named means any; up to all of them may be."""
    assert MethodIs("REGISTER", frozenset(kinds)).holds(REGISTER) is holds


def test_a_header_is_there_or_contains_a_match() -> None:
    """Without pattern it is enough that the header is there, in any spelling of its name."""
    assert HeaderIs("o").holds(PUBLISH)
    assert HeaderIs("Event", Ere("poc")).holds(PUBLISH)
    assert not HeaderIs("Event", Ere("presence")).holds(PUBLISH)
    assert not HeaderIs("Subject").holds(PUBLISH)


def test_the_request_uri_and_the_session_case() -> None:
    """Two conditions that look beside the headers."""
    assert UriMatches(Ere("^sip:val@")).holds(PUBLISH)
    assert not UriMatches(Ere("^sip:val@")).holds(REGISTER)
    assert CaseIs(SessionCase.ORIGINATING).holds(PUBLISH)
    assert not CaseIs(SessionCase.TERMINATING_REGISTERED).holds(PUBLISH)


def in_group(trigger: Trigger, *groups: int) -> Trigger:
    """Put a trigger into groups."""
    return Trigger(trigger.condition, trigger.negated, frozenset(groups))


@pytest.mark.parametrize(
    ("triggers", "conjunctive", "matches"),
    [
        ((T, T), False, True),
        ((T, F), False, False),
        ((in_group(T, 0), in_group(F, 1)), False, True),
        ((T, F), True, True),
        ((in_group(T, 0), in_group(F, 1)), True, False),
        ((in_group(T, 0), in_group(F, 1), in_group(T, 1)), True, True),
        ((in_group(T, 0, 1), in_group(F, 1)), True, True),
    ],
    ids=("and", "and not", "or of groups", "or within", "and of groups", "(a) and (b or c)", "in two groups"),
)
def test_normal_forms(triggers: tuple[Trigger, ...], conjunctive: bool, matches: bool) -> None:
    """Disjunctive: all of one group. Conjunctive: one of every group (TS 29.228 B.2.2)."""
    assert TriggerPoint(triggers, conjunctive).matches(PUBLISH) is matches


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.frozensets(st.integers(0, 3), min_size=1)), min_size=1))
def test_both_normal_forms_are_each_others_negation(given_triggers: list[tuple[bool, bool, frozenset[int]]]) -> None:
    """By De Morgan: a disjunctive point matches when the conjunctive one of negated triggers does not."""
    triggers = tuple(
        Trigger(MethodIs("PUBLISH" if holds else "REGISTER"), negated, groups)
        for holds, negated, groups in given_triggers
    )
    negations = tuple(Trigger(each.condition, not each.negated, each.groups) for each in triggers)
    assert TriggerPoint(triggers).matches(PUBLISH) is not TriggerPoint(negations, conjunctive=True).matches(PUBLISH)


def test_a_criterion_without_trigger_is_for_everything() -> None:
    """TS 29.228 B.2.2: no trigger point means unconditional."""
    assert TriggerPoint().matches(PUBLISH)


def test_servers_are_asked_by_priority() -> None:
    """The lower number first, those that do not match left out."""
    second = Criterion("sip:2", TriggerPoint((T,)), priority=20)
    first = Criterion("sip:1", TriggerPoint((T,)), priority=3)
    other = Criterion("sip:3", TriggerPoint((F,)), priority=1)
    assert matching([second, other, first], PUBLISH) == (first, second)
