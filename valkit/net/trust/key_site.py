"""The issuer's public keys over TLS: its JWKS, found by its discovery document (OIDC Discovery 3) or at a URL.

The keys are fetched again now and then, and when a token names one that is not known: that at a bounded rate, whoever
sends such tokens. What cannot be fetched changes nothing: the keys from before stay in use. A server starts without
its issuer: until there are keys, requests without a token are served and those with one refused.
"""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from valkit.net.https import HttpsClient, HttpsError
from valkit.tokens import KeySet, KeyUnusable
from valkit.tokens.strictjson import read_object

RETRY = 5.0
"""Seconds after which keys are fetched again that could not be had."""


@define(eq=False)
class KeySite:
    """Keeps `trust` up to date with what the issuer publishes."""

    issuer: str
    _https: HttpsClient
    _clock: IReactorTime
    _trust: Callable[[KeySet], None]
    every: float
    """Seconds between two fetches in peace."""
    at_least: float
    """Seconds between two fetches that tokens with unknown keys bring about."""
    discovery_url: str | None = None
    jwks_url: str | None = None
    fault: str | None = field(init=False, default="the keys have not been fetched yet")
    """Why there are no keys, or no new ones; None if there are."""
    has_keys: bool = field(init=False, default=False)
    _wanted_at: float | None = field(init=False, default=None)
    _alarm: IDelayedCall | None = field(init=False, default=None)
    _under_way: Deferred[Any] | None = field(init=False, default=None)
    _waiting: list[Deferred[bool]] = field(init=False, factory=list)
    _stopped: bool = field(init=False, default=False)
    _log: Logger = field(init=False, factory=Logger)

    def watch(self) -> None:
        """Fetch the keys now and then, beginning now."""
        self._fetch()

    def stop(self) -> None:
        """Fetch nothing any more; who waits is told that there is nothing."""
        self._stopped = True
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._under_way is not None:
            self._under_way.cancel()

    def reload(self) -> Deferred[bool]:
        """Fetch now; False if that cannot be, then `fault` says why."""
        waiting: Deferred[bool] = Deferred()
        self._waiting.append(waiting)
        self._fetch()
        return waiting

    def wanted(self) -> Deferred[bool] | None:
        """Fetch because a token names a key that is not known; None if that was done a moment ago."""
        recently = self._wanted_at is not None and self._clock.seconds() - self._wanted_at < self.at_least
        return None if recently or self._stopped else self.reload()

    def _fetch(self) -> None:
        if self._under_way is not None or self._stopped:
            return
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._under_way = Deferred.fromCoroutine(self._fetched())
        self._under_way.addBoth(self._done)

    async def _fetched(self) -> KeySet:
        url = self.jwks_url or await self._discovered()
        answer = await self._https.get(url, {"Accept": "application/json"})
        if answer.status != 200:
            raise HttpsError(f"the key set is answered with {answer.status}")
        return KeySet.from_jwks(answer.body.decode())

    async def _discovered(self) -> str:
        answer = await self._https.get(self.discovery_url or "", {"Accept": "application/json"})
        if answer.status != 200:
            raise HttpsError(f"the discovery document is answered with {answer.status}")
        document = read_object(answer.body)
        if document.get("issuer") != self.issuer:
            raise HttpsError("the discovery document is of another issuer")
        return str(document.get("jwks_uri"))

    def _done(self, outcome: Any) -> None:
        self._under_way = None
        if self._waiting:
            self._wanted_at = self._clock.seconds()
        fetched = isinstance(outcome, KeySet)
        if fetched:
            self.fault, self.has_keys = None, True
            self._trust(outcome)
        elif not self._stopped:
            self._failed(outcome)
        if not self._stopped:
            self._alarm = self._clock.callLater(self.every if fetched else min(RETRY, self.every), self._ring)
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.callback(fetched)

    def _failed(self, failure: Any) -> None:
        """Tell a fault once; one that is none of those foreseen, with all that is known of it."""
        if failure.check(HttpsError, KeyUnusable, ValueError) is None:
            self._log.failure("fetching keys failed", failure)
        fault = f"the keys of {self.issuer} cannot be fetched ({failure.getErrorMessage()})"
        if fault != self.fault:
            self._log.error("{fault}", fault=fault)
        self.fault = fault

    def _ring(self) -> None:
        self._alarm = None
        self._fetch()
