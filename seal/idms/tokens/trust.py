"""Keys of another domain's S-IdMS, provisioned out of band (DOM-04): a JWK Set, or X.509 certificates and keys in PEM.

A certificate vouches only for as long as it lasts. Whose certificate it is does not matter, and no chain is followed:
who provisioned it said whose it is.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from json import dumps
from math import inf
from typing import Any

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from valkit.tokens import KeySet, KeyUnusable
from valkit.tokens.strictjson import read_object

MOST = 16
"""Keys that one domain may have at a time."""
_BLOCKS = ("CERTIFICATE", "PUBLIC KEY")
_PUBLISH: Mapping[type, Callable[..., Any]] = {
    rsa.RSAPublicKey: RSAAlgorithm.to_jwk,
    ec.EllipticCurvePublicKey: ECAlgorithm.to_jwk,
    ed25519.Ed25519PublicKey: OKPAlgorithm.to_jwk,
}


@frozen
class TrustedKey:
    """A key, and for how long it may be believed."""

    key: Key
    kid: str | None
    """How tokens name it; None where nobody agreed on a name, as with PEM."""
    begins: float = -inf
    ends: float = inf

    def may_verify(self, kid: object, now: float) -> bool:
        """Whether a token that names its key so may be of this one, now."""
        return self.begins <= now <= self.ends and (self.kid is None or kid is None or kid == self.kid)


@lru_cache(64)
def read_keys(text: str) -> tuple[TrustedKey, ...]:
    """Read keys, as JWKS or PEM. KeyUnusable says what is wrong with them."""
    keys = _of_pem(text) if "-----BEGIN" in text else _of_jwks(text)
    if len(keys) > MOST:
        raise KeyUnusable(f"There are {len(keys)} keys (expected {MOST} at most).")
    return keys


def _of_jwks(text: str) -> tuple[TrustedKey, ...]:
    usable = {key.kid for key in KeySet.from_jwks(text).keys}
    found: Any = read_object(text.encode())["keys"]
    try:
        return tuple(TrustedKey(import_key(jwk), jwk.get("kid")) for jwk in found if jwk.get("kid") in usable)
    except (JoseError, ValueError) as error:
        raise KeyUnusable(f"A key of the set cannot be used: {error}.") from None


def _of_pem(text: str) -> tuple[TrustedKey, ...]:
    keys = tuple(_of_block(block) for block in _blocks(text))
    if not keys:
        raise KeyUnusable(f"The PEM text has neither of {' and '.join(_BLOCKS)}.")
    return keys


def _blocks(text: str) -> list[str]:
    blocks = []
    for part in text.split("-----BEGIN ")[1:]:
        kind = part.partition("-----")[0]
        if kind not in _BLOCKS:
            raise KeyUnusable(f"The PEM text has a {kind[:40]!r} (expected {' or '.join(_BLOCKS)}).")
        blocks.append(f"-----BEGIN {part}")
    return blocks


def _of_block(block: str) -> TrustedKey:
    try:
        if block.startswith("-----BEGIN CERTIFICATE"):
            certificate = x509.load_pem_x509_certificate(block.encode())
            begins, ends = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
            return TrustedKey(_checked(certificate.public_key()), None, begins, ends)
        return TrustedKey(_checked(load_pem_public_key(block.encode())), None)
    except (ValueError, JoseError) as error:
        raise KeyUnusable(f"A PEM block cannot be used: {str(error).rstrip('.')}.") from None


def _checked(public: Any) -> Key:
    """Hold a key to what a JWK Set is held to: its kind and its size."""
    publish = next((publish for kind, publish in _PUBLISH.items() if isinstance(public, kind)), None)
    if publish is None:
        raise KeyUnusable("A key is of a kind that signs no token (expected RSA, EC or Ed25519).")
    jwk = {name: value for name, value in publish(public, as_dict=True).items() if name != "key_ops"}
    KeySet.from_jwks(dumps({"keys": [jwk]}))
    return import_key(jwk)
