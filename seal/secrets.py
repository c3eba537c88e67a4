"""Secrets of those who ask: in files of their own, and kept as digests."""

from hashlib import sha256
from pathlib import Path

from valkit.net.files import tried

LEAST_SECRET = 16
"""Characters of the shortest secret: it is kept under a quick hash, so it must not be guessable."""


def digest(secret: str) -> str:
    """Give the form in which a code, token, client secret or cookie is kept: SHA-256 in hexadecimal."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def first_line(path: Path) -> str:
    """Read a secret from its file; ValueError when that cannot be."""
    try:
        return path.read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{tried(path)} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}"
        ) from error
