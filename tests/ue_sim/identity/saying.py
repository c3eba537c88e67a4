"""What an honest identity server says, for tests that change a word of it."""

from hashlib import sha256
from json import dumps
from typing import Any, cast

from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs

from ue_sim.identity.id_token import SignedIn
from ue_sim.identity.pkce import unpadded
from ue_sim.identity.provider import Provider
from ue_sim.identity.request import AuthorizationRequest, Registration
from ue_sim.identity.tokens import TokenSet
from valkit.ids import SeededIds
from valkit.tokens import SigningKey
from valkit.tokens.minting import sealed

ISSUER = "https://idms.home.example"
KEY = SigningKey.generate("ES256")
RETURN = "http://127.0.0.1/callback"
APP = Registration("app", RETURN)
PROVIDER = Provider(ISSUER, f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks", names_itself=True)


def request() -> AuthorizationRequest:
    """Make a request."""
    return AuthorizationRequest.fresh(APP, SeededIds(1))


def now() -> int:
    """Tell the time, as the reactor has it."""
    return int(cast(Any, the_reactor).seconds())


def half(access_token: str) -> str:
    """Give at_hash (OIDC Core 3.1.3.6)."""
    return unpadded(sha256(access_token.encode()).digest()[:16])


def id_token(access_token: str, key: SigningKey = KEY, /, header: Any = None, **changes: object) -> str:
    """Sign an ID token; a claim that is None is left out."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "sub": "alice",
        "aud": "app",
        "exp": now() + 300,
        "iat": now(),
        "nonce": "n",
        "acr": "3gpp:acr:password",
        "auth_time": now(),
        "at_hash": half(access_token),
        "val_user_id": "sip:alice@home.example",
        "val_service_ids": ["dispatch", "telemetry"],
        **changes,
    }
    said = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT", **(header or {})}
    return sealed(key, dumps(head).encode(), dumps(said).encode())


def who(tokens: TokenSet) -> SignedIn:
    """Give who signed in, where that was said."""
    assert tokens.who is not None
    return tokens.who
