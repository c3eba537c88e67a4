"""Keys that verify: a JWK Set (RFC 7517) read with suspicion, each key bound to the algorithms it is for.

A key set is published, so a private or symmetric key in it is a leak and refuses the whole. A key that is merely not
for us (encryption, an algorithm we do not know) is passed over, as RFC 7517 5 wants.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from attrs import field, frozen
from jwt import InvalidKeyError
from jwt.algorithms import Algorithm, get_default_algorithms
from jwt.utils import base64url_encode

from valkit.tokens.errors import KeyUnusable, shown
from valkit.tokens.strictjson import read_object

_ALL = get_default_algorithms()
ALGORITHMS: Mapping[str, Algorithm] = {
    name: _ALL[name]
    for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
}
"""PyJWT's algorithms that may ever sign a token here: asymmetric ones, so no `none` and no HMAC (RFC 8725 3.2)."""

FITTING: Mapping[tuple[str, str | None], tuple[str, ...]] = {
    ("RSA", None): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
    ("OKP", "Ed448"): ("EdDSA",),
}
"""Algorithms for each `kty` and `crv` (RFC 7518 3.1, RFC 8037 3.1). A key serves no other (RFC 8725 3.1)."""

THUMBPRINTED = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
"""Members that RFC 7638 3.2 and RFC 8037 2 hash, in their order."""

SHORTEST_RSA = 2048

Prepared = tuple[Callable[[bytes, Any, bytes], bool], Any]
"""PyJWT's verification (signed text, key, signature) and the key to call it with, parsed and checked beforehand."""


@frozen
class VerificationKey:
    """A public key of an issuer and what it may be used for."""

    kid: str | None
    algorithms: frozenset[str]
    _key: Any = field(repr=False, eq=False)

    def prepared(self, algorithm: str) -> Prepared:
        """Prepare verification by one of this key's algorithms."""
        return ALGORITHMS[algorithm].verify, self._key


@frozen
class KeySet:
    """The keys an issuer signs with at present."""

    keys: tuple[VerificationKey, ...] = ()
    passed_over: tuple[str, ...] = ()
    """Sentences on keys in the set that are not used; worth a line in a log."""

    @classmethod
    def from_jwks(cls, text: str) -> "KeySet":
        """Read a JWK Set (RFC 7517 5); KeyUnusable if it must not be used or holds no key of use."""
        keys: list[VerificationKey] = []
        passed_over: list[str] = []
        for at, jwk in enumerate(_jwks(text)):
            try:
                keys.append(_verification_key(jwk))
            except _NotForUs as reason:
                passed_over.append(f"keys[{at}] {reason}.")
            except KeyUnusable as reason:
                raise KeyUnusable(f"keys[{at}] {reason}.") from None
        if not keys:
            raise KeyUnusable(" ".join(["The key set has no key that verifies a token.", *passed_over]))
        _refuse_twins([key.kid for key in keys])
        return cls(tuple(keys), tuple(passed_over))

    def key(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        """Find the key of this kid if it fits the algorithm; without a kid, the only one that fits."""
        fitting = [key for key in self.keys if algorithm in key.algorithms and kid in {None, key.kid}]
        return fitting[0] if len(fitting) == 1 else None


class _NotForUs(Exception):
    """A key that is not meant for verifying tokens, or by means we do not have."""


def _jwks(text: str) -> list[dict[str, object]]:
    try:
        keys = read_object(text.encode()).get("keys")
    except ValueError as error:
        raise KeyUnusable(f"The key set cannot be read: {error}.") from None
    if not isinstance(keys, list) or not all(isinstance(jwk, dict) for jwk in keys):
        raise KeyUnusable('The key set has no list of keys (expected {"keys": [{"kty": ...}, ...]}).')
    return keys


def _verification_key(jwk: dict[str, object]) -> VerificationKey:
    _refuse_secrets(jwk)
    algorithms = _algorithms(jwk)
    kid = jwk.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise KeyUnusable("has a kid that is not a text")
    return VerificationKey(kid, algorithms, _public_key(jwk, algorithms))


def _refuse_secrets(jwk: dict[str, object]) -> None:
    if jwk.get("kty") == "oct" or "k" in jwk:
        raise KeyUnusable("is a symmetric key: whoever can verify with it can forge with it")
    if not {"d", "p", "q", "priv"}.isdisjoint(jwk):
        raise KeyUnusable("is a private key: take it out of use, and publish only the public part of a new one")


def _algorithms(jwk: dict[str, object]) -> frozenset[str]:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    fitting = FITTING.get((str(kty), None if crv is None else str(crv)))
    operations = jwk.get("key_ops", ["verify"])
    if fitting is None:
        raise _NotForUs(f"is of a kind not known here (kty {shown(kty)}, crv {shown(crv)})")
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        raise _NotForUs("is not for verifying signatures (use, key_ops)")
    if "alg" not in jwk:
        return frozenset(fitting)
    if jwk["alg"] not in fitting:
        raise _NotForUs(f"is for an algorithm that does not fit it or is not known here ({shown(jwk['alg'])})")
    return frozenset({str(jwk["alg"])})


def _public_key(jwk: dict[str, object], algorithms: frozenset[str]) -> Any:
    algorithm = ALGORITHMS[min(algorithms)]
    try:
        key = algorithm.prepare_key(algorithm.from_jwk(jwk))
    except (InvalidKeyError, ValueError, TypeError, KeyError):
        raise KeyUnusable("has no usable public key: its members do not form one") from None
    if jwk["kty"] == "RSA" and key.key_size < SHORTEST_RSA:
        raise KeyUnusable(f"is an RSA key of {key.key_size} bits (expected at least {SHORTEST_RSA})")
    return key


def _refuse_twins(kids: list[str | None]) -> None:
    for kid, times in Counter(kids).items():
        if times > 1:
            raise KeyUnusable(
                "Several keys have no kid, so none could be chosen."
                if kid is None
                else f"Two keys have the kid {shown(kid)}, so neither could be chosen."
            )


def thumbprint(jwk: Mapping[str, object]) -> str:
    """Compute the SHA-256 thumbprint of a key (RFC 7638 3), which serves as its kid."""
    members = {name: jwk[name] for name in THUMBPRINTED[str(jwk["kty"])]}
    return base64url_encode(sha256(dumps(members, separators=(",", ":")).encode()).digest()).decode()
