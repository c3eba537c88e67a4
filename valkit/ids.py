"""Randomness as an argument: every branch, tag, Call-ID and nonce comes from an `Ids` that was handed in.

Three kinds exist: `SystemIds` for programs; `SeededIds` for tests and scenarios, whose traces must be the same in every
run; `DerivedIds` for what must come out the same each time and be foreseen by nobody. What makes an identifier good is
RFC 3261's: unique over space and time, unguessable (8.1.1.4, 8.1.1.7, 19.3).
"""

import hmac
import secrets
from random import Random
from typing import Protocol

MAGIC_COOKIE = "z9hG4bK"
"""How each branch begins that identifies a transaction by itself (RFC 3261 8.1.1.7)."""


class Ids(Protocol):
    """Where identifiers and nonces come from."""

    def branch(self) -> str:
        """Give a Via branch that no other transaction has (RFC 3261 8.1.1.7)."""

    def tag(self) -> str:
        """Give a From or To tag of at least 32 random bits (RFC 3261 19.3)."""

    def call_id(self) -> str:
        """Give a Call-ID; it is unique without a host part (RFC 3261 8.1.1.4)."""

    def nonce(self, size: int) -> bytes:
        """Give `size` random bytes: RAND, cnonce, the source of an entity tag."""


class SystemIds:
    """Identifiers from the operating system's generator, fit for secrets."""

    def branch(self) -> str:
        """Give 96 random bits behind the magic cookie."""
        return MAGIC_COOKIE + secrets.token_hex(12)

    def tag(self) -> str:
        """Give 64 random bits."""
        return secrets.token_hex(8)

    def call_id(self) -> str:
        """Give 128 random bits."""
        return secrets.token_hex(16)

    def nonce(self, size: int) -> bytes:
        """Give bytes that nobody can guess."""
        return secrets.token_bytes(size)


class _OfNonces:
    """Identifiers that are made of nonces."""

    def branch(self) -> str:
        """Give the next branch of the row."""
        return MAGIC_COOKIE + self.nonce(12).hex()

    def tag(self) -> str:
        """Give the next tag of the row."""
        return self.nonce(8).hex()

    def call_id(self) -> str:
        """Give the next Call-ID of the row."""
        return self.nonce(16).hex()

    def nonce(self, size: int) -> bytes:
        """Give the next bytes of the row."""
        raise NotImplementedError


class SeededIds(_OfNonces):
    """The same identifiers in every run that starts from the same seed; never for a program that others reach."""

    def __init__(self, seed: int | str) -> None:
        self._random = Random(seed)  # noqa: S311 - being foreseeable is what this class is for

    def nonce(self, size: int) -> bytes:
        """Give the next bytes of the row."""
        return self._random.randbytes(size)


class DerivedIds(_OfNonces):
    """Identifiers that nobody can guess who has not the secret, and the same each time for the same purpose."""

    def __init__(self, secret: bytes, purpose: bytes) -> None:
        self._secret = secret
        self._purpose = purpose
        self._count = 0

    def nonce(self, size: int) -> bytes:
        """Give the next bytes of the row: HMAC-SHA256 in counter mode (NIST SP 800-108 4.1)."""
        drawn = b""
        while len(drawn) < size:
            self._count += 1
            drawn += hmac.digest(self._secret, self._count.to_bytes(4) + self._purpose, "sha256")
        return drawn[:size]
