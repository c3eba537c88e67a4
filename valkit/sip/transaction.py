"""The four transaction machines of RFC 3261 section 17, with the Accepted states of RFC 6026, as literal tables.

Everything about the machines' states stands here and nowhere else. A row is one arrow of the RFC's figure: in this
state, on this input, go to that state and do these things in this order. A timer among the inputs has fired; a timer
among the actions is to be started (again). No machine sends, sleeps or reads a clock: `valkit.sip.layer` gives
meaning to the actions, and `Timers` says how long each timer runs.
"""

from collections.abc import Mapping
from enum import StrEnum, auto

from attrs import field, frozen, validators


class _Word(StrEnum):
    """A word of the tables, found in them by the string it is: Enum would hash it in Python each time."""

    __hash__ = str.__hash__


class State(_Word):
    """Where a transaction stands. `NEW` is the point from which a figure's first arrow starts."""

    NEW = auto()
    CALLING = auto()
    TRYING = auto()
    PROCEEDING = auto()
    ACCEPTED = auto()
    COMPLETED = auto()
    CONFIRMED = auto()
    TERMINATED = auto()


class Input(_Word):
    """What a transaction is told, beside its timers. Responses are received by a client, given by a server's user."""

    BEGIN = auto()
    """The request that makes the transaction: given by the user of a client, received by a server."""
    PROVISIONAL = auto()
    """A response 100-199."""
    SUCCESS = auto()
    """A response 200-299."""
    REFUSAL = auto()
    """A response 300-699."""
    REQUEST = auto()
    """A retransmission of the request."""
    ACK = auto()
    TRANSPORT_ERROR = auto()


class Timer(_Word):
    """The timers of RFC 3261 Table 4 and RFC 6026, and the 200 ms within which an INVITE is to be answered."""

    A = "timer A"
    B = "timer B"
    D = "timer D"
    E = "timer E"
    F = "timer F"
    G = "timer G"
    H = "timer H"
    I = "timer I"  # noqa: E741 - the RFC's letter
    J = "timer J"
    K = "timer K"
    L = "timer L"
    M = "timer M"
    TRYING = "timer of 100 Trying"


class Action(_Word):
    """What is to be done beside starting timers. *The message* is the one that came with the input."""

    SEND = auto()
    """Pass the message to the transport, and remember it as the last one sent."""
    RESEND = auto()
    """Pass the last message sent to the transport once more; nothing when there is none."""
    SEND_TRYING = auto()
    """Send 100 Trying, unless a provisional response went out already (17.2.1)."""
    SEND_ACK = auto()
    """Build the ACK for the message (17.1.1.3) and send it to where the request went."""
    DELIVER = auto()
    """Pass the message up to the transaction's user."""
    INFORM_TIMEOUT = auto()
    """Tell the user that the peer kept silent."""
    INFORM_TRANSPORT = auto()
    """Tell the user that the transport broke."""


Event = Input | Timer
Actions = tuple[Action | Timer, ...]
Table = Mapping[tuple[State, Event], tuple[State, Actions]]

S, I, T, A = State, Input, Timer, Action  # noqa: E741 - rows are read, letter by letter, against the figures

