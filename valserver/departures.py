"""Which REGISTER ended a registration a moment ago, so that an older one that comes late does not bind again.

RFC 3261 10.3, step 7, compares with the registration that is there; of one that has just ended the server would know
nothing. What is older than a transaction can be (64*T1) is forgotten, so memory holds what ends within a minute.
"""

from valserver.errors import Refusal, Refused
from valserver.facts import Deregistered, Registered

MEMORY = 32.0
"""Seconds for which a departure is remembered at least: 64*T1 of RFC 3261."""
MOST = 100_000
"""Departures in a generation; with more the older ones go early."""


class Departures:
    """Two generations of departures by IMPU: the older one goes when the younger has its age."""

    def __init__(self) -> None:
        self._young: dict[str, tuple[str, int]] = {}
        self._old: dict[str, tuple[str, int]] = {}
        self._turns = 0.0

    def note(self, fact: Deregistered, now: float) -> None:
        """Remember the REGISTER that ended a registration."""
        self._turn(now)
        self._young[fact.impu] = fact.call_id, fact.cseq

    def require_order(self, fact: Registered, now: float) -> None:
        """Refuse a REGISTER that was sent before the one that ended the registration: same Call-ID, lower CSeq."""
        self._turn(now)
        left = self._young.get(fact.impu) or self._old.get(fact.impu)
        if left is not None and left[0] == fact.call_id and left[1] > fact.cseq:
            raise Refused(Refusal.OUT_OF_ORDER, impu=fact.impu)

    def _turn(self, now: float) -> None:
        if not self._young and not self._old:
            self._turns = now + MEMORY
        elif now >= self._turns or len(self._young) >= MOST:
            self._old = self._young if now < self._turns + MEMORY else {}
            self._young, self._turns = {}, now + MEMORY
