"""Keys, a policy and an honest grant that the tests of tokens start from."""

from json import dumps

import pytest
from jwt.utils import base64url_encode

from valkit.tokens import Grant, KeySet, SigningKey, TokenPolicy, TokenRejected, Verifier, jwks
from valkit.tokens.minting import sealed

NOW = 1_800_000_000.0
RSA = SigningKey.generate("RS256")
EC = SigningKey.generate("ES256")
ED = SigningKey.generate("EdDSA")
STRANGER = SigningKey.generate("ES256")
KEYS = KeySet.from_jwks(jwks(RSA, EC, ED))
POLICY = TokenPolicy(
    issuer="https://idms.home.example", audience="val-server", algorithms=frozenset({"RS256", "ES256", "EdDSA"})
)
GRANT = Grant(
    issuer=POLICY.issuer,
    audience=POLICY.audience,
    val_user_id="alice",
    val_service_ids=("dispatch", "video"),
    jti="0123",
    issued_at=NOW,
)


def verifier() -> Verifier:
    """Make a verifier that has seen nothing yet."""
    return Verifier(POLICY, KEYS)


def refusal(token: str, now: float = NOW) -> TokenRejected:
    """Give the reason for which a token is refused, and see to it that the reason does not repeat the token."""
    with pytest.raises(TokenRejected) as caught:
        verifier().verify(token, now)
    error = caught.value
    assert len(token) < 20 or token[:20] not in f"{error} {error!r} {error.detail}"
    return error


def header(key: SigningKey = EC, **changes: object) -> bytes:
    """Write the usual header with these members changed; None leaves one out."""
    return _written({"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt", **changes})


def claims(**changes: object) -> bytes:
    """Write the usual claims with these changed; None leaves one out."""
    return _written({**GRANT.claims(), **changes})


def token(key: SigningKey = EC, head: bytes | None = None, payload: bytes | None = None) -> str:
    """Sign with a trusted key: the honest token, or one with another header or payload."""
    return sealed(key, head or header(key), payload or claims())


def segment(data: bytes) -> str:
    """Encode a segment of a token."""
    return base64url_encode(data).decode()


def _written(members: dict[str, object]) -> bytes:
    return dumps({name: value for name, value in members.items() if value is not None}).encode()
