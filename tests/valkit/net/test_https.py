"""What an HTTPS client asks of its server, over sockets, and what it says when there is no answer."""

import socket
from base64 import b64decode
from http.cookiejar import CookieJar
from typing import Any, cast

import pytest
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.web.client import URI
from twisted.web.http import Request

from tests.support import register
from valkit.net.ca import Authority
from valkit.net.https import Exchange, HttpsClient, HttpsError, VerifiedServers, agent, basic
from valkit.net.tls import Tls
from valkit.net.tracing import working_on
from valkit.net.web import WebPort, listen, open_port
from valkit.sip.session import session_of

reactor: Any = the_reactor
AUTHORITY = Authority.create()
HOST = "127.0.0.2"


class Talkative:
    """An application that answers in every way there is."""

    app = Klein()

    @app.route("/echo", methods=["POST"])
    def echo(self, request: Request) -> bytes:
        """Say what came, and from whom."""
        request.setHeader("Content-Type", "Text/Plain; charset=utf-8")
        assert request.content is not None
        said: bytes = request.content.read()
        return said + b" " + (request.getHeader("Authorization") or "nobody").encode()

    @app.route("/moved")
    def moved(self, request: Request) -> bytes:
        """Send elsewhere."""
        request.setResponseCode(302)
        request.setHeader("Location", "/echo")
        return b""

    @app.route("/cookie")
    def cookie(self, request: Request) -> bytes:
        """Give a cookie, and show the one that came."""
        request.setHeader("Set-Cookie", "__Host-a=1; Path=/; Secure; HttpOnly")
        return str(request.getCookie(b"__Host-a")).encode()

    @app.route("/much")
    def much(self, request: Request) -> bytes:
        """Say 10000 bytes."""
        return b"x" * 10_000

    @app.route("/trace")
    def trace(self, request: Request) -> bytes:
        """Say which trace it is of."""
        return str(request.getHeader("traceparent")).encode()

    @app.route("/never")
    def never(self, request: Request) -> Deferred[bytes]:
        """Think about it until the client has gone."""
        answer: Deferred[bytes] = Deferred()
        request.notifyFinish().addErrback(lambda _: None)
        return answer

    @app.route("/any", methods=["PUT", "GET"])
    def anything(self, request: Request) -> bytes:
        """Say how it was asked, and under which name."""
        assert request.content is not None
        asked = (request.method, request.uri, request.getHeader("Host"), request.getHeader("If-Match"))
        return repr((*asked, request.content.read())).encode()


async def site(tls: Tls | None = None) -> WebPort:
    """Start it."""
    return await listen(reactor, Talkative().app, HOST, 0, tls=tls or AUTHORITY.server(HOST))


def client(**more: Any) -> HttpsClient:
    """Make a client that trusts the authority."""
    return HttpsClient(reactor, AUTHORITY.trusting(), **more)


def test_each_host_has_a_way_of_its_own() -> None:
    """Names, IPv4 addresses, and IPv6 addresses with their brackets."""
    servers = VerifiedServers(reactor, AUTHORITY.trusting(), 1.0)
    for host in (b"idms.home.example", b"127.0.0.2", b"[::1]"):
        assert servers.endpointForURI(URI.fromBytes(b"https://" + host)) is not None


def test_an_agent_verifies() -> None:
    """There is no way to ask for one that does not."""
    tls = AUTHORITY.trusting()
    clock = Clock()
    made: Any = agent(clock, tls, timeout=2.0)
    assert made._endpointFactory == VerifiedServers(clock, tls, 2.0)


async def test_a_form_is_sent_and_the_answer_read() -> None:
    """With the name of whoever asks, each part of it form-encoded (RFC 6749 2.3.1)."""
    port = await site()
    answer = await client().post(f"{port.url}/echo", {"a": "1 2", "b": "&"}, {"Authorization": basic("a:b", "c d")})
    assert (answer.status, answer.media_type) == (200, "text/plain")
    form, scheme, credentials = answer.body.split(b" ")
    assert (form, scheme, b64decode(credentials)) == (b"a=1+2&b=%26", b"Basic", b"a%3Ab:c+d")
    await port.close()


async def test_redirects_are_not_followed() -> None:
    """Where it sends us is there to be judged."""
    port = await site()
    answer = await client().get(f"{port.url}/moved")
    assert (answer.status, answer.header("location"), answer.header("absent")) == (302, "/echo", None)
    await port.close()


async def test_cookies_are_kept_where_wanted() -> None:
    """In the jar that was given, and only there."""
    port = await site()
    keeping = client(cookies=CookieJar())
    said = [(await each.get(f"{port.url}/cookie")).body for each in (keeping, keeping, client())]
    assert said == [b"None", b"b'1'", b"None"]
    await port.close()


async def test_exchanges_can_be_followed() -> None:
    """For a trace: what was asked, and what came; nothing of it in its repr."""
    port, seen = await site(), list[Exchange]()
    await client(seen=seen.append).post(f"{port.url}/echo?x=y", {"password": "secret"})
    assert [(each.method, each.url, each.form, each.answer.status) for each in seen] == [
        ("POST", f"{port.url}/echo?x=y", {"password": "secret"}, 200)
    ]
    assert "secret" not in repr(seen)
    await port.close()


