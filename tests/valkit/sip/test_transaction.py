"""The tables of RFC 3261 section 17 as data: every row, every pause between sends, and any sequence of inputs."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.transaction import (
    CLIENT,
    DEFAULT_TIMERS,
    IMS_UE_TIMERS,
    INVITE_CLIENT,
    INVITE_SERVER,
    SERVER,
    Action,
    Event,
    Input,
    State,
    Table,
    Timer,
    Timers,
    heard,
    step,
)

TABLES = {"invite client": INVITE_CLIENT, "client": CLIENT, "invite server": INVITE_SERVER, "server": SERVER}
EVENTS: list[Event] = [*Input, *Timer]
tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def reachable(table: Table) -> Iterator[State]:
    """Walk the table from where its figure starts."""
    seen, todo = {State.NEW}, [State.NEW]
    while todo:
        yield (state := todo.pop())
        onward = {after for (before, _), (after, _) in table.items() if before is state} - seen
        seen |= onward
        todo += onward


class Machine:
    """One transaction, stepped by hand over an unreliable transport, its timers fired when their time has come."""

    def __init__(self, table: Table, timers: Timers = DEFAULT_TIMERS) -> None:
        """Stand where the figure starts."""
        self.table, self.timers, self.state, self.now = table, timers, State.NEW, 0.0
        self.running: dict[Timer, float] = {}
        self.fired: dict[Timer, int] = {}
        self.done: list[tuple[float, Action]] = []

    def tell(self, event: Event) -> None:
        """Take one step and start the timers it wants."""
        self.state, actions = step(self.table, self.state, event)
        for action in actions:
            if isinstance(action, Timer):
                pause = self.timers.seconds(action, self.state, reliable=False, fired=self.fired.get(action, 0))
                assert pause is not None
                self.running[action] = self.now + pause
            else:
                self.done.append((self.now, action))

    def run_until(self, end: float) -> None:
        """Fire what is due, in order."""
        while self.running and min(self.running.values()) <= end:
            timer = min(self.running, key=self.running.__getitem__)
            self.now = self.running.pop(timer)
            self.fired[timer] = self.fired.get(timer, 0) + 1
            self.tell(timer)
        self.now = end

    def stands(self, state: State) -> bool:
        """Whether this is the state now."""
        return self.state is state

    def times(self, *actions: Action) -> list[float]:
        """When one of these actions was to be done."""
        return [at for at, action in self.done if action in actions]


@tables
def test_every_row_can_be_reached(table: Table) -> None:
    """No row starts from a state to which nothing leads."""
    assert {state for state, _ in table} <= set(reachable(table))


@tables
def test_every_state_leads_to_the_end(table: Table) -> None:
    """From each state but INVITE's Proceeding, whose end is the user's or the peer's doing, timers alone end it."""
    for state in set(reachable(table)) - {State.TERMINATED, State.NEW}:
        waits = {event for before, event in table if before is state and isinstance(event, Timer)}
        ends = {timer for timer in waits if table[state, timer][0] is State.TERMINATED}
        assert ends or state in {State.PROCEEDING, State.TRYING}


@tables
def test_a_timer_that_is_started_is_heard(table: Table) -> None:
    """Each timer that a row starts has a row in the state that follows."""
    for after, actions in table.values():
        for timer in actions:
            assert not isinstance(timer, Timer) or (after, timer) in table


@tables
def test_an_input_without_a_row_is_ignored(table: Table) -> None:
    """Whatever the figure does not show changes nothing."""
    for state in State:
        for event in EVENTS:
            if (state, event) not in table:
                assert step(table, state, event) == (state, ())


@tables
def test_terminated_is_the_end(table: Table) -> None:
    """Nothing leads out of Terminated."""
    assert all(state is not State.TERMINATED for state, _ in table)


def test_a_non_invite_request_is_sent_eleven_times() -> None:
    """Into silence the request goes at 0, 0.5, 1.5, 3.5 s and every T2 after, and fails at 64*T1 (Figure 6)."""
    machine = Machine(CLIENT)
    machine.tell(Input.BEGIN)
    machine.run_until(60)
    assert machine.times(Action.SEND, Action.RESEND) == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert machine.times(Action.INFORM_TIMEOUT) == [32]
    assert machine.stands(State.TERMINATED)


def test_an_invite_is_sent_seven_times() -> None:
    """Into silence the INVITE goes out seven times, each pause twice the last, and fails at 64*T1 (17.1.1.2)."""
    machine = Machine(INVITE_CLIENT)
    machine.tell(Input.BEGIN)
    machine.run_until(60)
    assert machine.times(Action.SEND, Action.RESEND) == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert machine.times(Action.INFORM_TIMEOUT) == [32]


def test_a_provisional_response_slows_a_request_and_silences_an_invite() -> None:
    """After a 1xx a non-INVITE request goes out every T2 (17.1.2.2), an INVITE no more (17.1.1.2)."""
    slow, silent = Machine(CLIENT), Machine(INVITE_CLIENT)
    for machine in (slow, silent):
        machine.tell(Input.BEGIN)
        machine.run_until(0.1)
        machine.tell(Input.PROVISIONAL)
        machine.run_until(60)
    assert slow.times(Action.RESEND) == [0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5]
    assert slow.times(Action.INFORM_TIMEOUT) == [32]
    assert silent.times(Action.RESEND) == []
    assert silent.stands(State.PROCEEDING)