# INVITE client: RFC 3261 Figure 5 as replaced by RFC 6026 Figure 5. Proceeding sends nothing, so the figure has no
# transport error there; ours is the connection that breaks while the answer is awaited (17.1.4).
INVITE_CLIENT: Table = {
    (S.NEW, I.BEGIN): (S.CALLING, (A.SEND, T.A, T.B)),
    (S.CALLING, T.A): (S.CALLING, (A.RESEND, T.A)),
    (S.CALLING, T.B): (S.TERMINATED, (A.INFORM_TIMEOUT,)),
    (S.CALLING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.INFORM_TRANSPORT,)),
    (S.CALLING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
    (S.CALLING, I.SUCCESS): (S.ACCEPTED, (A.DELIVER, T.M)),
    (S.CALLING, I.REFUSAL): (S.COMPLETED, (A.SEND_ACK, A.DELIVER, T.D)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
    (S.PROCEEDING, I.SUCCESS): (S.ACCEPTED, (A.DELIVER, T.M)),
    (S.PROCEEDING, I.REFUSAL): (S.COMPLETED, (A.SEND_ACK, A.DELIVER, T.D)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.INFORM_TRANSPORT,)),
    (S.ACCEPTED, I.SUCCESS): (S.ACCEPTED, (A.DELIVER,)),
    (S.ACCEPTED, T.M): (S.TERMINATED, ()),
    (S.COMPLETED, I.REFUSAL): (S.COMPLETED, (A.SEND_ACK,)),
    (S.COMPLETED, I.TRANSPORT_ERROR): (S.TERMINATED, (A.INFORM_TRANSPORT,)),
    (S.COMPLETED, T.D): (S.TERMINATED, ()),
}

# Non-INVITE client: RFC 3261 Figure 6
CLIENT: Table = {
    (S.NEW, I.BEGIN): (S.TRYING, (A.SEND, T.E, T.F)),
    (S.TRYING, T.E): (S.TRYING, (A.RESEND, T.E)),
    (S.TRYING, T.F): (S.TERMINATED, (A.INFORM_TIMEOUT,)),
    (S.TRYING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.INFORM_TRANSPORT,)),
    (S.TRYING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
    (S.TRYING, I.SUCCESS): (S.COMPLETED, (A.DELIVER, T.K)),
    (S.TRYING, I.REFUSAL): (S.COMPLETED, (A.DELIVER, T.K)),
    (S.PROCEEDING, T.E): (S.PROCEEDING, (A.RESEND, T.E)),
    (S.PROCEEDING, T.F): (S.TERMINATED, (A.INFORM_TIMEOUT,)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.INFORM_TRANSPORT,)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
    (S.PROCEEDING, I.SUCCESS): (S.COMPLETED, (A.DELIVER, T.K)),
    (S.PROCEEDING, I.REFUSAL): (S.COMPLETED, (A.DELIVER, T.K)),
    (S.COMPLETED, T.K): (S.TERMINATED, ()),
}

