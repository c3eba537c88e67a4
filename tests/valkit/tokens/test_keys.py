"""valkit.tokens.keys: key sets read with suspicion."""

from json import dumps, loads

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.valkit.tokens.support import EC, ED, KEYS, RSA
from tests.vectors import jose
from valkit.tokens import KeySet, KeyUnusable, jwks, thumbprint
from valkit.tokens.compact import split

EC_JWK = dict(EC.public_jwk)
RSA_JWK = dict(RSA.public_jwk)


def key_set(*keys: object) -> KeySet:
    """Read a set of these keys."""
    return KeySet.from_jwks(dumps({"keys": keys}))


def refusal(*keys: object) -> str:
    """Say why a set of these keys is refused."""
    with pytest.raises(KeyUnusable) as caught:
        key_set(*keys)
    return str(caught.value)


def test_the_thumbprint_of_rfc_7638() -> None:
    """The example of 3.1, whatever else stands in the key."""
    key = {"kty": "RSA", "n": jose.THUMBPRINT_N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert thumbprint(key) == jose.THUMBPRINT


@pytest.mark.parametrize(
    ("token", "key"),
    [
        (jose.RS256_TOKEN, {"kty": "RSA", "n": jose.RS256_N, "e": "AQAB"}),
        (jose.ES256_TOKEN, {"kty": "EC", "crv": "P-256", "x": jose.ES256_X, "y": jose.ES256_Y}),
    ],
)
def test_the_signatures_of_rfc_7515(token: str, key: dict[str, str]) -> None:
    """A.2 and A.3 verify with their keys, and not when one bit of the text is another."""
    algorithm = "RS256" if key["kty"] == "RSA" else "ES256"
    found = key_set(key).key(None, algorithm)
    assert found is not None
    verify, prepared = found.prepared(algorithm)
    segments = split(token.encode())
    assert verify(segments.signed, prepared, segments.signature)
    assert not verify(segments.signed[:-1] + b"A", prepared, segments.signature)


def test_pyjwt_reads_the_same_keys() -> None:
    """The set that we write is one that others read."""
    theirs = jwt.PyJWKSet.from_json(jwks(RSA, EC, ED))
    assert [key.key_id for key in theirs.keys] == [RSA.kid, EC.kid, ED.kid]


def test_a_key_is_found_by_kid_and_algorithm() -> None:
    """The kid alone is not enough: a key serves only the algorithms it fits (RFC 8725 3.1)."""
    assert KEYS.key(EC.kid, "ES256") is KEYS.keys[1]
    assert KEYS.key(EC.kid, "RS256") is None
    assert KEYS.key(RSA.kid, "ES256") is None
    assert KEYS.key("other", "ES256") is None


def test_without_a_kid_the_only_fitting_key_is_meant() -> None:
    """Small issuers leave the kid out; with two keys that fit there is a doubt."""
    assert KEYS.key(None, "ES256") is KEYS.keys[1]
    twin = EC_JWK | {"kid": "twin"}
    assert key_set(EC_JWK, twin).key(None, "ES256") is None
    assert KeySet().key(None, "ES256") is None


def test_a_key_of_one_algorithm_serves_no_other() -> None:
    """An `alg` in the key narrows what the key type would allow."""
    unbound = {name: value for name, value in RSA_JWK.items() if name != "alg"}
    assert key_set(unbound).key(RSA.kid, "PS384") is not None
    assert key_set(unbound | {"alg": "PS384"}).key(RSA.kid, "RS256") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read: Expecting value"),
        ("[]", "cannot be read: is not a JSON object"),
        ("{}", "has no list of keys"),
        ('{"keys": {}}', "has no list of keys"),
        ('{"keys": [1]}', "has no list of keys"),
        ('{"keys": []}', "has no key that verifies a token"),
        ('{"keys": [], "keys": []}', "names a member twice"),
    ],
)
def test_what_is_no_key_set(text: str, said: str) -> None:
    """The sentence says what was expected."""
    with pytest.raises(KeyUnusable, match=said):
        KeySet.from_jwks(text)


