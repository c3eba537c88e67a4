"""valkit.tokens.signing: keys made, read and written; the public half and nothing more is published."""

from json import dumps, loads

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.valkit.tokens.support import EC, ED, RSA
from tests.vectors import jose
from valkit.tokens import KeySet, KeyUnusable, SigningKey, jwks

ES256_JWK = {"kty": "EC", "crv": "P-256", "x": jose.ES256_X, "y": jose.ES256_Y, "d": jose.ES256_D}
PKCS8 = (Encoding.PEM, PrivateFormat.PKCS8)


def refusal(text: str, algorithm: str | None = None) -> str:
    """Say why this is no key to sign with."""
    with pytest.raises(KeyUnusable) as caught:
        SigningKey.from_text(text, algorithm)
    return str(caught.value)


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=lambda key: key.algorithm)
def test_what_a_key_signs_its_public_half_verifies(key: SigningKey) -> None:
    """And only that text."""
    found = KeySet.from_jwks(jwks(key)).key(key.kid, key.algorithm)
    assert found is not None
    verify, prepared = found.prepared(key.algorithm)
    assert verify(b"text", prepared, key.sign(b"text"))
    assert not verify(b"other", prepared, key.sign(b"text"))


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=lambda key: key.algorithm)
def test_a_key_survives_its_file(key: SigningKey) -> None:
    """Written and read, it has the same name, algorithm and public half."""
    again = SigningKey.from_text(key.pem())
    assert (again.kid, again.algorithm, again.public_jwk) == (key.kid, key.algorithm, key.public_jwk)


def test_a_key_in_jwk() -> None:
    """The private key of RFC 7515 A.3 is read too, and named by its thumbprint."""
    key = SigningKey.from_text(dumps(ES256_JWK))
    assert (key.algorithm, key.public_jwk["x"], len(key.kid)) == ("ES256", jose.ES256_X, 43)


def test_the_algorithm_can_be_chosen_where_the_key_allows_it() -> None:
    """An RSA key signs with PSS too, and its published half says so."""
    key = SigningKey.from_text(RSA.pem(), "PS256")
    assert (key.algorithm, key.public_jwk["alg"]) == ("PS256", "PS256")


def test_only_the_public_half_is_published() -> None:
    """No private member stands in a key set, whichever kind of key it is."""
    for jwk in loads(jwks(RSA, EC, ED))["keys"]:
        assert {"d", "p", "q", "dp", "dq", "qi"}.isdisjoint(jwk)
        assert jwk["use"] == "sig"


def test_a_key_does_not_show_itself() -> None:
    """Its repr has the name, not the secret."""
    assert "private" not in repr(EC).lower()
    assert EC.pem().splitlines()[1] not in repr(EC)


@pytest.mark.parametrize("algorithm", ["HS256", "none", "RS384", ""])
def test_keys_are_made_for_three_algorithms(algorithm: str) -> None:
    """Anything else is refused by name."""
    with pytest.raises(KeyUnusable, match="expected ES256, RS256, EdDSA"):
        SigningKey.generate(algorithm)


def test_what_is_no_private_key() -> None:
    """Each text has its sentence."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    locked = key.private_bytes(*PKCS8, BestAvailableEncryption(b"secret")).decode()
    exchange = x25519.X25519PrivateKey.generate().private_bytes(*PKCS8, NoEncryption()).decode()
    short = rsa.generate_private_key(65537, 1024).private_bytes(*PKCS8, NoEncryption()).decode()
    assert refusal("") == "There is no private key in PEM here (expected -----BEGIN PRIVATE KEY-----)."
    assert refusal(public).startswith("There is no private key in PEM here")
    assert refusal(locked) == "The key is encrypted (expected one without a pass phrase)."
    assert refusal(exchange) == "The key is of a kind that signs no token (expected RSA, EC or Ed25519)."
    assert refusal(short) == "The RSA key has 1024 bits (expected at least 2048)."


@pytest.mark.parametrize(
    "text",
    [
        '{"kty": "oct", "k": "AAAA"}',
        "{",
        "{}",
        '{"kty": "EC"}',
        '{"kty": "EC", "kty": "RSA"}',
        '{"kty": "RSA", "d": 1}',
    ],
)
def test_what_is_no_private_jwk(text: str) -> None:
    """A shared secret is none either."""
    assert refusal(text).startswith("There is no private key in JWK here")


def test_the_public_half_does_not_sign() -> None:
    """It is told apart from a text that is no key at all."""
    assert refusal(dumps(dict(EC.public_jwk))).startswith("The key is only the public half")


def test_an_algorithm_that_the_key_does_not_have() -> None:
    """What it does sign with is named."""
    assert refusal(EC.pem(), "RS256") == "The key does not sign with 'RS256' (expected ES256)."
    k1 = ec.generate_private_key(ec.SECP256K1()).private_bytes(*PKCS8, NoEncryption()).decode()
    assert refusal(k1) == "The key is on a curve that signs no token ('secp256k1')."


def test_signatures_are_those_of_rfc_6979() -> None:
    """A.2.5: the key on P-256, the message "sample" with SHA-256."""
    x = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    private = ec.derive_private_key(x, ec.SECP256R1())
    key = SigningKey.from_text(private.private_bytes(*PKCS8, NoEncryption()).decode())
    assert key.sign(b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_key_is_derived_of_secret_bytes(algorithm: str) -> None:
    """The same of the same, and a good one: what it signs its public half verifies."""
    key = SigningKey.derived(algorithm, b"s" * 40)
    assert key.pem() == SigningKey.derived(algorithm, b"s" * 40).pem()
    assert key.pem() != SigningKey.derived(algorithm, b"t" * 40).pem()
    found = KeySet.from_jwks(jwks(key)).key(key.kid, algorithm)
    assert found is not None
    verify, prepared = found.prepared(algorithm)
    assert verify(b"text", prepared, key.sign(b"text"))


@pytest.mark.parametrize(("algorithm", "secret"), [("RS256", b"s" * 40), ("ES256", b"s" * 39), ("none", b"s" * 40)])
def test_no_key_is_derived_of_too_little_or_for_what_is_no_arithmetic(algorithm: str, secret: bytes) -> None:
    """It is told what is expected."""
    with pytest.raises(KeyUnusable, match="expected ES256 or EdDSA and at least 40 bytes"):
        SigningKey.derived(algorithm, secret)
