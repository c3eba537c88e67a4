"""Who asks a SEAL server: the rules of TS 24.547 annex A.2.3 and RFC 6750 3, and whom an assertion is believed from.

| the request has                       | and                              | so                                       |
|---------------------------------------|----------------------------------|------------------------------------------|
| neither Bearer nor asserted identity  |                                  | 403                                      |
| two of a kind                         |                                  | 400 invalid_request                      |
| Bearer                                | the token does not hold          | 401 invalid_token                        |
| Bearer                                | it does not grant the scope      | 403 insufficient_scope                   |
| Bearer                                | it holds                         | the asker is the token's VAL user        |
| asserted identity alone               | the peer is not a trusted proxy  | 403                                      |
| asserted identity alone               | it is                            | the asker is that network function       |
"""

from typing import Any, Self

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request

from seal.access.asker import Asker, bearer
from seal.access.credentials import ASSERTED_IDENTITY, AUTHORIZATION, Bearer, credentials_in
from seal.access.errors import AccessRefused, Cause, insufficient_scope, invalid_token
from seal.access.settings import AccessSettings, TokenSettings
from seal.errors import CannotStart
from valkit.net.https import Agents
from valkit.net.peers import TrustedPeers
from valkit.net.trust.errors import NotActive, UnusableTrust
from valkit.net.trust.issuers import Issuers, trusted
from valkit.net.web import client_names
from valkit.tokens import TokenPolicy, TokenRejected
from valkit.tokens.compact import payload_of
from valkit.trace import Note, Observer, unobserved


@frozen(eq=False)
class Guard:
    """Tells who asks, or refuses; `start` and `stop` it with the server.

    `who` is the server as traces name it (`skms`, `cms`, `sgms`); `observe` hears of every refusal with its cause.
    """

    who: str
    scope: str
    """The scope that a token must grant unless `asker` is told another."""
    issuers: Issuers
    proxies: TrustedPeers | None
    proxy_names: frozenset[str]
    _clock: IReactorTime
    _observe: Observer = unobserved

    @classmethod
    def of(
        cls,
        settings: AccessSettings,
        reactor: Any,
        clock: IReactorTime,
        *,
        who: str,
        scope: str,
        observe: Observer = unobserved,
        agents: Agents | None = None,
    ) -> Self:
        """Put a guard together. Raises CannotStart if a file of keys or authorities is not as it must be."""
        try:
            issuers = Issuers(trusted(each, policy(each), reactor, clock, agents) for each in settings.issuers)
        except UnusableTrust as error:
            raise CannotStart(str(error)) from error
        proxies = TrustedPeers(settings.trusted_peers) if settings.trusted_peers else None
        names = frozenset(name.lower() for name in settings.trusted_names)
        return cls(who, scope, issuers, proxies, names, clock, observe)

    def start(self) -> None:
        """Keep the issuers' keys up to date from now on."""
        self.issuers.watch()

    def stop(self) -> None:
        """Keep nothing up to date any more."""
        self.issuers.stop()

    @property
    def asks_certificates(self) -> bool:
        """Whether the server's TLS must ask clients for certificates (`Tls.ask_clients`)."""
        return bool(self.proxy_names)

    async def asker(self, request: Request, scope: str | None = None) -> Asker:
        """Tell who asks. Raises AccessRefused, which `observe` has heard of by then."""
        try:
            return await self._asker(request, self.scope if scope is None else scope)
        except AccessRefused as refused:
            self.tell(request, refused)
            raise

    def tell(self, request: Request, refused: AccessRefused) -> None:
        """Note a refusal; one that the server itself decides on is told here too."""
        path = (request.path or b"").decode("ascii", "replace")
        fields = {"cause": refused.cause, "status": str(refused.status), "path": path, "asker": refused.who}
        self._observe(Note(self._clock.seconds(), self.who, "access refused", fields))

    async def _asker(self, request: Request, scope: str) -> Asker:
        brought = credentials_in(_values(request, AUTHORIZATION), _values(request, ASSERTED_IDENTITY))
        if isinstance(brought, Bearer):
            return await self._bearer(brought.token, scope)
        if not self._believes(request):
            raise AccessRefused(403, Cause.UNTRUSTED_PEER.value)
        if not brought.identity:
            raise AccessRefused(403, Cause.NOT_ASSERTED.value)
        return Asker(asserted=brought.identity)

    async def _bearer(self, token: str, scope: str) -> Asker:
        try:
            access = await self.issuers.believe(token, self._clock)
        except (TokenRejected, NotActive) as error:
            raise invalid_token(error.cause.value) from error
        asker = bearer(access, payload_of(token))
        if scope not in asker.scopes:
            raise insufficient_scope(scope, asker.name)
        return asker

    def _believes(self, request: Request) -> bool:
        """Whether the peer is a proxy that may assert identities."""
        if self.proxies is None and not self.proxy_names:
            return False
        here: Any = request.getClientAddress()
        by_address = self.proxies is None or here.host in self.proxies
        return by_address and (not self.proxy_names or not self.proxy_names.isdisjoint(client_names(request)))


def _values(request: Request, name: str) -> list[str]:
    """Give every value of a header, whatever bytes are in it."""
    return [value.decode("latin-1") for value in request.requestHeaders.getRawHeaders(name.encode()) or ()]


def policy(tokens: TokenSettings) -> TokenPolicy:
    """Say what is asked of an issuer's tokens; of the scope nothing yet, so that it is told from all else."""
    return TokenPolicy(
        issuer=tokens.issuer,
        audience=tokens.audience,
        scope="",
        algorithms=tokens.algorithms,
        typ=tokens.typ or None,
        leeway=tokens.leeway,
        user_claim=tokens.user_claim,
        services_claim=tokens.services_claim,
        required=tokens.required,
    )
