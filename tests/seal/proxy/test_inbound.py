"""A client's connection to the proxy, over real TLS: one request, many, and what is no request."""

import json
from typing import Any, cast

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection

from seal.proxy.inbound import Inbound
from seal.proxy.settings import Limits
from seal.proxy.site import Site
from tests.seal.proxy.scene import AUTHORITY, NAME, SKMS, get, serve, status, told
from valkit.net.channel import OPENING
from valkit.net.tracing import traced
from valkit.trace import unobserved


async def test_a_request_goes_to_the_server_that_its_host_names() -> None:
    """Host and path as they came; the answer as it was given, but for what was meant for one hop."""
    scene = await serve()
    answer = await scene.said(get("/echo?x=%2F&y", "Authorization: Bearer t", "Accept: a, b"))
    await scene.close()
    said = told(answer)
    headers = dict(said["headers"])
    assert (said["method"], said["uri"], headers["Host"]) == ("GET", "/echo?x=%2F&y", SKMS)
    assert (headers["Authorization"], headers["Accept"]) == ("Bearer t", "a, b")
    assert headers["Via"] == f"1.1 {NAME}"
    assert headers["Forwarded"] == f'for="127.0.0.1";host="{SKMS}";proto=https;by="{NAME}"'
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"x-kept: yes" in head
    assert b"keep-alive" not in head
    assert f"via: 1.1 {NAME}".encode() in head
    assert [note.what for note in scene.notes] == ["request passed on"]
    assert scene.notes[0].fields == {"server": SKMS, "method": "GET", "path": "/echo", "status": "200"}


async def test_one_connection_serves_many_requests() -> None:
    """One after the other, also where they were all sent at once."""
    scene = await serve()
    one = get().replace(b"Connection: close\r\n", b"")
    answer = await scene.said(one + one + get())
    await scene.close()
    assert answer.count(b"HTTP/1.1 200 ") == 3
    assert scene.backend.asked == 3


