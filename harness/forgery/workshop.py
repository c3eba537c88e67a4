"""What forgeries are made with and of: the keys of issuer and forger, and the grant of an honest token."""

from collections.abc import Callable, Mapping
from json import dumps

from attrs import field, frozen

from valkit.tokens import Cause, Grant, SigningKey


@frozen
class Workshop:
    """What a forger has: the issuer's key for what the issuer itself would sign, and a key nobody trusts."""

    key: SigningKey = field(repr=False)
    stranger: SigningKey = field(repr=False)


Make = Callable[[Workshop, Grant], str]


@frozen
class Forgery:
    """One kind of bad token."""

    cause: Cause
    """Why it is refused."""
    make: Make


def header(key: SigningKey) -> dict[str, object]:
    """Give the header of an honest token."""
    return {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt"}


def encoded(members: Mapping[str, object]) -> bytes:
    """Write JSON as issuers do; None leaves a member out."""
    return dumps({name: value for name, value in members.items() if value is not None}, separators=(",", ":")).encode()
