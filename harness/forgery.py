"""Tokens that must be refused: each kind of forgery is one row, made from the grant of an honest token.

Pure; the keys come from the lab's issuer. The cause with which a server should refuse each stands beside it.
"""

import hmac
from collections.abc import Callable, Mapping
from json import dumps

from attrs import evolve, field, frozen
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from valkit.tokens import Cause, Grant, SigningKey, mint
from valkit.tokens.keys import ALGORITHMS
from valkit.tokens.minting import sealed

DAY = 86_400.0


@frozen
class Workshop:
    """What a forger has: the issuer's key for what the issuer itself would sign, and a key nobody trusts."""

    key: SigningKey = field(repr=False)
    stranger: SigningKey = field(repr=False)

    @classmethod
    def of(cls, algorithm: str) -> "Workshop":
        """Make both keys."""
        return cls(SigningKey.generate(algorithm), SigningKey.generate(algorithm))


Make = Callable[[Workshop, Grant], str]


@frozen
class Forgery:
    """One kind of bad token."""

    cause: Cause
    """Why it is refused."""
    make: Make


def forge(kind: str, workshop: Workshop, grant: Grant) -> str:
    """Make the token of this kind that an honest token with this grant would have been."""
    return FORGERIES[kind].make(workshop, grant)


def _signed(change: Callable[[Grant], Grant]) -> Make:
    """Have the issuer sign another grant."""
    return lambda workshop, grant: mint(workshop.key, change(grant))


def _claiming(**claims: object) -> Make:
    """Have the issuer sign other claims; None leaves one out."""
    return _signed(lambda grant: evolve(grant, extra={**grant.extra, **claims}))


def _headed(**changes: object) -> Make:
    """Have the issuer sign another header."""

    def make(workshop: Workshop, grant: Grant) -> str:
        return sealed(workshop.key, _encoded(_header(workshop.key) | changes), _encoded(grant.claims()))

    return make


def _signature_edited(workshop: Workshop, grant: Grant) -> str:
    """Turn one bit of the signature round, well inside it, so that it stays canonical base64url."""
    text, _, signature = mint(workshop.key, grant).rpartition(".")
    middle = len(signature) // 2
    other = "A" if signature[middle] != "A" else "B"
    return f"{text}.{signature[:middle]}{other}{signature[middle + 1 :]}"


def _claims_edited(workshop: Workshop, grant: Grant) -> str:
    """Put another user into a token and leave its signature as it was."""
    header, _, signature = mint(workshop.key, grant).split(".")
    payload = base64url_encode(_encoded(grant.claims() | {grant.user_claim: "mallory"})).decode()
    return f"{header}.{payload}.{signature}"


def _alg_none(workshop: Workshop, grant: Grant) -> str:
    return _unsealed(_header(workshop.key) | {"alg": "none"}, grant) + "."


def _hmac_with_public_key(workshop: Workshop, grant: Grant) -> str:
    """Take the published key for a shared secret (RFC 8725 2.1)."""
    signed = _unsealed(_header(workshop.key) | {"alg": "HS256"}, grant)
    tag = hmac.digest(_public_pem(workshop.key), signed.encode(), "sha256")
    return f"{signed}.{base64url_encode(tag).decode()}"


def _signed_by_stranger(workshop: Workshop, grant: Grant) -> str:
    """Sign with a key of our own under the issuer's kid."""
    return sealed(workshop.stranger, _encoded(_header(workshop.key)), _encoded(grant.claims()))


def _public_pem(key: SigningKey) -> bytes:
    public = ALGORITHMS[key.algorithm].from_jwk(dict(key.public_jwk))
    pem: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def _unsealed(header: Mapping[str, object], grant: Grant) -> str:
    parts = _encoded(header), _encoded(grant.claims())
    return ".".join(base64url_encode(part).decode() for part in parts)


def _header(key: SigningKey) -> dict[str, object]:
    return {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt"}


def _encoded(members: Mapping[str, object]) -> bytes:
    return dumps(members, separators=(",", ":")).encode()


FORGERIES: Mapping[str, Forgery] = {
    "expired": Forgery(Cause.EXPIRED, _signed(lambda grant: evolve(grant, issued_at=grant.issued_at - DAY))),
    "not_yet_valid": Forgery(
        Cause.NOT_YET_VALID,
        lambda workshop, grant: _claiming(nbf=int(grant.issued_at + DAY), exp=int(grant.issued_at + 2 * DAY))(
            workshop, grant
        ),
    ),
    "wrong_issuer": Forgery(
        Cause.WRONG_ISSUER, _signed(lambda grant: evolve(grant, issuer="https://idms.elsewhere.example"))
    ),
    "wrong_audience": Forgery(Cause.WRONG_AUDIENCE, _signed(lambda grant: evolve(grant, audience="another-server"))),
    "missing_scope": Forgery(Cause.MISSING_SCOPE, _signed(lambda grant: evolve(grant, scope="openid"))),
    "no_scope": Forgery(Cause.MISSING_SCOPE, _claiming(scope=None)),
    "no_val_user": Forgery(Cause.NO_VAL_USER, _signed(lambda grant: evolve(grant, val_user_id=""))),
    "no_val_service": Forgery(Cause.NO_VAL_SERVICE, _signed(lambda grant: evolve(grant, val_service_ids=()))),
    "no_expiry": Forgery(Cause.MISSING_CLAIM, _claiming(exp=None)),
    "wrong_typ": Forgery(Cause.WRONG_TYP, _headed(typ="JWT")),
    "unknown_kid": Forgery(Cause.UNKNOWN_KID, lambda workshop, grant: mint(workshop.stranger, grant)),
    "signature_edited": Forgery(Cause.BAD_SIGNATURE, _signature_edited),
    "claims_edited": Forgery(Cause.BAD_SIGNATURE, _claims_edited),
    "signed_by_stranger": Forgery(Cause.BAD_SIGNATURE, _signed_by_stranger),
    "alg_none": Forgery(Cause.ALG_NOT_ALLOWED, _alg_none),
    "hmac_with_public_key": Forgery(Cause.ALG_NOT_ALLOWED, _hmac_with_public_key),
    "not_a_token": Forgery(Cause.MALFORMED, lambda *_: "not-a-token"),
}
"""Each kind by the name that `token.mint` knows it by."""
