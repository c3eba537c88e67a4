"""The table as data; the journeys over its rows are in test_registering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.contacts import Binding
from sipcore_stub.hss import Flag
from sipcore_stub.registrar import TABLE, Challenge, Effect, Input, Registration, State, judge, step
from tests.sipcore_stub.parts import IMPI, Phone, card
from valkit.aka.digest import Algorithm
from valkit.aka.vectors import generate
from valkit.sip.headers import NameAddr

ANSWERS = {Effect.CHALLENGE, Effect.GRANT, Effect.REFUSE}
MESSAGES = {
    Input.UNPROVEN,
    Input.OUT_OF_STEP,
    Input.PROVED,
    Input.PROVED_LEAVING,
    Input.PROVED_ASKING,
    Input.DISPROVED,
    Input.ELSEWHERE,
}
CHALLENGE = Challenge(
    IMPI, "home.example", "nonce", generate(card(), bytes(16), 1, bytes(2)), Algorithm.AKAV1_MD5, "first", 240.0
)
BINDING = Binding(NameAddr.parse("<sip:a@192.0.2.1>"), (), "first", 1, 3600.0)


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


@pytest.mark.parametrize("state", State)
def test_every_register_is_answered_in_every_state(state: State) -> None:
    """Without a challenge a REGISTER can only be unproven; with one, every judgement has its row."""
    possible = MESSAGES if state.challenged else {Input.UNPROVEN}
    assert {event for event in possible if (state, event) in TABLE} == possible


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


def test_a_step_drops_what_the_new_state_cannot_have() -> None:
    """A challenge goes with the state that has one, and so do bindings."""
    registration = Registration(IMPI, State.RECHALLENGED, CHALLENGE, (BINDING,))
    proved, _ = registration.stepped(Input.PROVED)
    assert (proved.challenge, proved.bindings) == (None, (BINDING,))
    expired, _ = registration.stepped(Input.EXPIRED)
    assert (expired.challenge, expired.bindings) == (CHALLENGE, ())


def test_the_next_deadline_is_the_earlier_one() -> None:
    """reg-await-auth and expiry run side by side; the later of several contacts ends a registration."""
    assert Registration(IMPI).deadline() is None
    assert Registration(IMPI, challenge=CHALLENGE).deadline() == (240.0, Input.SILENT)
    assert Registration(IMPI, challenge=CHALLENGE, bindings=(BINDING,)).deadline() == (240.0, Input.SILENT)
    later = Binding(BINDING.contact, (), "second", 1, 7200.0)
    assert Registration(IMPI, bindings=(BINDING, later)).deadline() == (7200.0, Input.EXPIRED)


@pytest.mark.parametrize("nonce", ["", "another", "NONCE"])
def test_what_answers_no_challenge_of_ours_is_unproven(nonce: str) -> None:
    """No nonce, a foreign one, or ours in other letters."""
    request = Phone().register(Authorization=f'Digest username="{IMPI}", nonce="{nonce}", response="00"')
    assert judge(CHALLENGE, request, Input.PROVED).event is Input.UNPROVEN


def test_credentials_that_are_not_whole_are_wrong() -> None:
    """An answer to our challenge without uri or cnonce proves nothing."""
    request = Phone().register(Authorization=f'Digest username="{IMPI}", nonce="nonce", response="00", qop=auth')
    assert judge(CHALLENGE, request, Input.PROVED).event is Input.DISPROVED


def test_a_registration_shows_no_message() -> None:
    """The last REGISTER holds a token and is not in what a log would print."""
    assert "REGISTER sip" not in repr(Registration(IMPI, last=Phone().register()))
