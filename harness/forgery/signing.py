"""Headers that ask for another way to verify, and signatures that no issuer has made (RFC 8725, RFC 7515 4.1)."""

import hmac
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_decode, base64url_encode

from harness.forgery.workshop import Forgery, Make, Workshop, encoded, header
from valkit.tokens import Cause, Grant, SigningKey, mint
from valkit.tokens.keys import ALGORITHMS
from valkit.tokens.minting import sealed


def _headed(**changes: object) -> Make:
    """Have the issuer sign under another header; None leaves a member out."""

    def make(workshop: Workshop, grant: Grant) -> str:
        return sealed(workshop.key, encoded(header(workshop.key) | changes), encoded(grant.claims()))

    return make


def _strange(**changes: object) -> Make:
    """Sign with a key of our own, under the issuer's kid if nothing else is said."""

    def make(workshop: Workshop, grant: Grant) -> str:
        return sealed(workshop.stranger, encoded(header(workshop.key) | changes), encoded(grant.claims()))

    return make


def _own_key_shown(workshop: Workshop, grant: Grant) -> str:
    """Sign with a key of our own and put it into the header, for a verifier that takes it from there."""
    return _strange(jwk=dict(workshop.stranger.public_jwk))(workshop, grant)


def _own_key_linked(member: str) -> Make:
    """Sign with a key of our own, and say where to fetch it (jku, x5u)."""

    def make(workshop: Workshop, grant: Grant) -> str:
        return _strange(kid=workshop.stranger.kid, **{member: "https://keys.elsewhere.example/"})(workshop, grant)

    return make


def _resigned(change: Callable[[bytes], bytes]) -> Make:
    """Put another signature in the place of the issuer's."""

    def make(workshop: Workshop, grant: Grant) -> str:
        text, _, signature = mint(workshop.key, grant).rpartition(".")
        return f"{text}.{base64url_encode(change(base64url_decode(signature))).decode()}"

    return make


def _flipped(signature: bytes) -> bytes:
    """Turn one bit round, well inside."""
    middle = len(signature) // 2
    return signature[:middle] + bytes([signature[middle] ^ 1]) + signature[middle + 1 :]


def _edited_header(workshop: Workshop, grant: Grant) -> str:
    """Change the header, and leave the signature as it was."""
    _, payload, signature = mint(workshop.key, grant).split(".")
    changed = base64url_encode(encoded(header(workshop.key) | {"cty": "JWT"})).decode()
    return f"{changed}.{payload}.{signature}"


def _edited_claims(workshop: Workshop, grant: Grant) -> str:
    """Put another user into a token and leave its signature as it was."""
    head, _, signature = mint(workshop.key, grant).split(".")
    payload = base64url_encode(encoded(grant.claims() | {grant.user_claim: "mallory"})).decode()
    return f"{head}.{payload}.{signature}"


def _unsigned(algorithm: str | None) -> Make:
    """Sign nothing, and say so in the header, or say nothing of an algorithm (RFC 7519 6)."""
    return lambda workshop, grant: _unsealed(header(workshop.key) | {"alg": algorithm}, grant) + "."


def _hmac_with_public_key(workshop: Workshop, grant: Grant) -> str:
    """Take the published key for a shared secret (RFC 8725 2.1)."""
    signed = _unsealed(header(workshop.key) | {"alg": "HS256"}, grant)
    tag = hmac.digest(_public_pem(workshop.key), signed.encode(), "sha256")
    return f"{signed}.{base64url_encode(tag).decode()}"


def _public_pem(key: SigningKey) -> bytes:
    public = ALGORITHMS[key.algorithm].from_jwk(dict(key.public_jwk))
    pem: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def _unsealed(head: Mapping[str, object], grant: Grant) -> str:
    return ".".join(base64url_encode(part).decode() for part in (encoded(head), encoded(grant.claims())))


def _of_another_kind(workshop: Workshop, grant: Grant) -> str:
    """Name an algorithm that the issuer's key is not for (RFC 8725 3.1)."""
    other = "ES256" if workshop.key.algorithm != "ES256" else "RS256"
    return _headed(alg=other)(workshop, grant)


SIGNING: Mapping[str, Forgery] = {
    "alg_none": Forgery(Cause.ALG_NOT_ALLOWED, _unsigned("none")),
    "alg_none_in_other_letters": Forgery(Cause.ALG_NOT_ALLOWED, _unsigned("nOnE")),
    "no_alg": Forgery(Cause.ALG_NOT_ALLOWED, _unsigned(None)),
    "alg_as_number": Forgery(Cause.ALG_NOT_ALLOWED, _headed(alg=256)),
    "alg_of_another_kind": Forgery(Cause.UNKNOWN_KID, _of_another_kind),
    "hmac_with_public_key": Forgery(Cause.ALG_NOT_ALLOWED, _hmac_with_public_key),
    "unknown_kid": Forgery(Cause.UNKNOWN_KID, lambda workshop, grant: mint(workshop.stranger, grant)),
    "kid_as_path": Forgery(Cause.UNKNOWN_KID, _headed(kid="../../../dev/null")),
    "kid_as_number": Forgery(Cause.UNKNOWN_KID, _headed(kid=0)),
    "jku": Forgery(Cause.UNKNOWN_KID, _own_key_linked("jku")),
    "x5u": Forgery(Cause.UNKNOWN_KID, _own_key_linked("x5u")),
    "jwk": Forgery(Cause.BAD_SIGNATURE, _own_key_shown),
    "wrong_typ": Forgery(Cause.WRONG_TYP, _headed(typ="JWT")),
    "no_typ": Forgery(Cause.WRONG_TYP, _headed(typ=None)),
    "critical_extension": Forgery(Cause.CRITICAL_HEADER, _headed(crit=["exp"], exp=0)),
    "unencoded_payload": Forgery(Cause.CRITICAL_HEADER, _headed(b64=False, crit=["b64"])),
    "signature_edited": Forgery(Cause.BAD_SIGNATURE, _resigned(_flipped)),
    "signature_of_zeros": Forgery(Cause.BAD_SIGNATURE, _resigned(lambda signature: bytes(len(signature)))),
    "signature_cut": Forgery(Cause.BAD_SIGNATURE, _resigned(lambda signature: signature[:-3])),
    "signature_doubled": Forgery(Cause.BAD_SIGNATURE, _resigned(lambda signature: signature * 2)),
    "no_signature": Forgery(Cause.BAD_SIGNATURE, _resigned(lambda _: b"")),
    "header_edited": Forgery(Cause.BAD_SIGNATURE, _edited_header),
    "claims_edited": Forgery(Cause.BAD_SIGNATURE, _edited_claims),
    "signed_by_stranger": Forgery(Cause.BAD_SIGNATURE, _strange()),
}
"""By name."""
