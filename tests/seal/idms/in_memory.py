"""Both sites without sockets and threads: bytes of a request in, status, headers and body out."""

from pathlib import Path
from typing import Any, cast

from attrs import frozen
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from seal.idms.browser.authorization_site import AuthorizationEndpoint, AuthorizationSite
from seal.idms.browser.login import LogIns
from seal.idms.endpoints.introspection import Introspection
from seal.idms.endpoints.metadata import discovery
from seal.idms.endpoints.revocation import Revocation
from seal.idms.endpoints.token import TokenEndpoint
from seal.idms.endpoints.token_site import Services, TokenSite
from seal.idms.endpoints.userinfo import UserInfo
from seal.idms.grants.desk import Desk
from seal.idms.proving.clients import ClientAuthentication
from seal.idms.proving.methods import offered
from seal.idms.settings import IdmsSettings
from seal.idms.stores.store import Store
from seal.idms.tokens.issuing import Issuer
from seal.idms.tokens.keys import KeyRing
from seal.idms.tokens.own_tokens import OwnTokens
from tests.seal.idms.parts import PASSWORD, provisioned
from tests.support import result_of
from valkit.ids import SeededIds
from valkit.net.web import _QuietSite, _request_factory

NOW = 1_795_000_000.0
ISSUER = "https://127.0.0.3:8443"


class Connection(StringTransport):
    """A transport that can be cut."""

    def abortConnection(self) -> None:
        """Close at once."""
        cast(Any, self).loseConnection()


@frozen
class Got:
    """An answer."""

    status: int
    head: bytes
    body: bytes


class Sites:
    """The two applications on one store, with passwords that are compared as they are."""

    def __init__(self, folder: Path, store: Store | None = None) -> None:
        self.store = store or result_of(provisioned())
        self.told: list[tuple[str, dict[str, str]]] = []
        self.settings = IdmsSettings()
        clock: Any = Clock()
        clock.advance(NOW)
        ids = SeededIds(1)
        methods = offered(_compared, self.store)
        log_ins = LogIns(self.store, self.settings.login, self._tell)
        keys = KeyRing(folder, ("ES256", "RS256"), 100.0, NOW)
        tokens = OwnTokens(ISSUER, keys, self.store)
        endpoint = AuthorizationEndpoint(self.settings, ISSUER, self.store, methods, log_ins, tokens, ids, self._tell)
        authentication = ClientAuthentication(self.store, (ISSUER,))
        self.issuer = issuer = Issuer(ISSUER, keys, self.settings.tokens, ids)
        services = Services(
            TokenEndpoint(authentication, Desk(self.store, issuer, methods, self._tell, tokens, (ISSUER,))),
            UserInfo(tokens, self.store, self.settings.tokens),
            Revocation(authentication, tokens, self.store, self._tell),
            Introspection(authentication, tokens, self.store),
            keys,
        )
        document = discovery(self.settings, ISSUER, "https://127.0.0.2:8443", ISSUER, methods)
        self._apps = {
            "authorization": AuthorizationSite(endpoint, clock).app,
            "token": TokenSite(services, document, clock).app,
        }

    def ask(self, site: str, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Got:
        """Send a request and give the answer."""
        factory: Any = cast(Any, _QuietSite)(
            self._apps[site].resource(), reactor=Clock(), requestFactory=_request_factory(65_536)
        )
        transport: Any = cast(Any, Connection)()
        protocol = factory.buildProtocol(None)
        protocol.makeConnection(transport)
        heads = {"Host": "here", "Connection": "close", "Content-Length": str(len(body)), **(headers or {})}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in heads.items()), "", ""]
        protocol.dataReceived("\r\n".join(lines).encode("utf-8", "surrogateescape") + body)
        head, _, text = transport.value().partition(b"\r\n\r\n")
        return Got(int(head.split()[1]), head, text)

    def post(self, site: str, path: str, body: bytes, headers: dict[str, str] | None = None) -> Got:
        """POST a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(site, "POST", path, {**kind, **(headers or {})}, body)

    def _tell(self, what: str, fields: Any) -> None:
        self.told.append((what, dict(fields)))


async def _compared(password_hash: str, password: str) -> bool:
    return bool(password_hash) and password == PASSWORD
