"""The S-CSCF's registration as a table (TS 24.229 5.4.1): what is known of one IMPI, and what each event does to it.

Pure: judges a REGISTER, steps, and names the effects; `scscf` carries them out. Which contacts a REGISTER leaves
behind is `contacts`' business, keys and sequence numbers are the HSS's.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from attrs import evolve, field, frozen

from sipcore_stub.contacts import Binding
from sipcore_stub.errors import Cause
from sipcore_stub.hss import Flag
from valkit.aka.digest import Algorithm, Digest
from valkit.aka.errors import Malformed
from valkit.aka.vectors import Vector
from valkit.sip.auth import Credentials
from valkit.sip.message import Request


class State(Enum):
    """Where the registration of an IMPI stands. The value is the flag that the HSS shows for it."""

    NOT_REGISTERED = (False, False)
    CHALLENGED = (False, True)
    REGISTERED = (True, False)
    RECHALLENGED = (True, True)
    """Registered, with a challenge out for a re- or de-registration."""

    @property
    def registered(self) -> bool:
        """Whether bindings stand."""
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
    """The challenge is answered under another Call-ID."""
    SILENT = auto()
    """reg-await-auth ran out."""
    EXPIRED = auto()
    """The last contact ran out."""
    TERMINATED = auto()
    """The network ends the registration."""


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
    (S.CHALLENGED, I.UNPROVEN): (S.CHALLENGED, (E.CHALLENGE,)),
    (S.CHALLENGED, I.OUT_OF_STEP): (S.CHALLENGED, (E.CHALLENGE,)),
    (S.CHALLENGED, I.PROVED): (S.REGISTERED, (E.GRANT, E.TELL_INITIAL)),
    (S.CHALLENGED, I.PROVED_LEAVING): (S.NOT_REGISTERED, (E.GRANT, E.TELL_GONE)),
    (S.CHALLENGED, I.PROVED_ASKING): (S.NOT_REGISTERED, (E.GRANT,)),
    (S.CHALLENGED, I.DISPROVED): (S.NOT_REGISTERED, (E.REFUSE,)),
    (S.CHALLENGED, I.ELSEWHERE): (S.CHALLENGED, (E.REFUSE,)),
    (S.CHALLENGED, I.SILENT): (S.NOT_REGISTERED, ()),
    # TS 24.229 5.4.1.2.2, 5.4.1.4, 5.4.1.5: a registration stands; a failed challenge does not touch it
    (S.REGISTERED, I.UNPROVEN): (S.RECHALLENGED, (E.CHALLENGE,)),
    (S.REGISTERED, I.EXPIRED): (S.NOT_REGISTERED, (E.TELL_GONE,)),
    (S.REGISTERED, I.TERMINATED): (S.NOT_REGISTERED, (E.TELL_GONE,)),
    (S.RECHALLENGED, I.UNPROVEN): (S.RECHALLENGED, (E.CHALLENGE,)),
    (S.RECHALLENGED, I.OUT_OF_STEP): (S.RECHALLENGED, (E.CHALLENGE,)),
    (S.RECHALLENGED, I.PROVED): (S.REGISTERED, (E.GRANT, E.TELL_AGAIN)),
    (S.RECHALLENGED, I.PROVED_LEAVING): (S.NOT_REGISTERED, (E.GRANT, E.TELL_GONE)),
    (S.RECHALLENGED, I.PROVED_ASKING): (S.REGISTERED, (E.GRANT,)),
    (S.RECHALLENGED, I.DISPROVED): (S.REGISTERED, (E.REFUSE,)),
    (S.RECHALLENGED, I.ELSEWHERE): (S.RECHALLENGED, (E.REFUSE,)),
    (S.RECHALLENGED, I.SILENT): (S.REGISTERED, ()),
    (S.RECHALLENGED, I.EXPIRED): (S.CHALLENGED, (E.TELL_GONE,)),
    (S.RECHALLENGED, I.TERMINATED): (S.CHALLENGED, (E.TELL_GONE,)),
}
"""Every row; what has none happens to nobody and is ignored."""


def step(state: State, event: Input) -> Row:
    """Give the state after the event, and what is to be done."""
    return TABLE.get((state, event), (state, ()))


@frozen
class Challenge:
    """A challenge that is out, and to whom."""

    impi: str
    realm: str
    nonce: str
    vector: Vector
    algorithm: Algorithm
    call_id: str
    until: float
    """When reg-await-auth runs out, in epoch seconds (TS 24.229 7.8)."""
    synchronised: bool = False
    """Whether it is the answer to an AUTS; a second one in a row is refused (TS 33.203 6.1.3)."""

    @property
    def password(self) -> bytes:
        """What proves the UE."""
        return self.algorithm.password(self.vector.keys)


@frozen
class Registration:
    """What the S-CSCF knows of one IMPI."""

    impi: str
    state: State = State.NOT_REGISTERED
    challenge: Challenge | None = None
    bindings: tuple[Binding, ...] = ()
    last: Request | None = field(default=None, repr=False)
    """The REGISTER that was granted last, as received: what later third-party REGISTERs are made from."""

    def stepped(self, event: Input) -> tuple["Registration", tuple[Effect, ...]]:
        """Take the step, dropping what the new state cannot have."""
        state, effects = step(self.state, event)
        challenge = self.challenge if state.challenged else None
        bindings = self.bindings if state.registered else ()
        return evolve(self, state=state, challenge=challenge, bindings=bindings), effects

    def deadline(self) -> tuple[float, Input] | None:
        """Give what happens next if nothing else does, and when in epoch seconds."""
        waits = [(self.challenge.until, Input.SILENT)] if self.challenge else []
        if self.bindings:
            waits.append((max(binding.until for binding in self.bindings), Input.EXPIRED))
        return min(waits, key=lambda wait: wait[0], default=None)


@frozen
class Judgement:
    """What a REGISTER is for a registration; the cause stands beside every refusal."""

    event: Input
    cause: Cause | None = None
    digest: Digest | None = field(default=None, repr=False)
    """The terms of a proof that held, for the answer's rspauth."""


