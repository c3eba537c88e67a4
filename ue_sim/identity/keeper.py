"""Keeps the access token in the wallet fresh: renewed before it ends, the next REGISTER has the new one (SIP-03).

One renewal at a time: a refresh token that is used twice ends the whole family at a server that rotates them.
"""

from attrs import define, field
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from ue_sim.identity.client import IdentityClient
from ue_sim.identity.errors import IdentityError, Refused, Unreachable, Unusable
from ue_sim.identity.tokens import TokenSet
from ue_sim.wallet import DEFAULT, Wallet
from valkit.trace import Note, Observer, unobserved

RETRY = 10.0
"""Seconds after which a renewal is tried again that found nobody, or a server that cannot at the moment."""
SOONEST = 1.0
"""Seconds that pass before a renewal at least, whatever lifetime the server gives."""


@define
class TokenKeeper:
    """Keeps one token set, under one name in the wallet."""

    _client: IdentityClient
    _wallet: Wallet
    _clock: IReactorTime
    _observe: Observer = unobserved
    name: str = DEFAULT
    tokens: TokenSet | None = field(init=False, default=None, repr=False)
    fault: str | None = field(init=False, default=None)
    """Why the last renewal failed; None if it did not."""
    _alarm: IDelayedCall | None = field(init=False, default=None)
    _one_at_a_time: DeferredLock = field(init=False, factory=DeferredLock)

    def keep(self, tokens: TokenSet) -> None:
        """Put the token of a log-in into the wallet, and renew it from now on if that can be."""
        self._wallet.put(tokens.access_token, self.name)
        self._hold(tokens)
        self._tell("signed in", **_told(tokens))

    async def renew(self) -> TokenSet:
        """Renew now. Raises an IdentityError; the token from before stays until it ends."""
        await self._one_at_a_time.acquire()
        try:
            return await self._renewed()
        finally:
            self._one_at_a_time.release()

    def stop(self) -> None:
        """Renew nothing any more; the token stays in the wallet."""
        self.tokens = None
        self._quieten()

    async def _renewed(self) -> TokenSet:
        if (held := self.tokens) is None:
            raise Unusable("nobody is signed in")
        try:
            fresh = await self._client.refresh(held)
        except IdentityError as error:
            self._failed(held, error)
            raise
        if self.tokens is held:  # neither stopped nor signed in anew meanwhile
            self._wallet.renew(fresh.access_token, self.name)
            self._hold(fresh)
            self._tell("token renewed", **_told(fresh))
        return fresh

    def _hold(self, tokens: TokenSet) -> None:
        self.tokens, self.fault = tokens, None
        self._quieten()
        if tokens.refresh_token is not None:
            self._ring_in(tokens.renew_at - self._clock.seconds())

    def _failed(self, held: TokenSet, error: IdentityError) -> None:
        """Try again later where nobody could answer; a refusal is for good, the user has to sign in again."""
        self.fault = str(error)
        self._tell("token not renewed", cause=self.fault)
        passing = isinstance(error, Unreachable) or (isinstance(error, Refused) and error.passing)
        if self.tokens is held and passing:
            self._ring_in(RETRY)

    def _ring_in(self, seconds: float) -> None:
        self._quieten()
        self._alarm = self._clock.callLater(max(SOONEST, seconds), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        Deferred.fromCoroutine(self.renew()).addErrback(_told_already)

    def _quieten(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _tell(self, what: str, **fields: str) -> None:
        self._observe(Note(self._clock.seconds(), "ue", what, fields))


def _told(tokens: TokenSet) -> dict[str, str]:
    """Tell who that is, where it was said."""
    who = tokens.who
    return {} if who is None else {"val_user_id": who.val_user_id, "val_service_ids": " ".join(who.val_service_ids)}


def _told_already(failure: Failure) -> None:
    failure.trap(IdentityError)
