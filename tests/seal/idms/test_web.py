"""Query and form out of an HTTP request."""

from io import BytesIO
from typing import Any

import pytest
from twisted.web.http_headers import Headers

from seal.idms.errors import UntrustedRequest
from seal.idms.web import FORM, form_of, header_of, parameters_in, parameters_of, query_of


class Request:
    """As much of a request as is looked at."""

    def __init__(
        self, uri: bytes = b"/", kind: str | None = None, body: bytes | None = b"a=1", more: bytes = b""
    ) -> None:
        self.uri = uri
        self.more = more
        self.method = b"GET" if kind is None else b"POST"
        self.kind = kind
        self.content = None if body is None else BytesIO(body)

    @property
    def requestHeaders(self) -> Headers:
        """Give the media type."""
        values = [value for value in ((self.kind or "").encode(), self.more) if value]
        return Headers({b"Content-Type": values} if values else {})


def form(**given: Any) -> bytes | None:
    """Read the form of a request."""
    request: Any = Request(**given)
    return form_of(request)


@pytest.mark.parametrize(("uri", "query"), [(b"/a?b=c?d", b"b=c?d"), (b"/a", b""), (b"?", b"")])
def test_the_query_is_what_follows_the_first_question_mark(uri: bytes, query: bytes) -> None:
    """As it was sent."""
    request: Any = Request(uri)
    assert query_of(request) == query


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded ; charset=x"])
def test_a_form_is_told_by_its_media_type(kind: str) -> None:
    """In any case, with parameters."""
    assert form(kind=kind) == b"a=1"


def test_everything_else_is_no_form() -> None:
    """Without a type, of another type, without a body."""
    assert form() is None
    assert form(kind="application/json") is None
    assert form(kind="application/x-www-form-urlencoded", body=None) is None


def test_parameters_come_in_the_query_or_in_the_form() -> None:
    """By the method; what is no form says nothing, and what cannot be read is told."""
    got, posted, other = Request(b"/?b=2"), Request(b"/?b=2", FORM), Request(b"/?b=2", "text/plain")
    read: Any = parameters_of
    assert [read(request).values for request in (got, posted, other)] == [{"b": "2"}, {"a": "1"}, {}]
    with pytest.raises(UntrustedRequest):
        parameters_in(b"a=%ff")


def test_a_header_is_text_whatever_it_is() -> None:
    """Bytes of nobody's, and values that came twice."""
    request: Any = Request(kind="form", more=b"\xff")
    assert header_of(request, "Authorization") is None
    assert header_of(request, "Content-Type") == "form, \xff"