async def test_what_is_asked_belongs_to_the_trace_of_the_request_at_work() -> None:
    """Here a REGISTER, whose Session-ID is told on; what is asked for nobody's sake tells of none."""
    port, asking = await site(), client()
    with working_on(register()):
        said = (await asking.get(f"{port.url}/trace")).body.decode()
    assert said[:36] == f"00-{session_of(register())}-"
    assert (await asking.get(f"{port.url}/trace")).body == b"None"
    await port.close()


async def test_a_body_is_not_shown() -> None:
    """It may be a token."""
    port = await site()
    assert "xxx" not in repr(await client().get(f"{port.url}/much"))
    await port.close()


async def test_one_request_may_have_less_time_than_others() -> None:
    """Where there is little left; never more."""
    port = await site()
    for usual, within in ((3_600.0, 0.2), (0.2, 3_600.0)):
        with pytest.raises(HttpsError, match="it takes too long"):
            await client(timeout=usual).request("GET", f"{port.url}/never", within=within)
    await port.close()


@pytest.mark.parametrize("said", [b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n: x\r\n\r\n"])
async def test_a_server_that_speaks_no_http_is_told_so(said: bytes) -> None:
    """In words, and not in those of a library."""

    class Babbler(Protocol):
        def dataReceived(self, _data: bytes) -> None:
            cast(Any, self.transport).write(said)

    port = await open_port(reactor, Factory.forProtocol(Babbler), HOST, 0, tls=AUTHORITY.server(HOST))
    with pytest.raises(HttpsError, match=r"gives no answer: what it says is no HTTP$"):
        await client().get(f"{port.url}/")
    await port.close()


@pytest.mark.parametrize(
    ("path", "more", "reason"),
    [("/much", {"largest": 9_999}, "it says too much"), ("/never", {"timeout": 0.2}, "it takes too long")],
)
async def test_an_answer_has_bounds(path: str, more: dict[str, Any], reason: str) -> None:
    """Of size and time; the sentence leaves the query out."""
    port = await site()
    with pytest.raises(HttpsError, match=reason) as caught:
        await client(**more).get(f"{port.url}{path}?code=secret")
    assert "secret" not in str(caught.value)
    await port.close()


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (Authority.create().server(HOST), "its certificate does not hold"),
        (AUTHORITY.server("127.0.0.9"), "its certificate is another server's"),
    ],
)
async def test_a_server_that_was_not_meant_gives_no_answer(shown: Tls, reason: str) -> None:
    """A stranger's certificate, or one for another address."""
    port = await site(shown)
    with pytest.raises(HttpsError, match=reason):
        await client().get(f"{port.url}/much")
    await port.close()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.2/", "/much", "https://127.0.0.2:1/", "https://\u00e4/", "https://[/", "https://127.0.0.2:99999/"],
)
async def test_what_cannot_be_asked_gives_no_answer(url: str) -> None:
    """Plain HTTP, no address at all, an address where nobody listens."""
    with pytest.raises(HttpsError):
        await client().get(url)


async def test_any_other_request_has_the_body_and_headers_it_is_given() -> None:
    """And is heard of as the others are."""
    port, seen = await site(), list[Exchange]()
    url = f"{port.url}/any?x=1"
    answer = await client(seen=seen.append).request("PUT", url, b"<doc/>", {"If-Match": '"a"'})
    assert answer.body == repr((b"PUT", b"/any?x=1", port.url.removeprefix("https://"), '"a"', b"<doc/>")).encode()
    assert [(each.method, each.url) for each in seen] == [("PUT", url)]
    assert (await client().request("GET", url)).status == 200
    await port.close()


async def test_by_way_of_a_proxy_the_server_is_named_and_the_proxy_verified() -> None:
    """TS 24.547 A.2.1: TLS ends at the proxy, whose own name its certificate has; Host and path are the server's."""
    port = await site()
    asking = client(proxy=port.url)
    answer = await asking.request("GET", "https://cms.home.example:8446/any?x=1")
    assert answer.body == repr((b"GET", b"/any?x=1", "cms.home.example:8446", None, b"")).encode()
    await port.close()
    port = await site(AUTHORITY.server("cms.home.example"))
    with pytest.raises(HttpsError, match="another server's"):
        await client(proxy=port.url).get("https://cms.home.example/any")
    await port.close()


async def test_cookies_are_the_servers_and_not_the_proxys() -> None:
    """Two servers behind one proxy share none."""
    port, jar = await site(), CookieJar()
    asking = client(cookies=jar, proxy=port.url)
    said = [(await asking.get(f"https://{name}.home.example/cookie")).body for name in ("a", "a", "b")]
    assert said == [b"None", b"b'1'", b"None"]
    await port.close()


async def test_a_server_that_takes_no_connection_in_time_is_too_slow() -> None:
    """Nobody listens to the end of a backlog: our own time runs out while the connection is being made."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        others = [socket.socket() for _ in range(3)]
        for other in others:
            other.setblocking(False)
            other.connect_ex(deaf.getsockname())
        client = HttpsClient(reactor, AUTHORITY.trusting(), timeout=0.2)
        with pytest.raises(HttpsError, match="gives no answer: it takes too long"):
            await client.get(f"https://127.0.0.1:{deaf.getsockname()[1]}/")
        for other in others:
            other.close()
