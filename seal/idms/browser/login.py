"""A log-in: who says so, whether that is proved, and what becomes of those who try too often.

After some failures in a row a name is locked, each time for longer; after a lock one attempt is let through. Names that
nobody has are counted and locked like others, a check takes as long for them, and the answer is the same for a wrong
name, a wrong password, a locked name and a disabled account: nobody learns here who has an account.
"""

from collections.abc import Mapping

from attrs import frozen
from twisted.internet.defer import Deferred

from seal.idms.grants.desk import Tell
from seal.idms.proving.methods import Method
from seal.idms.records import User
from seal.idms.settings import LogInSettings
from seal.idms.stores.store import FORGOTTEN, Store
from seal.secrets import digest

LONGEST_NAME = 200


@frozen
class LogIns:
    """Judges log-ins."""

    store: Store
    settings: LogInSettings
    tell: Tell

    async def attempt(self, login: str, form: Mapping[str, str], method: Method, now: float) -> User | None:
        """Give the user whom the form proves; None in all other cases. Raises Busy, which is no attempt."""
        plausible = 0 < len(login) <= LONGEST_NAME
        user = await self.store.user(login) if plausible else None
        proof = Deferred.fromCoroutine(method.proves(user, form, now))
        if proof.called:
            await proof  # Busy: nothing was tried, and nothing is counted
        # A failure is counted before it is looked at what was proved, so that many at once do not share one count.
        open_ = plausible and await self._let_in(login, method, now)
        proved = await proof
        if not (open_ and proved and user is not None and user.enabled):
            self.tell("log-in refused", {"method": method.acr})
            return None
        await self.store.clear_attempts(login)
        self.tell("logged in", {"user": user.user_id, "acr": method.acr})
        return user

    async def _let_in(self, login: str, method: Method, now: float) -> bool:
        """Count an attempt, and tell whether its proof counts."""
        before = await self.store.attempts(login, now)
        if before.locked_until > now:
            return False
        counted = await self.store.count_attempt(login, now)
        if counted.failures < self.settings.failures:
            return True
        await self.store.lock(login, now + self._lock(counted.failures), now)
        self.tell("log-in locked", {"method": method.acr})
        if counted.failures == self.settings.failures:
            return True
        # Behind a lock that is over there is one attempt, however many come at once; without one, they came at once.
        gate = f"log-in {digest(login)} {counted.locked_until}"
        return counted.locked_until > 0 and await self.store.once(gate, now + FORGOTTEN, now)

    def _lock(self, failures: int) -> float:
        doublings = min(failures - self.settings.failures, 30)
        return min(self.settings.locked * 2.0**doublings, self.settings.locked_at_most)
