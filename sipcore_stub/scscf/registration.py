"""What the S-CSCF knows of one registration: its contacts, the challenges that are out, and what comes next by itself.

Values only. A registration is that of one implicit registration set of one IMPI (TS 23.228 5.2.1a): whoever registers
one identity of the set registers them all.
"""

from collections import Counter
from typing import Final, NamedTuple

from attrs import evolve, field, frozen

from sipcore_stub.contacts import Binding
from sipcore_stub.hss.hss import Key
from sipcore_stub.scscf import registrar
from sipcore_stub.scscf.registrar import Effect, Input, State
from valkit.aka.digest import Algorithm
from valkit.aka.vectors import Vector
from valkit.sip.message import Request

MOST_CHALLENGES: Final = 32
"""Challenges out at once for one registration: as many as a USIM can take out of turn, since its array has so many
entries (TS 33.102 C.3.2). With more the oldest goes of the host that has the most: who asks hundreds of times in a
user's name displaces his own challenges, and not hers."""


@frozen
class Challenge:
    """A challenge that is out, and to whom."""

    impi: str
    realm: str
    nonce: str
    vector: Vector
    algorithms: tuple[Algorithm, ...]
    """Of which the UE chooses one; they share RAND and AUTN."""
    call_id: str
    until: float
    """When reg-await-auth runs out, in epoch seconds (TS 24.229 7.8)."""
    host: str = ""
    """From where the P-CSCF had the REGISTER; empty if that is not known."""
    synchronised: bool = False
    """Whether it is the answer to an AUTS; a second one in a row is refused (TS 33.203 6.1.3)."""

    def password(self, algorithm: Algorithm) -> bytes:
        """Give what proves a UE that has chosen this algorithm."""
        return algorithm.password(self.vector.keys)


class Wake(NamedTuple):
    """What happens next if nothing else does."""

    at: float
    """Epoch seconds."""
    event: Input
    call_id: str | None = None
    """Whose challenge has been silent."""


@frozen
class Registration:
    """What the S-CSCF knows of one implicit registration set."""

    key: Key
    bindings: tuple[Binding, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    """Those that are out, the oldest first; at most one for each Call-ID."""
    last: Request | None = field(default=None, repr=False)
    """The REGISTER that was granted last, as received: what later third-party REGISTERs are made from."""

    @property
    def impi(self) -> str:
        """Whose it is."""
        return self.key.impi

    def state(self, call_id: str | None = None) -> State:
        """Give where it stands, for one Call-ID or for whoever asks."""
        challenged = bool(self.challenges) if call_id is None else self.challenge(call_id) is not None
        return State((bool(self.bindings), challenged))

    def challenge(self, call_id: str) -> Challenge | None:
        """Give the challenge that is out under a Call-ID."""
        return next((each for each in self.challenges if each.call_id == call_id), None)

    def challenged(self, challenge: Challenge) -> "Registration":
        """Put a challenge out, in place of the one of its Call-ID; when there are too many, one of them goes."""
        others = (each for each in self.challenges if each.call_id != challenge.call_id)
        return evolve(self, challenges=_bounded((*others, challenge)))

    def stepped(self, event: Input, call_id: str | None = None) -> tuple["Registration", tuple[Effect, ...]]:
        """Take the step, dropping what the new state cannot have."""
        state, effects = registrar.step(self.state(call_id), event)
        kept = self.challenges if state.challenged else tuple(c for c in self.challenges if c.call_id != call_id)
        return evolve(self, challenges=kept, bindings=self.bindings if state.registered else ()), effects

    def wake(self) -> Wake | None:
        """Give what happens next if nothing else does."""
        wakes = [Wake(each.until, Input.SILENT, each.call_id) for each in self.challenges]
        if self.bindings:
            first, last = (pick(binding.until for binding in self.bindings) for pick in (min, max))
            wakes.append(Wake(first, Input.EXPIRED if first == last else Input.LAPSED))
        return min(wakes, key=lambda wake: wake.at, default=None)


def _bounded(challenges: tuple[Challenge, ...]) -> tuple[Challenge, ...]:
    """Give them without the oldest of the host that has the most, if there is one too many."""
    if len(challenges) <= MOST_CHALLENGES:
        return challenges
    ((greedy, _),) = Counter(each.host for each in challenges).most_common(1)
    gone = next(place for place, each in enumerate(challenges) if each.host == greedy)
    return (*challenges[:gone], *challenges[gone + 1 :])
