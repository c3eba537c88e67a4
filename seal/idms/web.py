"""What both sites take from an HTTP request: its query, or its form."""

from twisted.web.http import Request

FORM = "application/x-www-form-urlencoded"


def query_of(request: Request) -> bytes:
    """Give the query, as it was sent."""
    uri: bytes = request.uri
    return uri.partition(b"?")[2]


def form_of(request: Request) -> bytes | None:
    """Give the form, as it was sent; None if the body is none (RFC 6749 appendix B)."""
    kind = (request.getHeader("Content-Type") or "").partition(";")[0].strip().lower()
    if kind != FORM or request.content is None:
        return None
    request.content.seek(0)
    body: bytes = request.content.read()
    return body
