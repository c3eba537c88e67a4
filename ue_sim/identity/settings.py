"""What a phone is told of its identity server: where it is, which client the app is there, and whose log-in it is.

Secrets, keys and tokens stand in files of their own; `registration` and `trusted` read them.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import model_validator

from ue_sim.identity.loopback import REDIRECT
from ue_sim.identity.proof import NoProof, Proof, SecretInForm, SecretInHeader, SignedAssertion
from ue_sim.identity.request import PASSWORD, SCOPE, Registration
from ue_sim.trusting import trusted
from valkit.net.tls import Tls
from valkit.settings import Settings, written_as
from valkit.tokens import KeyUnusable, SigningKey

AuthMethod = Literal["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]


def _https(text: str) -> str:
    if not text.startswith("https://"):
        raise ValueError(text)
    return text


class IdentitySettings(Settings):
    """The way to one identity server (S-IdMS)."""

    issuer: Annotated[str, written_as(_https, "https://127.0.0.3:8443")]
    """The identity server, as https://127.0.0.3:8443; the rest it says of itself (OpenID Connect Discovery)."""
    client_id: str
    """The app's name at the identity server."""
    authority: Path = Path("val-ca/authority.pem")
    """PEM file: who vouches for the server's certificate."""
    auth_method: AuthMethod | None = None
    """How the app proves itself. Without it: by what it has, a key, a secret (in the header), or nothing."""
    client_secret: Path | None = None
    """File with the app's secret, if it has one."""
    client_key: Path | None = None
    """File with the app's private key, PEM or JWK, for private_key_jwt."""
    redirect_uri: str = REDIRECT
    """The app's redirect address. A browser comes back to it, at any free port if it names none; a log-in without a
    browser only reads it."""
    user: str | None = None
    """Who logs in, without a browser. Left out: whoever the user's browser says."""
    scope: str = SCOPE
    """What to ask for."""
    acr: str = PASSWORD
    """Ways to log in, by preference."""
    user_claim: str = "val_user_id"
    """The ID token's claim with the VAL user; `mcptt_id` for MCPTT."""
    services_claim: str = "val_service_ids"
    """The ID token's claim with the list of VAL services."""
    tokens: Path | None = None
    """File that keeps what a log-in has given, so that the next call needs none; readable by its owner only."""

    @model_validator(mode="after")
    def _can_prove_it(self) -> Self:
        wants = {"client_secret_basic": "client_secret", "client_secret_post": "client_secret"}
        needed = {"none": None, "private_key_jwt": "client_key", **wants}[self.method]
        given = [name for name in ("client_secret", "client_key") if getattr(self, name) is not None]
        if given != ([needed] if needed else []):
            raise ValueError(
                f"has {' and '.join(given) or 'neither client_secret nor client_key'} for auth_method {self.method} "
                f"(expected {needed or 'neither client_secret nor client_key'})"
            )
        return self

    @property
    def method(self) -> AuthMethod:
        """How the app proves itself."""
        if self.auth_method is not None:
            return self.auth_method
        return "private_key_jwt" if self.client_key else "client_secret_basic" if self.client_secret else "none"

    def registration(self) -> Registration:
        """Give the client as the server knows it. OSError, ValueError if a file is not to be read or of no use."""
        return Registration(self.client_id, self.redirect_uri, self.scope, self.acr, self._proof())

    def trusted(self) -> Tls:
        """Give whom the app trusts. OSError, ValueError if the file is not to be read or of no use."""
        return trusted(self.authority)

    def _proof(self) -> Proof:
        match self.method:
            case "client_secret_basic":
                return SecretInHeader(_first_line(self.client_secret))
            case "client_secret_post":
                return SecretInForm(_first_line(self.client_secret))
            case "private_key_jwt":
                return SignedAssertion(_key(self.client_key))
        return NoProof()


def _first_line(path: Path | None) -> str:
    secret = _text(path).partition("\n")[0].strip()
    if not secret:
        raise ValueError(f"{path} is empty (expected the app's secret in its first line)")
    return secret


def _key(path: Path | None) -> SigningKey:
    try:
        return SigningKey.from_text(_text(path))
    except KeyUnusable as error:
        raise ValueError(f"{path}: {error}") from None


def _text(path: Path | None) -> str:
    assert path is not None  # _can_prove_it
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text") from None
