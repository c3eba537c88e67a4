"""An issuer's site that answers when the test says so, in place of an HTTPS client."""

from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.web.http_headers import Headers

from valkit.net.https import HttpsAnswer, HttpsError
from valkit.tokens import Grant, SigningKey, jwks, mint

ISSUER = "https://idms.home.example"
AUDIENCE = "val-server"
NOW = 1_795_000_000.0
KEY = SigningKey.generate("ES256")
DOCUMENT = f'{{"issuer": "{ISSUER}", "jwks_uri": "{ISSUER}/jwks"}}'.encode()


def token(user: str = "alice", key: SigningKey = KEY, issuer: str = ISSUER, **claims: object) -> str:
    """Mint a token that holds unless the claims say otherwise."""
    return mint(key, Grant(issuer, AUDIENCE, user, ("dispatch",), "j1", NOW, 3_600.0, extra=claims))


@define
class SlowSite:
    """Requests that wait for their answers."""

    asked: list[str] = field(factory=list)
    """URLs, in order."""
    forms: list[dict[str, str]] = field(factory=list)
    waiting: list[Deferred[HttpsAnswer]] = field(factory=list)

    async def get(self, url: str, headers: dict[str, str] | None = None) -> HttpsAnswer:
        """Note what is asked, and wait."""
        self.asked.append(url)
        self.waiting.append(Deferred())
        return await self.waiting[-1]

    async def post(self, url: str, form: dict[str, str], headers: dict[str, str] | None = None) -> HttpsAnswer:
        """Note what is asked, and wait."""
        self.forms.append(form)
        return await self.get(url)

    def says(self, body: bytes, status: int = 200) -> None:
        """Answer what has waited longest."""
        self.waiting.pop(0).callback(HttpsAnswer(status, Headers(), body))

    def publishes(self, *keys: SigningKey) -> None:
        """Answer with a key set."""
        self.says(jwks(*keys).encode())

    def fails(self) -> None:
        """Be out of reach."""
        self.waiting.pop(0).errback(HttpsError("nobody there"))


def as_client(site: SlowSite) -> Any:
    """Take it for a client."""
    return site
