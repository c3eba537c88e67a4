"""Whose tokens are believed: each issuer with its policy, its keys, and whether it is asked besides.

A token's `iss` chooses the issuer before anything of it is believed; the issuer's verifier then holds it against the
same name. A token whose key is not known waits for the issuer's keys, if these are fetched and it is time to.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorTime

from valkit.net import files
from valkit.net.https import Agents, HttpsClient
from valkit.net.tls import Tls
from valkit.net.trust.errors import NotYet, UnusableTrust
from valkit.net.trust.introspection import Introspection
from valkit.net.trust.key_file import KeyFile
from valkit.net.trust.key_site import KeySite
from valkit.net.trust.settings import IssuerSettings
from valkit.tokens import AccessToken, Cause, KeySet, TokenPolicy, TokenRejected, Verifier
from valkit.tokens.compact import payload_of
from valkit.tokens.errors import shown


@frozen
class FileKeys:
    """Keys from a file, looked at now and then."""

    file: KeyFile
    _clock: IReactorTime
    _every: float
    has_keys: bool = True
    """Without them there was no start."""

    @property
    def fault(self) -> str | None:
        """Why the file as it is now was not taken."""
        return self.file.fault

    def watch(self) -> None:
        """Look at the file from now on."""
        self.file.watch(self._clock, self._every)

    def stop(self) -> None:
        """Look no more."""
        self.file.stop()

    def reload(self) -> bool:
        """Read the file now."""
        return self.file.reload()

    def wanted(self) -> Deferred[bool] | None:
        """Give nothing: a file says when it changes."""
        return None


@frozen(eq=False)
class Trusted:
    """One issuer."""

    verifier: Verifier
    keys: FileKeys | KeySite
    introspection: Introspection | None = None

    @property
    def name(self) -> str:
        """Its `iss`."""
        return self.verifier.policy.issuer

    def verify(self, token: str, now: float) -> AccessToken:
        """Believe one of its tokens. Raises TokenRejected, NotActive, NotYet."""
        try:
            access = self.verifier.verify(token, now)
        except TokenRejected as error:
            until = self.keys.wanted() if error.cause is Cause.UNKNOWN_KID else None
            if until is None:
                raise
            raise NotYet(until) from None
        if self.introspection is not None:
            self.introspection.require_active(token, now)
        return access

    def fault(self) -> str | None:
        """Say what is wrong with its keys, and what follows."""
        if self.keys.fault is None:
            return None
        what = "the keys from before stay in use" if self.keys.has_keys else f"tokens of {self.name} are refused"
        return f"{self.keys.fault}; {what}"


class Issuers:
    """All issuers."""

    def __init__(self, issuers: Iterable[Trusted]) -> None:
        self._issuers = {issuer.name: issuer for issuer in issuers}
        self._only = next(iter(self._issuers.values())) if len(self._issuers) == 1 else None

    def verify(self, token: str, now: float) -> AccessToken:
        """Believe a token of one of them. Raises TokenRejected, NotActive, NotYet."""
        return (self._only or self._issuer_of(token)).verify(token, now)

    async def believe(self, token: str, clock: IReactorTime) -> AccessToken:
        """Believe a token of one of them, after its issuer has answered. Raises TokenRejected, NotActive."""
        while True:
            try:
                return self.verify(token, clock.seconds())
            except NotYet as waiting:
                await waiting.until

    def names(self, token: str) -> bool:
        """Whether the token says that it is of one of them."""
        return _issuer_named(token) in self._issuers

    def watch(self) -> None:
        """Keep all keys up to date from now on."""
        for issuer in self._issuers.values():
            issuer.keys.watch()

    def stop(self) -> None:
        """Keep nothing up to date any more."""
        for issuer in self._issuers.values():
            issuer.keys.stop()

    async def reload(self) -> bool:
        """Read or fetch all keys now; False if any cannot be had."""
        started = [maybeDeferred(issuer.keys.reload) for issuer in self._issuers.values()]
        return all([await each for each in started])

    def faults(self) -> list[str]:
        """Say what is wrong with whose keys."""
        return [fault for issuer in self._issuers.values() if (fault := issuer.fault()) is not None]

    def _issuer_of(self, token: str) -> Trusted:
        name = _issuer_named(token)
        issuer = self._issuers.get(name)
        if issuer is None:
            raise TokenRejected(Cause.WRONG_ISSUER, f"It is {shown(name)}.")
        return issuer


def _issuer_named(token: str) -> str:
    """Give the `iss` of a token of which nothing is believed yet; empty if it has none."""
    name = payload_of(token).get("iss")
    return name if isinstance(name, str) else ""


def trusted(
    tokens: IssuerSettings, asked: TokenPolicy, reactor: Any, clock: IReactorTime, agents: Agents | None = None
) -> Trusted:
    """Put an issuer together whose tokens are asked this. Raises UnusableTrust if a file is not as it must be."""
    verifier = Verifier(asked, KeySet())
    if tokens.keys is not None:
        keys: FileKeys | KeySite = FileKeys(KeyFile(tokens.keys, verifier.trust), clock, tokens.check_keys_every)
    else:
        keys = KeySite(
            tokens.issuer,
            _https(tokens, reactor, agents),
            clock,
            verifier.trust,
            tokens.fetch_keys_every,
            tokens.fetch_unknown_keys_every,
            tokens.discovery_url,
            tokens.jwks_url,
        )
    asking = tokens.introspection
    introspection = None if asking is None else Introspection(asking, _https(tokens, reactor, agents), clock)
    return Trusted(verifier, keys, introspection)


def _https(tokens: IssuerSettings, reactor: Any, agents: Agents | None) -> HttpsClient:
    path = tokens.authorities or Path()
    try:
        tls = Tls(files.content(path))
        tls.client("localhost")  # so that what cannot be read shows now
    except (OSError, ValueError) as error:
        raise UnusableTrust(
            f"{files.tried(path)} names no authorities ({files.why(error)}): tokens.authorities must be a PEM file"
        ) from error
    return HttpsClient(reactor, tls, timeout=tokens.fetch_timeout, through=agents(tls) if agents else None)
