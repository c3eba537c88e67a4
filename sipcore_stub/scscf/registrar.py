"""The S-CSCF's registration as a table (TS 24.229 5.4.1): the states, what can happen, and what each event does.

    state          a REGISTER arrives                      a clock runs out     the network wants
    -------------  --------------------------------------  -------------------  -----------------
    NOT_REGISTERED UNPROVEN, ELSEWHERE                     -                    -
    CHALLENGED     all but VOUCHED and STRANGE             SILENT               -
    REGISTERED     UNPROVEN, ELSEWHERE, VOUCHED.., STRANGE LAPSED, EXPIRED      SHORTENED, TERMINATED
    RECHALLENGED   all but VOUCHED and STRANGE             SILENT, LAPSED, ..   SHORTENED, TERMINATED

A state is one registration as one Call-ID sees it: each Call-ID has its own challenge, so that nobody spoils another's
(5.4.1.2.3 binds a challenge to its Call-ID). Pure; what a registration holds is in `registration`, what a REGISTER is
says `judging`, and `registering` and `registrations` carry the effects out.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from sipcore_stub.hss.hss import Flag


class State(Enum):
    """Where a registration stands. The value: whether contacts stand, and whether a challenge is out."""

    NOT_REGISTERED = (False, False)
    CHALLENGED = (False, True)
    REGISTERED = (True, False)
    RECHALLENGED = (True, True)
    """Registered, with a challenge out for a re- or de-registration."""

    @property
    def registered(self) -> bool:
        """Whether contacts stand."""
        return self.value[0]

    @property
    def challenged(self) -> bool:
        """Whether a challenge is out."""
        return self.value[1]

    @property
    def flag(self) -> Flag:
        """The registration flag of figure 5.X.3.2.2-1."""
        if self.registered:
            return Flag.REGISTERED
        return Flag.PENDING if self.challenged else Flag.NOT_REGISTERED


class Input(Enum):
    """What can happen to a registration."""

    UNPROVEN = auto()
    """A REGISTER that does not answer the challenge that is out: none, a stale one, another's."""
    OUT_OF_STEP = auto()
    """A REGISTER with an AUTS; the HSS has taken its SQN over."""
    PROVED = auto()
    """RES is XRES, and contacts are to stand."""
    PROVED_LEAVING = auto()
    """RES is XRES, and no contact is to be left."""
    PROVED_ASKING = auto()
    """RES is XRES, and the REGISTER has no Contact: the UE asks what is registered (RFC 3261 10.2.3)."""
    DISPROVED = auto()
    """A wrong RES, a wrong AUTS, or a UE that found our MAC wrong."""
    ELSEWHERE = auto()
    """A challenge is answered under another Call-ID than its own."""
    VOUCHED = auto()
    """The P-CSCF vouches for the UE, no challenge is out, and we want no new proof (5.4.1.2.2): contacts stand."""
    VOUCHED_LEAVING = auto()
    """The same, and no contact is to be left."""
    VOUCHED_ASKING = auto()
    """The same, without Contact."""
    STRANGE = auto()
    """The P-CSCF vouches for the UE, but none of these contacts was ever registered (5.4.1.2.2)."""
    SILENT = auto()
    """reg-await-auth ran out."""
    LAPSED = auto()
    """A contact ran out, and others stand."""
    EXPIRED = auto()
    """The last contact ran out."""
    SHORTENED = auto()
    """The network lets the contacts stand for a short while only, so that the UE proves itself again (5.4.1.6)."""
    TERMINATED = auto()
    """The network ends the registration (5.4.1.5), or an application server's failure does (5.4.1.7)."""


class Effect(Enum):
    """What the S-CSCF does."""

    CHALLENGE = auto()
    """Get a vector, answer 401: steps 2 and 3."""
    GRANT = auto()
    """Let the contacts stand as the REGISTER leaves them, answer 200: steps 7 and 8."""
    REFUSE = auto()
    """Answer 403."""
    TELL_INITIAL = auto()
    """Third-party REGISTER: step 9."""
    TELL_AGAIN = auto()
    TELL_GONE = auto()
    """Third-party REGISTER with Expires 0."""


Row = tuple[State, tuple[Effect, ...]]

S, I, E = State, Input, Effect  # noqa: E741 - the table reads like the standard's figure

