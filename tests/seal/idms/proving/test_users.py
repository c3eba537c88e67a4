import hmac
from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher

from seal.idms.proving.users import (
    TOTP_SECRET,
    acceptable,
    hash_password,
    new_totp_secret,
    totp_uri,
    usable_hash,
    usable_totp_secret,
)
from valkit.ids import SeededIds

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_a_hash_is_argon2id_and_says_what_it_costs() -> None:
    """With the library's costs unless told otherwise (RFC 9106, second recommendation, or dearer)."""
    hashed = hash_password("correct horse")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PasswordHasher().verify(hashed, "correct horse")
    assert "correct" not in hashed


def test_the_same_password_keeps_its_hash() -> None:
    """Unless it was hashed at other costs."""
    old = hash_password("correct horse", hasher=CHEAP)
    assert hash_password("correct horse", old, CHEAP) == old
    assert hash_password("battery staple", old, CHEAP) != old
    assert hash_password("correct horse", "no hash", CHEAP) != old
    dearer = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    assert "t=2" in hash_password("correct horse", old, dearer)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025, "tab\tin it", "line\nfeed!", "half \ud800 pair"])
def test_what_is_no_password_is_refused(password: str) -> None:
    """Too short, too long, or not to be typed."""
    with pytest.raises(ValueError, match="a password has"):
        acceptable(password)


@pytest.mark.parametrize("password", ["12345678", "x" * 1024, "pässwörd ☎", "correct horse battery staple"])
def test_every_other_password_is_taken(password: str) -> None:
    """No rule about kinds of characters (NIST SP 800-63B 5.1.1.2)."""
    assert acceptable(password) == password


def test_only_a_hash_of_argon2id_is_usable() -> None:
    """Not one of another kind, and not a password put there by mistake."""
    hashed = CHEAP.hash("correct horse")
    assert usable_hash(hashed) == hashed
    for other in (hashed.replace("argon2id", "argon2i"), "correct horse", "", "$2b$12$abcdefghijklmnopqrstuv"):
        with pytest.raises(ValueError, match="argon2id") as raised:
            usable_hash(other)
        assert "correct horse" not in str(raised.value)


def test_a_secret_is_base32_however_it_is_spaced() -> None:
    """As authenticator apps show it."""
    assert usable_totp_secret("gezd gnbv gy3t qojq gezd gnbv gy3t qojq") == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for other in ("", "GEZDGNBV", "not base32 at all!", "1" * 32, "ü" * 32):
        with pytest.raises(ValueError, match="one-time-password secret"):
            usable_totp_secret(other)


def test_a_new_secret_goes_into_an_app() -> None:
    """160 bits, in the address that a QR code shows."""
    secret = new_totp_secret(SeededIds(1))
    assert len(b32decode(secret)) == TOTP_SECRET
    assert not hmac.compare_digest(secret, new_totp_secret(SeededIds(2)))
    uri = urlsplit(totp_uri("alice&bob", secret, "home.example"))
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/home.example:alice%26bob")
    assert parse_qs(uri.query) == {"secret": [secret], "issuer": ["home.example"]}
