import json
from math import inf

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from seal.idms.tokens.certificates import certificate
from seal.idms.tokens.trust import MOST, read_keys
from valkit.tokens import KeyUnusable, SigningKey, jwks

NOW = 1_795_000_000.0
EC, OTHER = SigningKey.generate("ES256"), SigningKey.generate("RS256")


def public_pem(key: SigningKey) -> str:
    """Give the public half of a key in PEM."""
    public = load_pem_private_key(key.pem().encode(), None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_key_of_a_set_goes_by_its_name() -> None:
    """And by any, where a token names none."""
    first, second = read_keys(jwks(EC, OTHER))
    assert first.may_verify(EC.kid, NOW)
    assert first.may_verify(None, NOW)
    assert not first.may_verify(OTHER.kid, NOW)
    assert second.may_verify(OTHER.kid, NOW)
    assert (first.begins, first.ends) == (-inf, inf)


def test_pem_has_certificates_and_keys_one_after_the_other() -> None:
    """Nobody agreed on names for them, so any will do."""
    found = read_keys(f"For the partner:\n{certificate(EC, 'https://h.example', NOW, 60.0)}\n{public_pem(OTHER)}")
    assert [each.key.thumbprint() for each in found] == [EC.kid, OTHER.kid]
    assert [each.may_verify("whatever", NOW + 61) for each in found] == [False, True]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "cannot be read"),
        ('{"keys": []}', "no key that verifies"),
        (json.dumps({"keys": [{"kty": "oct", "k": "AAAA"}]}), "symmetric"),
        (EC.pem(), "PRIVATE KEY"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be used"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "cannot be used"),
        (public_pem(EC) * (MOST + 1), "16 at most"),
    ],
)
def test_what_is_of_no_use_is_told(text: str, why: str) -> None:
    """And no private key is taken, for it would be a leak."""
    with pytest.raises(KeyUnusable, match=why):
        read_keys(text)


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 1024), dsa.generate_private_key(2048)])
def test_pem_is_held_to_what_a_set_is_held_to(key: rsa.RSAPrivateKey | dsa.DSAPrivateKey) -> None:
    """Short keys, and kinds that sign no token."""
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(KeyUnusable, match=r"1024 bits|kind that signs no token"):
        read_keys(pem)