def test_a_refused_invite_is_repeated_until_the_ack() -> None:
    """A final refusal goes out with doubling pauses up to T2 (Timer G) until the ACK, or 64*T1 without one."""
    machine = Machine(INVITE_SERVER)
    machine.tell(Input.BEGIN)
    machine.tell(Input.REFUSAL)
    machine.run_until(8)
    assert machine.times(Action.SEND, Action.RESEND) == [0, 0.5, 1.5, 3.5, 7.5]
    machine.tell(Input.ACK)
    machine.run_until(12.9)
    assert machine.stands(State.CONFIRMED)
    machine.run_until(13)
    assert machine.stands(State.TERMINATED)
    assert machine.times(Action.RESEND)[-1] == 7.5


def test_an_invite_nobody_answers_gets_trying() -> None:
    """The server says 100 after 200 ms (17.2.1)."""
    machine = Machine(INVITE_SERVER)
    machine.tell(Input.BEGIN)
    machine.run_until(1)
    assert machine.times(Action.SEND_TRYING) == [0.2]


def test_an_accepted_invite_is_remembered() -> None:
    """Retransmissions of an INVITE answered 2xx are absorbed for 64*T1, and its ACKs passed up (RFC 6026)."""
    machine = Machine(INVITE_SERVER)
    for event in (Input.BEGIN, Input.SUCCESS, Input.REQUEST, Input.ACK):
        machine.tell(event)
    assert [action for _, action in machine.done] == [Action.DELIVER, Action.SEND, Action.DELIVER]
    machine.run_until(31.9)
    assert machine.stands(State.ACCEPTED)
    machine.run_until(32)
    assert machine.stands(State.TERMINATED)


def test_the_ims_timers() -> None:
    """At the UE a request is given up after 128 s, and its pauses start at 2 s and end at 16 s (TS 24.229 7.7.1)."""
    machine = Machine(CLIENT, IMS_UE_TIMERS)
    machine.tell(Input.BEGIN)
    machine.run_until(200)
    sends = machine.times(Action.SEND, Action.RESEND)
    assert [later - earlier for earlier, later in pairwise(sends)][:5] == [2, 4, 8, 16, 16]
    assert machine.times(Action.INFORM_TIMEOUT) == [128]


@pytest.mark.parametrize("timer", Timer)
def test_a_reliable_transport_resends_nothing_and_waits_for_nothing(timer: Timer) -> None:
    """Over TCP timers A, E and G never start, D, I, J and K are zero, and the others as over UDP (Table 4)."""
    reliable = DEFAULT_TIMERS.seconds(timer, State.TRYING, reliable=True)
    if timer in {Timer.A, Timer.E, Timer.G}:
        assert reliable is None
    elif timer in {Timer.D, Timer.I, Timer.J, Timer.K}:
        assert reliable == 0
    else:
        assert reliable == DEFAULT_TIMERS.seconds(timer, State.TRYING, reliable=False)


def test_timer_d_is_never_short() -> None:
    """A small T1 of ours says nothing about the server's: Timer D stays at 32 s or more (17.1.1.2)."""
    assert Timers(t1=0.01).seconds(Timer.D, State.COMPLETED, reliable=False) == 32
    assert IMS_UE_TIMERS.seconds(Timer.D, State.COMPLETED, reliable=False) == 128


@pytest.mark.parametrize("value", [0, -1])
def test_timers_are_positive(value: float) -> None:
    """No timer value may be zero or less: the machines would spin."""
    with pytest.raises(ValueError, match="t1"):
        Timers(t1=value)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (100, Input.PROVISIONAL),
        (199, Input.PROVISIONAL),
        (200, Input.SUCCESS),
        (299, Input.SUCCESS),
        (300, Input.REFUSAL),
        (401, Input.REFUSAL),
        (699, Input.REFUSAL),
    ],
)
def test_the_class_of_a_status(status: int, expected: Input) -> None:
    """100-199 is provisional, 200-299 a success, 300-699 a refusal."""
    assert heard(status) is expected


@given(st.sampled_from([CLIENT, SERVER]), st.lists(st.sampled_from(EVENTS)))
def test_one_final_response_at_most(table: Table, events: list[Event]) -> None:
    """Whatever arrives in whatever order, a non-INVITE transaction passes on one final response and stays sane."""
    state, finals = State.NEW, 0
    for event in [Input.BEGIN, *events]:
        state, actions = step(table, state, event)
        assert state in State
        passed = Action.DELIVER if table is CLIENT else Action.SEND
        finals += event in {Input.SUCCESS, Input.REFUSAL} and passed in actions
    assert finals <= 1


@given(st.sampled_from([INVITE_CLIENT, INVITE_SERVER]), st.lists(st.sampled_from(EVENTS)))
def test_an_invite_is_refused_once_or_accepted(table: Table, events: list[Event]) -> None:
    """Whatever arrives in whatever order, an INVITE is never both accepted and refused, nor refused twice."""
    state, outcomes = State.NEW, []
    for event in [Input.BEGIN, *events]:
        state, actions = step(table, state, event)
        passed = Action.DELIVER if table is INVITE_CLIENT else Action.SEND
        if event in {Input.SUCCESS, Input.REFUSAL} and passed in actions:
            outcomes.append(event)
    assert outcomes in ([], [Input.REFUSAL]) or set(outcomes) == {Input.SUCCESS}


@given(st.sampled_from([INVITE_CLIENT, CLIENT]), st.lists(st.sampled_from(EVENTS)))
def test_a_client_fails_or_succeeds(table: Table, events: list[Event]) -> None:
    """A client tells its user of one failure at most, and after it of nothing else."""
    state, told = State.NEW, []
    for event in [Input.BEGIN, *events]:
        state, actions = step(table, state, event)
        told += [action for action in actions if action in {Action.INFORM_TIMEOUT, Action.INFORM_TRANSPORT}]
    assert len(told) <= 1
    assert not told or state is State.TERMINATED
