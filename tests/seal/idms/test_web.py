"""Query and form out of an HTTP request."""

from io import BytesIO
from typing import Any

import pytest

from seal.idms.errors import UntrustedRequest
from seal.idms.web import FORM, form_of, parameters_in, parameters_of, query_of


class Request:
    """As much of a request as is looked at."""

    def __init__(self, uri: bytes = b"/", kind: str | None = None, body: bytes | None = b"a=1") -> None:
        self.uri = uri
        self.method = b"GET" if kind is None else b"POST"
        self.kind = kind
        self.content = None if body is None else BytesIO(body)

    def getHeader(self, _name: str) -> str | None:
        """Give the media type."""
        return self.kind


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