TABLE: Final[Mapping[tuple[State, Input], Row]] = {
    # TS 24.229 5.4.1.2.1: no registration, or not yet
    (S.NOT_REGISTERED, I.UNPROVEN): (S.CHALLENGED, (E.CHALLENGE,)),
    (S.NOT_REGISTERED, I.ELSEWHERE): (S.NOT_REGISTERED, (E.REFUSE,)),
    (S.CHALLENGED, I.UNPROVEN): (S.CHALLENGED, (E.CHALLENGE,)),
    (S.CHALLENGED, I.OUT_OF_STEP): (S.CHALLENGED, (E.CHALLENGE,)),
    (S.CHALLENGED, I.PROVED): (S.REGISTERED, (E.GRANT, E.TELL_INITIAL)),
    (S.CHALLENGED, I.PROVED_LEAVING): (S.NOT_REGISTERED, (E.GRANT, E.TELL_GONE)),
    (S.CHALLENGED, I.PROVED_ASKING): (S.NOT_REGISTERED, (E.GRANT,)),
    (S.CHALLENGED, I.DISPROVED): (S.NOT_REGISTERED, (E.REFUSE,)),
    (S.CHALLENGED, I.ELSEWHERE): (S.CHALLENGED, (E.REFUSE,)),
    (S.CHALLENGED, I.SILENT): (S.NOT_REGISTERED, ()),
    # TS 24.229 5.4.1.2.2, 5.4.1.4 to 5.4.1.6: a registration stands; a failed challenge does not touch it
    (S.REGISTERED, I.UNPROVEN): (S.RECHALLENGED, (E.CHALLENGE,)),
    (S.REGISTERED, I.ELSEWHERE): (S.REGISTERED, (E.REFUSE,)),
    (S.REGISTERED, I.VOUCHED): (S.REGISTERED, (E.GRANT, E.TELL_AGAIN)),
    (S.REGISTERED, I.VOUCHED_LEAVING): (S.NOT_REGISTERED, (E.GRANT, E.TELL_GONE)),
    (S.REGISTERED, I.VOUCHED_ASKING): (S.REGISTERED, (E.GRANT,)),
    (S.REGISTERED, I.STRANGE): (S.REGISTERED, (E.REFUSE,)),
    (S.REGISTERED, I.LAPSED): (S.REGISTERED, ()),
    (S.REGISTERED, I.EXPIRED): (S.NOT_REGISTERED, (E.TELL_GONE,)),
    (S.REGISTERED, I.SHORTENED): (S.REGISTERED, ()),
    (S.REGISTERED, I.TERMINATED): (S.NOT_REGISTERED, (E.TELL_GONE,)),
    (S.RECHALLENGED, I.UNPROVEN): (S.RECHALLENGED, (E.CHALLENGE,)),
    (S.RECHALLENGED, I.OUT_OF_STEP): (S.RECHALLENGED, (E.CHALLENGE,)),
    (S.RECHALLENGED, I.PROVED): (S.REGISTERED, (E.GRANT, E.TELL_AGAIN)),
    (S.RECHALLENGED, I.PROVED_LEAVING): (S.NOT_REGISTERED, (E.GRANT, E.TELL_GONE)),
    (S.RECHALLENGED, I.PROVED_ASKING): (S.REGISTERED, (E.GRANT,)),
    (S.RECHALLENGED, I.DISPROVED): (S.REGISTERED, (E.REFUSE,)),
    (S.RECHALLENGED, I.ELSEWHERE): (S.RECHALLENGED, (E.REFUSE,)),
    (S.RECHALLENGED, I.SILENT): (S.REGISTERED, ()),
    (S.RECHALLENGED, I.LAPSED): (S.RECHALLENGED, ()),
    (S.RECHALLENGED, I.EXPIRED): (S.CHALLENGED, (E.TELL_GONE,)),
    (S.RECHALLENGED, I.SHORTENED): (S.RECHALLENGED, ()),
    (S.RECHALLENGED, I.TERMINATED): (S.CHALLENGED, (E.TELL_GONE,)),
}
"""Every row; `IMPOSSIBLE` says why there is none where there is none."""

_NO_CHALLENGE = "a proof is held against a challenge, and none is out"
_NO_CONTACT = "no contact stands"
_OPEN = "while a challenge is out it has to be answered"

_UNCHALLENGED = (I.OUT_OF_STEP, I.PROVED, I.PROVED_LEAVING, I.PROVED_ASKING, I.DISPROVED, I.SILENT)
_ON_CONTACTS = (I.LAPSED, I.EXPIRED, I.SHORTENED, I.TERMINATED)
_ON_TRUST = (I.VOUCHED, I.VOUCHED_LEAVING, I.VOUCHED_ASKING, I.STRANGE)

IMPOSSIBLE: Final[Mapping[tuple[State, Input], str]] = {
    **{(state, event): _NO_CHALLENGE for state in (S.NOT_REGISTERED, S.REGISTERED) for event in _UNCHALLENGED},
    **{(state, event): _NO_CONTACT for state in (S.NOT_REGISTERED, S.CHALLENGED) for event in _ON_CONTACTS},
    **{(S.NOT_REGISTERED, event): _NO_CONTACT for event in _ON_TRUST},
    **{(state, event): _OPEN for state in (S.CHALLENGED, S.RECHALLENGED) for event in _ON_TRUST},
}
"""What cannot happen in a state, and why; it is ignored."""


def step(state: State, event: Input) -> Row:
    """Give the state after the event, and what is to be done."""
    return TABLE.get((state, event), (state, ()))