def test_a_private_key_in_a_key_set_refuses_it() -> None:
    """Whoever fetched the set has the key: it must go out of use, not into it."""
    private = EC_JWK | {"d": jose.ES256_D}
    assert refusal(RSA_JWK, private).startswith("keys[1] is a private key: take it out of use")


@pytest.mark.parametrize("key", [{"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "k": "AAAA"}, {"kty": "oct"}])
def test_a_symmetric_key_refuses_the_set(key: dict[str, str]) -> None:
    """A secret that is published is none."""
    assert "is a symmetric key: whoever can verify with it can forge with it" in refusal(key)


def test_a_short_rsa_key_refuses_the_set() -> None:
    """Below 2048 bits (RFC 7518 3.3)."""
    short = rsa.generate_private_key(65537, 1024).public_key()
    assert "is an RSA key of 1024 bits (expected at least 2048)" in refusal(RSAAlgorithm.to_jwk(short, as_dict=True))


def test_two_keys_of_one_name_refuse_the_set() -> None:
    """Neither could be chosen."""
    assert refusal(EC_JWK, RSA_JWK | {"kid": EC.kid}).startswith("Two keys have the kid")
    nameless = [{name: value for name, value in key.items() if name != "kid"} for key in (EC_JWK, RSA_JWK)]
    assert refusal(*nameless) == "Several keys have no kid, so none could be chosen."


@pytest.mark.parametrize(
    "damage",
    [{"x": "AAAA"}, {"x": None}, {"y": 7}, {"x": "!!"}, {"crv": "P-384"}, {"x": jose.ES256_Y, "y": jose.ES256_X}],
)
def test_a_key_that_is_none_refuses_the_set(damage: dict[str, object]) -> None:
    """Too short, missing, not text, not base64, of another curve, not on the curve."""
    damaged = {name: value for name, value in (EC_JWK | {"alg": "ES256"} | damage).items() if value is not None}
    if damage.get("crv"):
        del damaged["alg"]
    assert "has no usable public key" in refusal(damaged)


def test_a_kid_must_be_text() -> None:
    """RFC 7517 4.5."""
    assert "has a kid that is not a text" in refusal(EC_JWK | {"kid": 7})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"use": "enc"}, "is not for verifying signatures"),
        ({"key_ops": ["encrypt"]}, "is not for verifying signatures"),
        ({"key_ops": "verify"}, "is not for verifying signatures"),
        ({"alg": "ECDH-ES"}, "is for an algorithm that does not fit it or is not known here ('ECDH-ES')"),
        ({"alg": "RS256"}, "is for an algorithm that does not fit it or is not known here ('RS256')"),
        ({"alg": "none"}, "is for an algorithm that does not fit it or is not known here ('none')"),
        ({"alg": "HS256"}, "is for an algorithm that does not fit it or is not known here ('HS256')"),
        ({"kty": "AKP"}, "is of a kind not known here (kty 'AKP', crv 'P-256')"),
        ({"kty": "EC", "crv": "secp256k1"}, "is of a kind not known here (kty 'EC', crv 'secp256k1')"),
        ({"kty": ["EC"]}, "is of a kind not known here"),
    ],
)
def test_a_key_that_is_not_for_us_is_passed_over(changes: dict[str, object], said: str) -> None:
    """The others still serve (RFC 7517 5); alone it makes a set without use, and the reason is given."""
    assert said in refusal(EC_JWK | changes)
    keys = key_set(EC_JWK | changes | {"kid": "x"}, RSA_JWK)
    assert [key.kid for key in keys.keys] == [RSA.kid]
    assert said in keys.passed_over[0]


def test_curves_are_not_mixed_up() -> None:
    """A key of P-384 verifies ES384 and nothing else."""
    public = ec.generate_private_key(ec.SECP384R1()).public_key()
    keys = key_set(ECAlgorithm.to_jwk(public, as_dict=True) | {"kid": "k"})
    assert keys.key("k", "ES384") is not None
    assert keys.key("k", "ES256") is None


def test_a_key_does_not_show_itself() -> None:
    """Not even the public half floods a log."""
    assert str(loads(jwks(RSA))["keys"][0]["n"])[:20] not in repr(KEYS)
