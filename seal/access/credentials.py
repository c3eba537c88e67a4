"""What a request brings to prove who asks: the two headers of TS 24.547 annex A.2, read and not yet believed."""

import re
from collections.abc import Sequence

from attrs import field, frozen

from seal.access.errors import no_credentials, two_credentials

AUTHORIZATION = "Authorization"
ASSERTED_IDENTITY = "X-3GPP-Asserted-Identity"
"""Header of TS 24.109 in which a network function says who it is, and a proxy that it is so."""

_identity = re.compile(r'"([!#-\[\]-~]{1,255})"|([!#-+\--\[\]-~]{1,255})').fullmatch


@frozen
class Bearer:
    """An access token (RFC 6750 2.1)."""

    token: str = field(repr=False)


@frozen
class Asserted:
    """An identity that the peer asserts; empty if what stands there is none."""

    identity: str


def credentials_in(authorizations: Sequence[str], asserted: Sequence[str]) -> Bearer | Asserted:
    """Read both headers, given every value of each; AccessRefused if there is nothing, or more than one of a kind.

    A bearer token goes first: then the identity is the token's, whatever is asserted beside it.
    """
    if len(authorizations) > 1 or len(asserted) > 1:
        raise two_credentials()
    scheme, _, token = (authorizations[0] if authorizations else "").partition(" ")
    if scheme.lower() == "bearer":
        return Bearer(token.strip())
    if not asserted:
        raise no_credentials()
    return Asserted(identity_in(asserted[0]))


def identity_in(value: str) -> str:
    """Read one asserted identity, with or without its quotes; empty if it cannot be read or there are several."""
    read = _identity(value.strip())
    return "" if read is None else read[1] or read[2]