# INVITE server: RFC 3261 Figure 7 as replaced by RFC 6026 Figure 7. A transport error is told and ends nothing.
INVITE_SERVER: Table = {
    (S.NEW, I.BEGIN): (S.PROCEEDING, (A.DELIVER, T.TRYING)),
    (S.PROCEEDING, T.TRYING): (S.PROCEEDING, (A.SEND_TRYING,)),
    (S.PROCEEDING, I.REQUEST): (S.PROCEEDING, (A.RESEND,)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (S.PROCEEDING, I.SUCCESS): (S.ACCEPTED, (A.SEND, T.L)),
    (S.PROCEEDING, I.REFUSAL): (S.COMPLETED, (A.SEND, T.G, T.H)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.PROCEEDING, (A.INFORM_TRANSPORT,)),
    (S.ACCEPTED, I.SUCCESS): (S.ACCEPTED, (A.SEND,)),
    (S.ACCEPTED, I.ACK): (S.ACCEPTED, (A.DELIVER,)),
    (S.ACCEPTED, I.TRANSPORT_ERROR): (S.ACCEPTED, (A.INFORM_TRANSPORT,)),
    (S.ACCEPTED, T.L): (S.TERMINATED, ()),
    (S.COMPLETED, I.REQUEST): (S.COMPLETED, (A.RESEND,)),
    (S.COMPLETED, T.G): (S.COMPLETED, (A.RESEND, T.G)),
    (S.COMPLETED, I.ACK): (S.CONFIRMED, (T.I,)),
    (S.COMPLETED, T.H): (S.TERMINATED, (A.INFORM_TIMEOUT,)),
    (S.COMPLETED, I.TRANSPORT_ERROR): (S.COMPLETED, (A.INFORM_TRANSPORT,)),
    (S.CONFIRMED, T.I): (S.TERMINATED, ()),
}

# Non-INVITE server: RFC 3261 Figure 8, transport errors as in RFC 6026
SERVER: Table = {
    (S.NEW, I.BEGIN): (S.TRYING, (A.DELIVER,)),
    (S.TRYING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (S.TRYING, I.SUCCESS): (S.COMPLETED, (A.SEND, T.J)),
    (S.TRYING, I.REFUSAL): (S.COMPLETED, (A.SEND, T.J)),
    (S.PROCEEDING, I.REQUEST): (S.PROCEEDING, (A.RESEND,)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (S.PROCEEDING, I.SUCCESS): (S.COMPLETED, (A.SEND, T.J)),
    (S.PROCEEDING, I.REFUSAL): (S.COMPLETED, (A.SEND, T.J)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.PROCEEDING, (A.INFORM_TRANSPORT,)),
    (S.COMPLETED, I.REQUEST): (S.COMPLETED, (A.RESEND,)),
    (S.COMPLETED, I.TRANSPORT_ERROR): (S.COMPLETED, (A.INFORM_TRANSPORT,)),
    (S.COMPLETED, T.J): (S.TERMINATED, ()),
}


def step(table: Table, state: State, event: Event) -> tuple[State, Actions]:
    """Give the state after this event and what is to be done; an event without a row changes and does nothing."""
    return table.get((state, event)) or (state, ())


def heard(status: int) -> Input:
    """Say which input a response of this status is, to a client that receives it or a server that is given it."""
    if status < 200:
        return Input.PROVISIONAL
    return Input.SUCCESS if status < 300 else Input.REFUSAL


RETRANSMITTING = frozenset({Timer.A, Timer.E, Timer.G})
"""Timers that resend: over a reliable transport they never start (17.1.1.2, 17.1.2.2, 17.2.1)."""

ABSORBING = frozenset({Timer.D, Timer.I, Timer.J, Timer.K})
"""Timers that wait for late datagrams: over a reliable transport they are zero."""


@frozen
class Timers:
    """How long the timers run, in seconds (RFC 3261 Table 4)."""

    t1: float = field(default=0.5, validator=validators.gt(0))
    """Estimate of the round-trip time."""
    t2: float = field(default=4.0, validator=validators.gt(0))
    """Longest pause between two retransmissions of a non-INVITE request or an INVITE's response."""
    t4: float = field(default=5.0, validator=validators.gt(0))
    """Longest time that a message stays in the network."""

    @property
    def lifetime(self) -> float:
        """64*T1: timers B, F, H, J, L and M."""
        return 64.0 * self.t1

    def seconds(self, timer: Timer, state: State, *, reliable: bool, fired: int = 0) -> float | None:
        """Say how long a timer started in this state runs, having fired so often; None: it does not start."""
        if reliable and timer in RETRANSMITTING:
            return None
        if reliable and timer in ABSORBING:
            return 0.0
        return self._pause(timer, state, fired) if timer in RETRANSMITTING else self._wait(timer)

    def _pause(self, timer: Timer, state: State, fired: int) -> float:
        """Until the next retransmission: doubling, save A (17.1.1.2) up to T2; T2 after a 1xx (17.1.2.2)."""
        if timer is Timer.E and state is State.PROCEEDING:
            return self.t2
        doubled = self.t1 * float(2**fired)
        return doubled if timer is Timer.A else min(doubled, self.t2)

    def _wait(self, timer: Timer) -> float:
        match timer:
            case Timer.I | Timer.K:
                return self.t4
            case Timer.D:
                return max(32.0, self.lifetime)  # 17.1.1.2: at least 32 s, and Timer H of a server with our T1
            case Timer.TRYING:
                return 0.2
        return self.lifetime


DEFAULT_TIMERS = Timers()
"""Between the nodes of the core network (TS 24.229 table 7.7.1, as RFC 3261)."""

IMS_UE_TIMERS = Timers(t1=2.0, t2=16.0, t4=17.0)
"""At the UE, and at the P-CSCF towards the UE (TS 24.229 table 7.7.1): Timer F is 128 s."""
