"""Keys that sign: made, read, written, and their public halves as a JWK Set. For issuers and for tests."""

from collections.abc import Callable, Mapping
from json import dumps
from typing import Any

from attrs import field, frozen
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt import InvalidKeyError
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.utils import der_to_raw_signature

from valkit.tokens.errors import KeyUnusable, shown
from valkit.tokens.keys import ALGORITHMS, FITTING, SHORTEST_RSA, thumbprint
from valkit.tokens.strictjson import read_object

NEW: Mapping[str, Callable[[], Any]] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(65537, SHORTEST_RSA),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}
"""How a key is made for each algorithm that keys are made for."""

HASHES: Mapping[str, HashAlgorithm] = {"ES256": SHA256(), "ES384": SHA384(), "ES512": SHA512()}
"""What is hashed with before a signature by ECDSA (RFC 7518 3.4)."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DERIVED: Mapping[str, Callable[[bytes], Any]] = {
    "ES256": lambda secret: ec.derive_private_key(int.from_bytes(secret) % (P256_ORDER - 1) + 1, ec.SECP256R1()),
    "EdDSA": lambda secret: ed25519.Ed25519PrivateKey.from_private_bytes(secret[:32]),
}
"""How a key is made of secret bytes, where that is a matter of arithmetic (FIPS 186-5 A.2.1, RFC 8032 5.1.5)."""
LEAST_SECRET = 40
"""Bytes that it takes: 64 bits more than the order has, so that no key is likelier than another."""

_PUBLISH: Mapping[type, Callable[..., Any]] = {
    rsa.RSAPrivateKey: RSAAlgorithm.to_jwk,
    ec.EllipticCurvePrivateKey: ECAlgorithm.to_jwk,
    ed25519.Ed25519PrivateKey: OKPAlgorithm.to_jwk,
    ed448.Ed448PrivateKey: OKPAlgorithm.to_jwk,
}


@frozen
class SigningKey:
    """A private key, the algorithm it signs with, and the name its public half goes by (RFC 7638)."""

    algorithm: str
    kid: str
    public_jwk: Mapping[str, object]
    """The public half as it stands in a key set."""
    _key: Any = field(repr=False, eq=False)

    @classmethod
    def generate(cls, algorithm: str = "ES256") -> "SigningKey":
        """Make a key for ES256, RS256 or EdDSA; KeyUnusable for anything else."""
        if algorithm not in NEW:
            raise KeyUnusable(f"No key is made for {shown(algorithm)} (expected {', '.join(NEW)}).")
        return _signing_key(NEW[algorithm](), algorithm)

    @classmethod
    def derived(cls, algorithm: str, secret: bytes) -> "SigningKey":
        """Make a key for ES256 or EdDSA of at least 40 secret bytes, always the same; KeyUnusable for anything else."""
        if algorithm not in DERIVED or len(secret) < LEAST_SECRET:
            raise KeyUnusable(
                f"No key for {shown(algorithm)} is derived of {len(secret)} bytes "
                f"(expected {' or '.join(DERIVED)} and at least {LEAST_SECRET} bytes)."
            )
        return _signing_key(DERIVED[algorithm](secret), algorithm)

    @classmethod
    def from_text(cls, text: str, algorithm: str | None = None) -> "SigningKey":
        """Read a private key, PEM or JWK, that will sign with this algorithm; KeyUnusable says what is wrong."""
        return _signing_key(_from_jwk(text) if text.lstrip().startswith("{") else _from_pem(text), algorithm)

    def sign(self, text: bytes) -> bytes:
        """Sign, in the form RFC 7518 3 gives to signatures; the same text always gives the same one, but with PSS.

        With ECDSA that takes RFC 6979, by which no bad generator of random numbers ever costs a key either.
        """
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            der = self._key.sign(text, ec.ECDSA(HASHES[self.algorithm], deterministic_signing=True))
            return der_to_raw_signature(der, self._key.curve)
        return ALGORITHMS[self.algorithm].sign(text, self._key)

    def pem(self) -> str:
        """Write the private key, unencrypted (PKCS #8): it belongs in a file that only its owner may read."""
        pem: bytes = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return pem.decode()


def jwks(*keys: SigningKey) -> str:
    """Write the public halves as a JWK Set (RFC 7517 5), which verifiers read."""
    return dumps({"keys": [dict(key.public_jwk) for key in keys]}, indent=2)


def _signing_key(private: Any, algorithm: str | None) -> SigningKey:
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size < SHORTEST_RSA:
        raise KeyUnusable(f"The RSA key has {private.key_size} bits (expected at least {SHORTEST_RSA}).")
    public = _published(private)
    fitting = FITTING.get((str(public["kty"]), public.get("crv")), ())
    if not fitting:
        raise KeyUnusable(f"The key is on a curve that signs no token ({shown(public.get('crv'))}).")
    chosen = algorithm or fitting[0]
    if chosen not in fitting:
        raise KeyUnusable(f"The key does not sign with {shown(chosen)} (expected {' or '.join(fitting)}).")
    kid = thumbprint(public)
    return SigningKey(chosen, kid, {**public, "kid": kid, "alg": chosen, "use": "sig"}, private)


def _published(private: Any) -> dict[str, Any]:
    publish = next((publish for kind, publish in _PUBLISH.items() if isinstance(private, kind)), None)
    if publish is None:
        raise KeyUnusable("The key is of a kind that signs no token (expected RSA, EC or Ed25519).")
    jwk = publish(private.public_key(), as_dict=True)
    return {name: value for name, value in jwk.items() if name != "key_ops"}


def _from_pem(text: str) -> Any:
    try:
        return load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise KeyUnusable("The key is encrypted (expected one without a pass phrase).") from None
    except (ValueError, UnsupportedAlgorithm):
        raise KeyUnusable("There is no private key in PEM here (expected -----BEGIN PRIVATE KEY-----).") from None


def _from_jwk(text: str) -> Any:
    try:
        jwk = read_object(text.encode())
        (first, *_) = FITTING[str(jwk["kty"]), None if jwk.get("crv") is None else str(jwk["crv"])]
        private = ALGORITHMS[first].from_jwk(jwk)
    except (InvalidKeyError, ValueError, TypeError, KeyError):
        raise KeyUnusable("There is no private key in JWK here (expected kty, d and the public members).") from None
    if "d" not in jwk:
        raise KeyUnusable("The key is only the public half (expected the private one, with a member d).")
    return private
