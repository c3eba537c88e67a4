"""Whom a phone trusts over TLS, as the settings of each server that it asks name it."""

from pathlib import Path

from valkit.net.tls import Tls


def trusted(authority: Path) -> Tls:
    """Read who vouches for a server, in PEM. OSError, ValueError if the file is not to be read or of no use."""
    try:
        return Tls(authority.read_bytes()).checked()
    except ValueError as error:
        raise ValueError(f"{authority}: {error}") from None
