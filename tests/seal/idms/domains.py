"""Two identity servers without sockets: alice is at home in one of them, and a guest in the other."""

from collections.abc import Mapping
from json import dumps
from pathlib import Path
from typing import Any

from attrs import evolve

from seal.idms.endpoints.token import TokenEndpoint
from seal.idms.errors import OAuthError
from seal.idms.grants import assertion, exchange
from seal.idms.grants.desk import Desk
from seal.idms.parameters import Parameters
from seal.idms.proving.clients import ClientAuthentication
from seal.idms.records import Partner, User
from seal.idms.settings import TokenSettings
from seal.idms.tokens.issuing import Granted, Issuer
from seal.idms.tokens.keys import KeyRing
from seal.idms.tokens.own_tokens import OwnTokens
from tests.seal.idms.parts import ALICE, APP, provisioned
from tests.support import result_of
from valkit.ids import SeededIds
from valkit.tokens import SigningKey
from valkit.tokens.minting import sealed

NOW = 1_795_000_000.0
HOME = "https://idms.home.example"
AWAY = "https://idms.partner.example"
VISITOR = User("visitor", "visitor@partner.example", val_service_ids=("rescue",))
SCOPE = "openid 3gpp:seal:val_service"


class Server:
    """A token endpoint on a store in memory."""

    def __init__(self, issuer: str, folder: Path) -> None:
        self.issuer = issuer
        self.store = result_of(provisioned())
        self.keys = KeyRing(folder, ("ES256", "RS256"), 100.0, NOW)
        self.told: list[tuple[str, Mapping[str, str]]] = []
        minter = Issuer(issuer, self.keys, TokenSettings(), SeededIds(issuer))
        own = OwnTokens(issuer, self.keys, self.store)
        audiences = (issuer, f"{issuer}/token")
        self.desk = Desk(self.store, minter, (), lambda *what: self.told.append(what), own, audiences)
        self._endpoint = TokenEndpoint(ClientAuthentication(self.store, audiences), self.desk)

    def ask(self, now: float = NOW, repeated: frozenset[str] = frozenset(), **form: Any) -> Mapping[str, Any]:
        """Send a form; gives the members of the answer, whether tokens or an error."""
        values = {name: value for name, value in {"client_id": "app", **form}.items() if value is not None}
        try:
            members: Mapping[str, Any] = result_of(self._endpoint.answer(Parameters(values, repeated), None, now))
        except OAuthError as error:
            return error.members
        return members

    def access_token(self, scope: str = SCOPE, lifetime: float = 300.0, user: User = ALICE, family: str = "f1") -> str:
        """Give an access token as a log-in gives it."""
        granted = Granted(family, evolve(APP, access_lifetime=lifetime), user, scope, "3gpp:acr:password", NOW)
        return self.desk.issuer.access_token(granted, NOW)[0]

    def change_partner(self, issuer: str, **changes: Any) -> None:
        """Change what is agreed with another domain."""
        result_of(self.store.change_partner(issuer, lambda partner: evolve(partner, **changes)))

    def change_user(self, user_id: str, **changes: Any) -> None:
        """Change a user."""
        result_of(self.store.change_user(user_id, lambda user: evolve(user, **changes)))


class Domains:
    """A home domain, a partner, and what they have agreed on."""

    def __init__(self, folder: Path) -> None:
        self.home = Server(HOME, folder / "home")
        self.away = Server(AWAY, folder / "away")
        result_of(self.home.store.add_partner(Partner(AWAY)))
        keys = self.home.keys.jwks()
        result_of(self.away.store.add_partner(Partner(HOME, keys=keys, guests={"alice": "visitor"})))
        result_of(self.away.store.add_user(VISITOR))

    def exchange(self, now: float = NOW, **form: Any) -> Mapping[str, Any]:
        """Ask for a security token, with whatever is otherwise."""
        asked: dict[str, Any] = {
            "grant_type": exchange.NAME,
            "resource": AWAY,
            "subject_token_type": exchange.ACCESS_TOKEN,
            "requested_token_type": exchange.JWT,
        }
        if "subject_token" not in form:
            asked["subject_token"] = self.home.access_token()
        return self.home.ask(now, **asked | form)

    def security_token(self, now: float = NOW) -> str:
        """Give a security token."""
        return str(self.exchange(now)["access_token"])

    def bring(self, token: str, now: float = NOW, **form: Any) -> Mapping[str, Any]:
        """Bring a security token to the partner."""
        return self.away.ask(now, **{"grant_type": assertion.NAME, "assertion": token} | form)

    def forged(self, key: SigningKey | None = None, header: dict[str, object] | None = None, **claims: Any) -> str:
        """Give a security token with other claims, signed by the home domain's key or another; None leaves one out."""
        key = key or self.home.keys.signer("ES256")
        said = {
            "iss": HOME,
            "sub": "alice",
            "aud": ["app", AWAY],
            "exp": NOW + 60,
            "iat": NOW,
            "jti": self.home.desk.issuer.family(),
        } | claims
        head = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"} | (header or {})
        return sealed(key, *(_encoded(members) for members in (head, said)))


def _encoded(members: Mapping[str, object]) -> bytes:
    return dumps({name: value for name, value in members.items() if value is not None}).encode()
