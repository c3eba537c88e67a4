"""What the sites take from an HTTP request, its query or its form, and the pages and redirects that go back."""

from collections.abc import Mapping

from twisted.web.http import Request

from seal.idms import rendering
from seal.idms.errors import UntrustedRequest
from seal.idms.parameters import Parameters, read

FORM = "application/x-www-form-urlencoded"


def query_of(request: Request) -> bytes:
    """Give the query, as it was sent."""
    uri: bytes = request.uri
    return uri.partition(b"?")[2]


def header_of(request: Request, name: str) -> str | None:
    """Give a header, whatever bytes are in it; one that came twice is in it twice, and will be understood by nobody."""
    values = request.requestHeaders.getRawHeaders(name.encode()) or ()
    return b", ".join(values).decode("latin-1") if values else None


def form_of(request: Request) -> bytes | None:
    """Give the form, as it was sent; None if the body is none (RFC 6749 appendix B)."""
    kind = (header_of(request, "Content-Type") or "").partition(";")[0].strip().lower()
    if kind != FORM or request.content is None:
        return None
    request.content.seek(0)
    body: bytes = request.content.read()
    return body


def parameters_of(request: Request) -> Parameters:
    """Read what somebody's browser sends, by GET or POST. UntrustedRequest if it cannot be read."""
    return parameters_in(form_of(request) if request.method == b"POST" else query_of(request))


def parameters_in(text: bytes | None) -> Parameters:
    """Read a query or form. UntrustedRequest if it cannot be read."""
    try:
        return read(text or b"")
    except ValueError:
        raise UntrustedRequest("The request is not written as it must be.") from None


def redirect(request: Request, location: str, status: int = 302) -> bytes:
    """Send the browser elsewhere."""
    return _answer(request, status, {**rendering.headers(), "Location": location}, b"")


def page(request: Request, status: int, text: str, leads_to: str | None = None) -> bytes:
    """Show a page; `leads_to` is where its form may lead in the end."""
    return _answer(request, status, rendering.headers(leads_to), text.encode())


def error_page(request: Request, status: int, heading: str, sentence: str) -> bytes:
    """Tell the person what is wrong, when there is nobody to redirect to."""
    advice = "Please go back to the application and try again; if that does not help, tell its provider."
    return page(request, status, rendering.page("error", heading=heading, sentence=sentence, advice=advice))


def _answer(request: Request, status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    request.setResponseCode(status)
    for name, value in headers.items():
        request.setHeader(name, value)
    request.setHeader("Content-Length", str(len(body)))
    return body