async def test_a_request_goes_up_with_a_trace() -> None:
    """Its client's, with the vendors' part of it; or one that begins here, without that (W3C Trace Context 3.4)."""
    scene, parent = await serve(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    asked = (get("/echo", f"traceparent: {said}", "tracestate: a=b") for said in (parent, "rubbish"))
    kept, begun = [dict(told(await scene.said(each))["headers"]) for each in asked]
    await scene.close()
    assert (kept["Traceparent"], kept["Tracestate"]) == (parent, "a=b")
    assert (traced(begun["Traceparent"]), "Tracestate" in begun) == (begun["Traceparent"], False)


@pytest.mark.parametrize(
    ("body", "headers", "size"),
    [
        (b"abc", ["Content-Length: 3"], 3),
        (b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n", ["Transfer-Encoding: chunked"], 5),
        (b"", ["Content-Length: 0"], 0),
        (b"", [], 0),
        (b"x" * 300_000, ["Content-Length: 300000"], 300_000),
    ],
)
async def test_a_body_goes_up_whole(body: bytes, headers: list[str], size: int) -> None:
    """With a length or in chunks."""
    scene = await serve()
    said = told(await scene.said(get("/echo", *headers, method="POST") + body))
    await scene.close()
    assert (said["method"], said["size"]) == ("POST", size)


async def test_an_answer_in_chunks_and_a_long_one_come_down_whole() -> None:
    """Whatever their framing."""
    scene = await serve()
    chunks, much = await scene.said(get("/chunks")), await scene.said(get("/much/3000000"))
    await scene.close()
    assert chunks.partition(b"\r\n\r\n")[2].replace(b"1\r\n", b"").replace(b"\r\n", b"") == b"abc0"
    assert len(much.partition(b"\r\n\r\n")[2]) == 3_000_000


async def test_a_head_has_its_length_and_no_body() -> None:
    """As the server gave it (RFC 9110 9.3.2)."""
    scene = await serve()
    answer = await scene.said(get("/much/10", method="HEAD"))
    await scene.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status(answer), body) == (200, b"")
    assert b"content-length: 10" in head.lower()


async def test_a_client_that_waits_to_be_asked_is_asked() -> None:
    """100 when there is a server to send to, and no Expect behind the proxy."""
    scene = await serve()
    raw = await scene.client()
    raw.transport.write(get("/echo", "Expect: 100-continue", "Content-Length: 3", method="PUT"))
    assert (await raw.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
    raw.transport.write(b"abc")
    answer = (await raw.whole()).partition(b"\r\n\r\n")[2]
    await scene.close()
    assert told(answer)["size"] == 3
    assert "Expect" not in dict(told(answer)["headers"])


def test_a_connection_that_says_nothing_has_little_time() -> None:
    """Less than one that has served a request: it may keep somebody out who would say something."""
    clock: Any = Clock()
    wire: Any = cast(Any, StringTransportWithDisconnection)()
    site: Any = Site(cast(Any, None), Limits(), cast(Any, None), clock, clock, unobserved)
    wire.protocol = silent = cast(Any, Inbound)(site)
    silent.makeConnection(wire)
    clock.advance(OPENING - 0.1)
    assert wire.connected
    clock.advance(0.2)
    assert not wire.connected


@pytest.mark.parametrize(
    ("begun", "wanted", "cause"),
    [(b"GET /echo HT", 408, "too_slow"), (b"\x16\x03\x01 no HTTP\r\n\r\n", 400, "malformed")],
)
async def test_what_comes_after_a_head_is_refused_like_anything(begun: bytes, wanted: int, cause: str) -> None:
    """With a body, since it is the answer to no HEAD; and the connection ends."""
    scene = await serve(limits={"head": 0.3})
    answer = await scene.said(get(method="HEAD").replace(b"Connection: close\r\n", b"") + begun)
    await scene.close()
    head, _, refusal = answer.partition(b"\r\n\r\n")
    assert (status(head), status(refusal), scene.causes) == (200, wanted, [cause])
    assert json.loads(refusal.partition(b"\r\n\r\n")[2])["error"] == cause


def post(*headers: str, body: bytes = b"abc", version: str = "1.1") -> bytes:
    """Write a request with these headers, and this after them."""
    return "\r\n".join([f"POST /echo HTTP/{version}", f"Host: {SKMS}", *headers, "", ""]).encode("latin-1") + body


NOBODYS = (
    "evil.example",
    "localhost",
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "[::1]",
    "[::ffff:127.0.0.1]:8446",
    "127.0.0.10:8446",
    f"{SKMS}:8446",
    f"{SKMS}.evil.example",
    "partner.example",
    "evilpartner.example",
)
"""Hosts that this proxy is not for, its own address and its servers' among them."""
NO_HOSTS = (f"{SKMS}.", f"{SKMS}@evil.example", f"{SKMS}, evil.example", f"{SKMS}/evil", f"{SKMS}:0", f"{SKMS}:99999")
TARGETS = (
    "http://evil.example/",
    "https://evil.example/",
    "//evil.example/",
    "/a/../b",
    "/a/%2e%2E/b",
    "/.",
    "/a/%zz",
    "/a\\b",
    "/a#b",
    "echo",
    "*",
)
TWO_LENGTHS = (
    post("Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    post("Transfer-Encoding: chunked", "Content-Length: 3", body=b"0\r\n\r\n"),
    post("Transfer-Encoding: chunked", body=b"0\r\n\r\n", version="1.0"),
)
CODINGS = ("xchunked", "gzip, chunked", "identity", "chunked\r\nTransfer-Encoding: chunked", "chunked;x=y")
MALFORMED = (
    post("Content_Length: 3"),
    post("Content_Length: three"),
    post("Content_Length: 3", "Content-Length: 0"),
    post("Content-Length: 0", "Transfer_Encoding: chunked"),
    post("Transfer_Encoding: chunked", body=b"0\r\n\r\n"),
    *(post(f"Content-Length: {each}") for each in ("3\r\nContent-Length: 4", "3, 4", "+3", "0x3", "-3", "", "9" * 30)),
    post("Content-Length : 3"),
    post("Transfer-Encoding : chunked"),
    post("X: a\rb"),
    post("X: a\0b"),
    post(": a"),
    b"GET /echo HTTP/1.1\r\n\r\n",
    b"GET /echo HTTP/1.1\r\n Host: skms.home.example\r\n\r\n",
    b"GET /echo HTTP/1.1\r\nHost: skms.home.example\r\nHost: evil.example\r\n\r\n",
    b"GET  /echo HTTP/1.1\r\nHost: skms.home.example\r\n\r\n",
    b"\x16\x03\x01 no HTTP\r\n\r\n",
)
ASSERTED = (
    ("X-3GPP-Asserted-Identity: sip:a@home.example",),
    ("x_3gpp_asserted-identity: sip:a@home.example",),
    ("Connection: X-3GPP-Asserted-Identity", "X-3GPP-Asserted-Identity: a"),
    ("X-3GPP-Asserted-Identity:",),
)
ATTACKS = [
    *((get(host=host), 421, "unknown_host") for host in NOBODYS),
    *((get(host=host), 400, "bad_target") for host in NO_HOSTS),
    *((get(target), 400, "bad_target") for target in TARGETS),
    *((request, 400, "two_lengths") for request in TWO_LENGTHS),
    *((post(f"Transfer-Encoding: {coding}"), 501, "not_understood") for coding in CODINGS),
    *((request, 400, "malformed") for request in MALFORMED),
    *((get("/echo", *headers), 403, "asserted_by_ue") for headers in ASSERTED),
    (get("https://evil.example/", host="evil.example"), 421, "unknown_host"),
    (get("evil.example:443", host="evil.example:443", method="CONNECT"), 405, "tunnel"),
    (get(method="TRACE"), 405, "tunnel"),
    (post("\tTransfer-Encoding: chunked"), 400, "bad_target"),  # folded, it is a part of Host
    (post(version="2.0"), 505, "version"),
    (post(version="9.9"), 505, "version"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version"),
    (b"GET /echo HTTP/1.0\r\n\r\n", 400, "bad_target"),
    (get(method="PATCHY"), 403, "not_forwarded"),
    (get(host="cms.partner.example", method="DELETE"), 403, "not_forwarded"),
    (get("/echo", f"Via: 1.1 other, 1.1 {NAME}"), 508, "loop"),
    (get("/echo", "Expect: a-miracle"), 417, "expectation"),
    (get("/" + "a" * 9_000), 414, "target_too_long"),
    (get("/echo", *("X: y" for _ in range(120))), 431, "headers_too_large"),
    (get("/echo", f"X: {'y' * 20_000}"), 431, "headers_too_large"),
    (get("/echo", "Content-Length: 99999999", method="POST"), 413, "body_too_large"),
]


@pytest.mark.parametrize(("request_text", "wanted", "cause"), ATTACKS, ids=lambda each: ascii(each)[:60])
async def test_what_is_not_passed_on(request_text: bytes, wanted: int, cause: str) -> None:
    """An attack list: the server behind hears nothing, the connection ends, and the answer says no more than needed."""
    scene = await serve()
    answer = await scene.said(request_text)
    await scene.close()
    assert (status(answer), scene.causes, scene.backend.asked) == (wanted, [cause], 0)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"proxy-status: {NAME}; error=".encode() in head
    assert b"connection: close" in head.lower()
    assert json.loads(body)["error"] == cause
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "request_text",
    [
        get("/echo", "Authorization : Bearer SECRET"),
        get("/echo", "Authorization: Bearer SECRET\0"),
        get("/cb?code=SECRET\\"),
        get("/cb#access_token=SECRET"),
        get(f"https://alice:SECRET@{SKMS}/"),
        get(host="alice:SECRET@evil.example"),
        post("Transfer-Encoding: chunked", body=b"client_secret=SECRET\r\n"),
        b"POST client_secret=SECRET\r\n\r\n",
    ],
)
async def test_no_secret_of_a_refused_request_is_in_the_log(request_text: bytes) -> None:
    """Only what kind of fault it was."""
    scene = await serve()
    await scene.said(request_text)
    await scene.close()
    assert [note.what for note in scene.notes] == ["request refused"]
    assert "SECRET" not in str(scene.notes)


async def test_what_stands_behind_a_refused_request_is_no_request() -> None:
    """It may be the body of the first, in another reading."""
    scene = await serve()
    both = (
        b"POST /echo HTTP/1.1\r\nHost: skms.home.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n" + get("/echo?smuggled")
    )
    answer = await scene.said(both)
    await scene.close()
    assert (answer.count(b"HTTP/1.1"), scene.backend.asked) == (1, 0)


async def test_a_network_function_is_vouched_for() -> None:
    """By its certificate, with the identity that it asserts if that is its own, else with its first."""
    scene = await serve()
    shown = AUTHORITY.server("val.home.example")
    said = [
        dict(told(await scene.said(get("/echo", *headers), shown))["headers"]).get("X-3gpp-Asserted-Identity")
        for headers in ([], ["X-3GPP-Asserted-Identity: dispatch"])
    ]
    refused = await scene.said(get("/echo", "X-3GPP-Asserted-Identity: sip:other@home.example"), shown)
    partner = told(await scene.said(get(host="cms.partner.example"), shown))
    other = dict(told(await scene.said(get(), AUTHORITY.server("ue.home.example")))["headers"])
    await scene.close()
    assert said == ['"sip:val@home.example"', '"dispatch"']
    assert (status(refused), scene.causes) == (403, ["not_its_identity"])
    assert "X-3gpp-Asserted-Identity" not in dict(partner["headers"])
    assert "X-3gpp-Asserted-Identity" not in other


async def test_what_a_client_says_of_its_own_way_is_not_believed() -> None:
    """Nor does it take away what the proxy says, by naming it in Connection."""
    scene = await serve()
    claims = ("Forwarded: for=10.0.0.1", "X-Forwarded-For: 10.0.0.1", "X_Real-IP: 10.0.0.1")
    said = told(await scene.said(get("/echo", *claims, "Connection: Forwarded, Via, Host, X-Mine", "X-Mine: 1")))
    await scene.close()
    headers = dict(said["headers"])
    assert "10.0.0.1" not in str(headers)
    assert headers["Host"] == SKMS
    assert headers["Via"] == f"1.1 {NAME}"
    assert headers["Forwarded"].startswith('for="127.0.0.1"')
    assert "X-Mine" not in headers
