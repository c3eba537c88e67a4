"""Conditional requests (RFC 9110 13), and the one strong entity tag that a document and all its parts share."""

import re
from hashlib import sha256

from seal.xcap.errors import Refused

_tag = re.compile(r'\s*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def etag_of(text: bytes) -> str:
    """Give the entity tag of a document: other octets, another tag (RFC 4825 8.5)."""
    return f'"{sha256(text).hexdigest()[:32]}"'


def require(if_match: str | None, if_none_match: str | None, kept: bytes | None) -> None:
    """Refuse with 412 a change that is conditional on another state (RFC 9110 13.2.2)."""
    etag = None if kept is None else etag_of(kept)
    if if_match is not None and not _matches(if_match, etag, weakly=False):
        raise Refused(412, "the document is not, or no longer, as If-Match says")
    if if_none_match is not None and _matches(if_none_match, etag, weakly=True):
        raise Refused(412, "the document is as If-None-Match says that it must not be")


def unchanged(if_none_match: str | None, kept: bytes) -> bool:
    """Tell whether who reads has this state already, and is answered with 304."""
    return if_none_match is not None and _matches(if_none_match, etag_of(kept), weakly=True)


def _matches(condition: str, etag: str | None, *, weakly: bool) -> bool:
    if condition.strip() == "*":
        return etag is not None
    return etag is not None and etag in (listed.removeprefix("W/") if weakly else listed for listed in _tags(condition))


def _tags(condition: str) -> list[str]:
    """Read a list of entity tags (RFC 9110 8.8.3); one that is none is refused with 400."""
    tags, at = [], 0
    while at < len(condition):
        found = _tag.match(condition, at)
        if found is None:
            raise Refused(400, 'a condition is no list of entity tags (expected "a", "b" or *)')
        tags.append(found[1])
        at = found.end()
    return tags
