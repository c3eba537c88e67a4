"""A request's head in, where it goes out: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.proxy.callers import Caller
from seal.proxy.deciding import Head, Rules, length_of
from seal.proxy.errors import Refusal, Refused
from seal.proxy.routes import Route, Routes

UE = Caller("192.0.2.1")
RULES = Rules("proxy", Routes([Route("a", ("a.example",), "https://127.0.0.1:8446")]), (), 100, 1_000)
HOST = (b"host", b"A.Example:443")


def refusal(
    *headers: tuple[bytes, bytes], method: bytes = b"GET", target: bytes = b"/x", version: str = "1.1"
) -> Refusal:
    """Say why a request is refused."""
    with pytest.raises(Refused) as caught:
        RULES.decide(Head(method, target, (HOST, *headers), version), UE)
    return caught.value.refusal


def test_a_request_goes_on_to_its_route() -> None:
    """By the route's address; Host is what the client named."""
    onward = RULES.decide(Head(b"PUT", b"/x?y", (HOST, (b"content-length", b"7"), (b"etag", b"z"))), UE)
    assert (onward.url, onward.method, onward.length) == (b"https://127.0.0.1:8446/x?y", b"PUT", 7)
    assert (onward.headers[0], (b"etag", b"z") in onward.headers) == ((b"host", b"a.example"), True)


def test_each_rule_has_its_refusal() -> None:
    """The table of the module."""
    assert refusal(version="2.0") is Refusal.VERSION
    assert refusal((b"x", b"y" * 1_000)) is Refusal.HEADERS_TOO_LARGE
    assert refusal(*((b"x", b"") for _ in range(100))) is Refusal.HEADERS_TOO_LARGE
    assert refusal(method=b"CONNECT") is Refusal.TUNNEL
    assert refusal((b"content-length", b"1"), (b"transfer-encoding", b"chunked")) is Refusal.TWO_LENGTHS
    assert refusal(target=b"x") is Refusal.BAD_TARGET
    assert refusal((b"x-3gpp-asserted-identity", b"x")) is Refusal.ASSERTED_BY_UE
    assert refusal(method=b"BREW") is Refusal.NOT_FORWARDED
    assert refusal((b"via", b"1.1 proxy")) is Refusal.LOOP
    assert refusal((b"expect", b"tea")) is Refusal.EXPECTATION
    assert refusal((b"content-length", b"101")) is Refusal.BODY_TOO_LARGE


def test_a_body_has_one_length() -> None:
    """None, a number, or chunks."""
    assert length_of(Head(b"GET", b"/", ())) == 0
    assert length_of(Head(b"PUT", b"/", ((b"content-length", b"12"),))) == 12
    assert length_of(Head(b"PUT", b"/", ((b"transfer-encoding", b"chunked"),))) is None


names = st.sampled_from([b"via", b"x-3gpp-asserted-identity", b"content-length", b"connection", b"expect", b"x"])


@given(
    st.sampled_from([b"GET", b"POST", b"CONNECT", b"get"]),
    st.binary(max_size=20).map(lambda rest: b"/" + rest),
    st.lists(st.tuples(names, st.from_regex(rb"[0-9]{1,3}", fullmatch=True)), max_size=4),
)
def test_whatever_is_decided_leads_behind_this_proxy(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    """To an address of a route, however the request is written."""
    try:
        onward = RULES.decide(Head(method, target, (HOST, *headers)), UE)
    except Refused:
        return
    assert onward.url.startswith(b"https://127.0.0.1:8446/")
    assert onward.method in {b"GET", b"POST"}
    assert onward.asserted == ""
