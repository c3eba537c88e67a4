"""Access tokens made: the header of RFC 9068, the claims of RFC 9068 with the two of VAL. Time is an argument."""

from collections.abc import Mapping
from json import dumps

from attrs import Factory, field, frozen
from jwt.utils import base64url_encode

from valkit.tokens.signing import SigningKey

SCOPE = "openid 3gpp:seal:val_service"
LIFETIME = 300.0  # seconds


@frozen
class Grant:
    """What a token is to say. Times are epoch seconds, lifetimes seconds."""

    issuer: str
    audience: str
    val_user_id: str
    val_service_ids: tuple[str, ...]
    jti: str
    issued_at: float
    lifetime: float = LIFETIME
    client_id: str = "val-client"
    scope: str = SCOPE
    subject: str = Factory(lambda self: self.val_user_id, takes_self=True)
    user_claim: str = "val_user_id"
    services_claim: str = "val_service_ids"
    extra: Mapping[str, object] = field(factory=dict)
    """Further claims, or other values for the ones above; None leaves a claim out."""

    def claims(self) -> dict[str, object]:
        """Give the claims as they go into the token."""
        claims: dict[str, object] = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.audience,
            "exp": int(self.issued_at + self.lifetime),
            "iat": int(self.issued_at),
            "jti": self.jti,
            "client_id": self.client_id,
            "scope": self.scope,
            self.user_claim: self.val_user_id,
            self.services_claim: list(self.val_service_ids),
            **self.extra,
        }
        return {name: value for name, value in claims.items() if value is not None}


def mint(key: SigningKey, grant: Grant) -> str:
    """Sign a grant into an access token."""
    header = {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt"}
    return sealed(key, _encoded(header), _encoded(grant.claims()))


def sealed(key: SigningKey, header: bytes, payload: bytes) -> str:
    """Sign header and payload as they are into a token in compact form (RFC 7515 7.1)."""
    signed = base64url_encode(header) + b"." + base64url_encode(payload)
    return (signed + b"." + base64url_encode(key.sign(signed))).decode()


def _encoded(members: Mapping[str, object]) -> bytes:
    return dumps(members, separators=(",", ":")).encode()
