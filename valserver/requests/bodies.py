"""Which bodies are understood, and who a request is about: what REGISTER and PUBLISH read alike."""

import re
from collections.abc import Iterable
from functools import lru_cache

from valkit.carriers import BY_NAME, InfoDocument
from valkit.sip import MediaType, ParseError, Request, parse_uri
from valserver.errors import Refusal, Refused

REGISTER_BODIES = ("application/3gpp-ims+xml", "message/sip", "multipart/mixed")
"""What an S-CSCF may put into a third-party REGISTER (TS 24.229 5.4.1.7), beside the bodies that carry a token."""
PUBLISH_BODIES = ("application/poc-settings+xml", "multipart/mixed")
"""What a client of a mission critical service publishes (TS 24.379 7.2.2), beside the same."""


def token_bodies(carriers: Iterable[str]) -> tuple[str, ...]:
    """Give the media types of these carriers."""
    wanted = set(carriers)
    rows = [row for name, row in BY_NAME.items() if name in wanted]
    return tuple(row.media_type for row in rows if isinstance(row, InfoDocument))


_is_canonical = re.compile(r"sips?:[A-Za-z0-9\-_.+]+@[a-z0-9\-.]+").fullmatch
"""Whether an identity is written as it is kept: what nearly every core sends."""


@lru_cache(maxsize=1_024)
def _understood(content_type: str, known: tuple[str, ...]) -> bool:
    name = MediaType.parse(content_type).name
    return name in known or name.startswith("multipart/")


def require_body(request: Request, known: tuple[str, ...]) -> None:
    """Refuse a body of an unknown type (RFC 3261 8.2.3), unless it is marked optional (20.11)."""
    content_type = request.headers.get("Content-Type")
    if not request.body or content_type is None or _understood(content_type, known):
        return
    if "handling=optional" not in (request.headers.get("Content-Disposition") or "").replace(" ", "").lower():
        raise Refused(Refusal.UNKNOWN_BODY)


def require_extensions(request: Request) -> None:
    """Refuse a request that requires any extension: none is supported (RFC 3261 8.2.2.3)."""
    if "Require" in request.headers:
        raise Refused(Refusal.UNKNOWN_EXTENSION, "requires " + ", ".join(request.headers.all("Require")))


def impu_of(uri: str) -> str:
    """Give the canonical form of a public user identity: no parameters, one spelling (RFC 3261 10.3, step 5)."""
    if _is_canonical(uri):
        return uri
    try:
        impu = parse_uri(uri).aor()
        impu.encode()
    except (ParseError, UnicodeEncodeError) as error:
        raise Refused(Refusal.BAD_REQUEST, f"not an identity: {uri[:80]!a}") from error
    if not impu.isprintable():  # a NUL would end it where it is kept, and make two identities one
        raise Refused(Refusal.BAD_REQUEST, f"not an identity: {uri[:80]!a}")
    return impu
