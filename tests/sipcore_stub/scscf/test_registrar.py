"""The table as data; the journeys over its rows are in test_registering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.hss.hss import Flag
from sipcore_stub.scscf.registrar import IMPOSSIBLE, TABLE, Effect, Input, State, step

ANSWERS = {Effect.CHALLENGE, Effect.GRANT, Effect.REFUSE}
MESSAGES = {
    Input.UNPROVEN,
    Input.OUT_OF_STEP,
    Input.PROVED,
    Input.PROVED_LEAVING,
    Input.PROVED_ASKING,
    Input.DISPROVED,
    Input.ELSEWHERE,
    Input.VOUCHED,
    Input.VOUCHED_LEAVING,
    Input.VOUCHED_ASKING,
    Input.STRANGE,
}


def test_every_input_in_every_state_is_thought_of() -> None:
    """Each has its row, or a reason why it cannot happen; none has both."""
    assert set(TABLE) | set(IMPOSSIBLE) == {(state, event) for state in State for event in Input}
    assert not set(TABLE) & set(IMPOSSIBLE)


@pytest.mark.parametrize(("state", "event"), TABLE)
def test_a_register_has_one_answer_and_nothing_else_has_one(state: State, event: Input) -> None:
    """Each row of a message answers it exactly once; a timer answers nobody."""
    _, effects = TABLE[state, event]
    assert len(ANSWERS & set(effects)) == (1 if event in MESSAGES else 0)
    assert event not in MESSAGES or effects[0] in ANSWERS


@pytest.mark.parametrize(("state", "event"), TABLE)
def test_servers_hear_of_what_changes(state: State, event: Input) -> None:
    """Whoever becomes registered is told as new, whoever ceases to be as gone; a challenge tells nobody."""
    after, effects = TABLE[state, event]
    if not state.registered and after.registered:
        assert Effect.TELL_INITIAL in effects
    if state.registered and not after.registered:
        assert Effect.TELL_GONE in effects
    if Effect.CHALLENGE in effects or Effect.REFUSE in effects:
        assert len(effects) == 1


@pytest.mark.parametrize(("state", "event"), TABLE)
def test_only_a_proof_registers(state: State, event: Input) -> None:
    """No other input leads to a state with bindings that was not there before."""
    after, _ = TABLE[state, event]
    assert state.registered or not after.registered or event is Input.PROVED


@given(st.lists(st.sampled_from(Input)))
def test_any_inputs_in_any_order_keep_it_sane(events: list[Input]) -> None:
    """What happens to nobody is ignored; the flag always says whether bindings stand."""
    state = State.NOT_REGISTERED
    for event in events:
        before = state
        state, effects = step(state, event)
        assert (before, event) in TABLE or (state is before and not effects)
        assert (state.flag is Flag.REGISTERED) is state.registered


def test_the_flag_is_pending_only_before_the_first_proof() -> None:
    """A registered user who is challenged again stays registered."""
    assert [state.flag for state in State] == [
        Flag.NOT_REGISTERED,
        Flag.PENDING,
        Flag.REGISTERED,
        Flag.REGISTERED,
    ]
