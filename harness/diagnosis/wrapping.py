"""Tokens with white space within them: wrapped as base64 is in mail, pretty-printed, or folded. Pure."""

import re

_PIECE = rb"[A-Za-z0-9_.\-]"
_BEGIN = rb"(?:ey[A-L]|ew[k-p0-3])"
"""The beginning of a JWT's header, `{"`, in base64url; or of one with white space in it."""
_parted = re.compile(rb"(?<!%b)%b%b*+(?:\s++%b++)++" % (_PIECE, _BEGIN, _PIECE, _PIECE))
"""A token and what white space parts from it. Each word is looked at once, however often it begins anew within."""
_bearer = re.compile(
    rb"^authorization[ \t]*:[ \t]*bearer[ \t]+(%b%b*+(?:\r?\n%b++(?=\r?$))++)" % (_BEGIN, _PIECE, _PIECE),
    re.IGNORECASE | re.MULTILINE,
)
"""A header whose token goes on in lines that are no continuation."""


def parted_token(octets: bytes) -> str | None:
    """Give a token that white space parts, with what follows it; None if there is none."""
    found = _parted.search(octets)
    return None if found is None else found[0].decode()


def parted_bearer(octets: bytes) -> str | None:
    """Give the token of an Authorization header that goes on in the lines after it; None if there is none."""
    found = _bearer.search(octets)
    return None if found is None else found[1].decode()


def how_parted(token: str) -> str:
    """Say how white space parts a token, of which nothing is told but lengths."""
    pieces = token.split()
    lengths = {len(piece) for piece in pieces[:-1]}
    if len(pieces) > 2 and len(lengths) == 1:
        return f"it is wrapped after every {lengths.pop()} characters, as base64 is elsewhere"
    return f"it is in {len(pieces)} pieces"