def judge(challenge: Challenge | None, request: Request, wish: Input) -> Judgement:
    """Say what a REGISTER is, `wish` being the input it makes if it proves itself (TS 24.229 5.4.1.2.2, 5.4.1.2.3).

    An AUTS is not looked into: whoever holds K does that, and it may still turn out to be wrong.
    """
    credentials = request.authorization
    if challenge is None or credentials is None or credentials.get("nonce") != challenge.nonce:
        return Judgement(Input.UNPROVEN)
    if request.call_id != challenge.call_id:
        return Judgement(Input.ELSEWHERE, Cause.OTHER_CALL_ID)
    if credentials.get("auts"):
        again = challenge.synchronised
        return Judgement(Input.DISPROVED, Cause.OUT_OF_STEP_AGAIN) if again else Judgement(Input.OUT_OF_STEP)
    return _proof(challenge, request, credentials, wish)


def _proof(challenge: Challenge, request: Request, credentials: Credentials, wish: Input) -> Judgement:
    response = credentials.get("response")
    if not response:  # a UE that found our MAC wrong says so by saying nothing (TS 24.229 5.1.1.5.3)
        return Judgement(Input.DISPROVED, Cause.MAC_FAILURE)
    digest = _terms(credentials, challenge)
    if digest is None or not digest.proves(response, challenge.password, request.method, request.body):
        return Judgement(Input.DISPROVED, Cause.WRONG_RESPONSE)
    return Judgement(wish, digest=digest)


def _terms(credentials: Credentials, challenge: Challenge) -> Digest | None:
    """Give the terms of the digest, or None if they are not those of the challenge."""
    try:
        digest = Digest.read({name: credentials.get(name) or "" for name in credentials.params})
    except Malformed:
        return None
    own = (challenge.algorithm, challenge.impi, challenge.realm)
    return digest if (digest.algorithm, digest.username, digest.realm) == own else None
