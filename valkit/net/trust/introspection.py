"""Asking the issuer whether a token is still active (RFC 7662): for operators who want revocation to count at once.

Asked is only about tokens whose signature and claims hold, and an answer is believed for a while. An issuer that does
not answer vouches for nothing.
"""

from hashlib import sha256
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from valkit.net import files
from valkit.net.https import HttpsClient, HttpsError, basic
from valkit.net.trust.errors import NotActive, NotYet, Standing, UnusableTrust
from valkit.net.trust.settings import IntrospectionSettings
from valkit.tokens.strictjson import read_object
from valkit.tokens.verifier import Seen

REMEMBERED = 100_000
"""Answers kept."""
SILENCE = 1.0
"""Seconds for which an issuer that did not answer is not asked about the same token again."""


class Introspection:
    """Knows what the issuer said of tokens. Raises UnusableTrust if the file with the secret cannot be read."""

    def __init__(self, settings: IntrospectionSettings, https: HttpsClient, clock: IReactorTime) -> None:
        self._url = settings.url
        self._keep_for = settings.keep_for
        self._authorization = basic(settings.client_id, _secret(settings.client_secret))
        self._https = https
        self._clock = clock
        self._said = Seen(REMEMBERED)
        self._log = Logger()

    def require_active(self, token: str, now: float) -> None:
        """Raise NotActive if the issuer does not vouch for the token, NotYet if it must be asked first."""
        said = self._said.get(sha256(token.encode()).digest())
        standing, until = said or (None, 0.0)
        if not isinstance(standing, Standing) or not isinstance(until, float) or until <= now:
            raise NotYet(Deferred.fromCoroutine(self._ask(token)))
        if standing is not Standing.ACTIVE:
            raise NotActive(standing)

    async def _ask(self, token: str) -> None:
        try:
            standing = await self._standing(token)
        except (HttpsError, ValueError) as error:
            self._log.error("the issuer cannot be asked about a token: {error}", error=str(error))
            standing = Standing.UNANSWERED
        lasts = SILENCE if standing is Standing.UNANSWERED else self._keep_for
        self._said.put(sha256(token.encode()).digest(), (standing, self._clock.seconds() + lasts))

    async def _standing(self, token: str) -> Standing:
        form = {"token": token, "token_type_hint": "access_token"}
        headers = {"Authorization": self._authorization, "Accept": "application/json"}
        answer = await self._https.post(self._url, form, headers)
        if answer.status != 200:
            raise HttpsError(f"introspection is answered with {answer.status}")
        return Standing.ACTIVE if read_object(answer.body).get("active") is True else Standing.NOT_ACTIVE


def _secret(path: Path) -> str:
    try:
        return files.text(path).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableTrust(
            f"{files.tried(path)} cannot be read ({files.why(error)}): introspection.client_secret must name a file"
        ) from error
