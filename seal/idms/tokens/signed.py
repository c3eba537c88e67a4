"""Signed tokens that somebody brings: ours, read back, and assertions of clients (RFC 7519 7.2).

The form is held to `valkit.tokens` first, so that joserfc is given nothing that it has not foreseen; extensions that
must be understood (`crit`, RFC 7515 4.1.11) are not. What the claims mean is the caller's business.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from valkit.tokens import TokenRejected
from valkit.tokens.compact import decode, split
from valkit.tokens.strictjson import read_object

Claims = Mapping[str, Any]


@frozen
class Signed:
    """A token that one of the keys has signed."""

    kind: object
    """Its `typ`, of whatever type that is."""
    claims: Claims


def verified(token: str, keys: KeySet | Key, algorithms: Iterable[str]) -> Signed | None:
    """Read a token; None if none of these keys has signed it with one of these algorithms.

    In a set, a key is looked for by the name that the token has for it; a key by itself is the one, whatever its name.
    """
    try:
        header = read_object(decode(split(token.encode()).header))
        if "crit" in header:
            return None
        claims = jwt.decode(token, keys, algorithms=list(algorithms)).claims
    except (TokenRejected, JoseError, ValueError):
        return None
    return Signed(header.get("typ"), claims)


def unverified(token: str) -> Claims:
    """Read what a token says, of which nothing may be believed yet. Empty if it cannot be read."""
    return _object(token, "payload")


def unverified_header(token: str) -> Claims:
    """Read its header in the same way."""
    return _object(token, "header")


def _object(token: str, part: str) -> Claims:
    try:
        return read_object(decode(getattr(split(token.encode()), part)))
    except (TokenRejected, ValueError):
        return {}
