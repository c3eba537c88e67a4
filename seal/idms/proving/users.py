"""What proves a VAL user: rules for passwords, their argon2id hashes, and secrets of one-time-password devices.

Checking a password is the business of `hashing` beside it, checking a one-time password that of `methods`.
"""

import unicodedata
from base64 import b32decode, b32encode
from binascii import Error
from urllib.parse import quote

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

from valkit.ids import Ids

LEAST = 8
"""Characters of the shortest password (NIST SP 800-63B 5.1.1.2); longer ones are taken, other rules are not made."""
MOST = 1_024
"""Characters of the longest: hashing must not be given a book."""
TOTP_SECRET = 20
"""Bytes of a new one-time-password secret (RFC 4226 4, R6)."""


def acceptable(password: str) -> str:
    """Give the password as it is hashed; ValueError with the reason when it is none."""
    if not LEAST <= len(password) <= MOST:
        raise ValueError(f"a password has {LEAST} to {MOST} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in password):
        raise ValueError("a password has no control characters")
    return password


def hash_password(password: str, old_hash: str = "", hasher: PasswordHasher | None = None) -> str:
    """Hash a password with argon2id; takes a fifth of a second on purpose. ValueError as `acceptable`.

    Gives the old hash if it is this password's: then nothing has changed.
    """
    hashing = hasher or PasswordHasher()
    plain = acceptable(password).encode()
    try:
        hashing.verify(old_hash, plain)
        if not hashing.check_needs_rehash(old_hash):
            return old_hash
    except (Argon2Error, InvalidHashError):
        pass
    return hashing.hash(plain)


def usable_hash(text: str) -> str:
    """Give a hash that was made elsewhere; ValueError unless it is one of argon2id."""
    try:
        right = extract_parameters(text).type is Type.ID
    except InvalidHashError:
        right = False
    if not right:
        raise ValueError("is no argon2id hash (expected one that begins with $argon2id$)")
    return text


def usable_totp_secret(text: str) -> str:
    """Give a one-time-password secret without its spaces; ValueError unless it is long enough and base32."""
    plain = text.replace(" ", "").rstrip("=").upper()
    try:
        key = b32decode(plain + "=" * (-len(plain) % 8))
    except (Error, ValueError):
        key = b""
    if len(key) < 16:
        raise ValueError("is no one-time-password secret (expected 128 bits or more in base32)")
    return plain


def new_totp_secret(ids: Ids) -> str:
    """Make a secret for a one-time-password device, in base32."""
    return b32encode(ids.nonce(TOTP_SECRET)).decode()


def totp_uri(user_id: str, secret: str, issuer: str) -> str:
    """Give the address by which an authenticator app takes the secret in, as text or as a QR code."""
    provider, name = quote(issuer, safe=""), quote(user_id, safe="")
    return f"otpauth://totp/{provider}:{name}?secret={secret}&issuer={provider}"
