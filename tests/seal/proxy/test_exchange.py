"""A request on its way through: servers that fail, clients that go, bodies that nobody takes, and all the limits."""

import pytest
from twisted.internet.protocol import Factory
from twisted.internet.task import deferLater

from tests.seal.proxy.scene import (
    AUTHORITY,
    BEHIND,
    ENOUGH,
    STRANGERS,
    Deaf,
    Early,
    Fickle,
    Pouring,
    Saying,
    Scene,
    get,
    reactor,
    serve,
    status,
    told,
)
from valkit.net.tls import Tls
from valkit.net.web import open_port

QUICK = {"answer": 0.3, "progress": 0.3, "head": 0.3, "idle": 0.3}


async def refused(scene: Scene, request: bytes) -> tuple[int, list[str]]:
    """Give status and causes, and end it."""
    answer = await scene.said(request)
    await scene.close()
    return status(answer), scene.causes


async def soon(seconds: float = 0.0) -> None:
    """Let something happen."""
    await deferLater(reactor, seconds)


async def test_a_server_that_is_not_there_is_502() -> None:
    """With a sentence, and not with its address."""
    scene = await serve(to="https://127.0.0.10:1")
    answer = await scene.said(get())
    await scene.close()
    assert (status(answer), scene.causes) == (502, ["unreachable"])
    assert b"127.0.0.10" not in answer


@pytest.mark.parametrize("shown", [STRANGERS.server("127.0.0.10"), AUTHORITY.server("other.home.example")])
async def test_a_server_that_does_not_prove_who_it_is_is_502(shown: Tls) -> None:
    """A stranger's certificate, or one for another name."""
    scene = await serve(shown)
    assert await refused(scene, get()) == (502, ["untrusted"])


async def test_a_server_that_says_nothing_is_504() -> None:
    """And hears that nobody waits any more."""
    scene = await serve(limits=QUICK)
    answer = await scene.said(get("/never"))
    await soon(0.05)
    await scene.close()
    assert (status(answer), scene.causes, scene.backend.gone) == (504, ["silent"], [b"/never"])


async def test_an_answer_that_breaks_off_breaks_off() -> None:
    """The client must not take half for the whole."""
    scene = await serve()
    raw = await scene.client()
    raw.transport.write(get("/cut"))
    answer = await raw.whole()
    await scene.close()
    assert answer.endswith(b"half")
    assert b"content-length: 100" in answer


async def test_a_client_that_goes_is_waited_for_by_nobody() -> None:
    """The server hears of it."""
    scene = await serve()
    raw = await scene.client()
    raw.transport.write(get("/never"))
    await soon(0.2)
    raw.transport.abortConnection()
    await soon(0.2)
    await scene.close()
    assert scene.backend.gone == [b"/never"]


@pytest.mark.parametrize(
    ("begun", "wanted"),
    [
        (b"", b""),
        (b"GET /echo HT", b"HTTP/1.1 408"),
        (get("/echo", "Content-Length: 5", method="PUT") + b"ab", b"HTTP/1.1 408"),
    ],
)
async def test_a_request_that_does_not_come_is_not_waited_for(begun: bytes, wanted: bytes) -> None:
    """A silent connection just ends; one in the middle of a request is told."""
    scene = await serve(limits=QUICK)
    answer = await scene.said(begun)
    await scene.close()
    assert answer.startswith(wanted)
    assert bool(answer) is bool(wanted)


async def test_a_body_that_grows_too_large_is_413() -> None:
    """Though it had not said so."""
    scene = await serve(limits={"body": 1_000})
    chunk = b"400\r\n" + b"x" * 1_024 + b"\r\n"
    answer = await scene.said(get("/echo", "Transfer-Encoding: chunked", method="PUT") + chunk * 3)
    await scene.close()
    assert (status(answer), scene.causes, scene.backend.asked) == (413, ["body_too_large"], 0)


async def test_only_so_many_requests_are_under_way_to_a_server() -> None:
    """A further one is told when to come again; when one has ended there is room."""
    scene = await serve(limits={"per_server": 1})
    raw = await scene.client()
    raw.transport.write(get("/never"))
    await soon(0.2)
    answer = await scene.said(get())
    assert (status(answer), b"retry-after: 1" in answer) == (503, True)
    raw.transport.abortConnection()
    await soon(0.2)
    assert status(await scene.said(get())) == 200
    await scene.close()
    assert scene.causes == ["overloaded"]


async def test_one_host_with_requests_that_do_not_end_leaves_a_server_to_others() -> None:
    """It has its part of what a server does at a time, and is told so; the others have the rest."""
    scene = await serve(limits={"per_server_and_host": 2})
    half = get("/echo", "Content-Length: 100", method="PUT")
    for _ in range(2):
        (await scene.client()).transport.write(half)
    while scene.pool._askers[scene.behind.url, "127.0.0.1"] < 2:
        await soon()
    assert status(await scene.said(get())) == 503
    assert status(await scene.said(get(), source="127.0.0.77")) == 200
    await scene.close()
    assert scene.causes == ["overloaded"]


async def test_connections_from_one_host_are_only_so_many() -> None:
    """More are closed unheard."""
    scene = await serve(limits={"per_host": 1})
    first = await scene.client()
    second = await scene.client()
    assert await second.whole() == b""
    first.transport.write(get())
    assert told(await first.whole())["method"] == "GET"
    await scene.close()


async def stands_still(pouring: Pouring) -> bool:
    """Whether what is poured stops within some time, long before its end."""
    for _ in range(100):
        before = pouring.poured
        await soon(0.05)
        if 0 < before == pouring.poured:
            return pouring.poured < ENOUGH // 2
    return False


async def test_a_client_that_does_not_read_stops_the_server() -> None:
    """Nothing piles up in between; when it reads again, all of it comes."""
    scene = await serve()
    raw = await scene.client()
    raw.transport.write(get("/pour"))
    await raw.until(b"\r\n\r\n")
    raw.transport.pauseProducing()
    assert await stands_still(scene.backend.pouring)
    raw.transport.resumeProducing()
    answer = await raw.whole()
    await scene.close()
    assert len(answer.partition(b"\r\n\r\n")[2]) == ENOUGH


async def test_a_server_that_does_not_read_stops_the_client() -> None:
    """The other way about: then the server is too slow, and no memory is taken up with what it has not read."""
    deaf = await open_port(reactor, Factory.forProtocol(Deaf), BEHIND, 0, tls=AUTHORITY.server(BEHIND))
    scene = await serve(to=deaf.url, limits={"answer": 3.0, "progress": 3.0, "body": ENOUGH})
    raw = await scene.client()
    raw.transport.write(get("/echo", f"Content-Length: {ENOUGH}", method="PUT"))
    pouring = Pouring(raw.transport)
    raw.transport.registerProducer(pouring, True)
    pouring.resumeProducing()
    assert await stands_still(pouring)
    answer = await raw.until(b"\r\n\r\n")
    pouring.stopProducing()
    await scene.close()
    await deaf.close()
    assert (status(answer), scene.causes) == (504, ["silent"])


async def test_a_kept_connection_that_has_ended_is_not_taken_for_an_answer() -> None:
    """Where it can do no harm the request is sent once more, else the client is told."""
    fickle = await open_port(reactor, Factory.forProtocol(Fickle), BEHIND, 0, tls=AUTHORITY.server(BEHIND))
    scene = await serve(to=fickle.url)
    statuses = [status(await scene.said(get(method=method))) for method in ("GET", "GET", "POST")]
    await scene.close()
    await fickle.close()
    assert (statuses, scene.causes) == ([200, 200, 502], ["broken"])


async def test_interim_answers_go_down_as_well() -> None:
    """Such as 103; but 100 is this proxy's own to give."""
    early = await open_port(reactor, Factory.forProtocol(Early), BEHIND, 0, tls=AUTHORITY.server(BEHIND))
    scene = await serve(to=early.url)
    answer = await scene.said(get())
    await scene.close()
    await early.close()
    assert [line[9:12] for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1")] == [b"103", b"200"]


@pytest.mark.parametrize(
    "said",
    [
        b"no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
    ],
)
async def test_an_answer_that_cannot_be_read_is_502(said: bytes) -> None:
    """Nor can it be passed on."""
    odd = await open_port(reactor, Factory.forProtocol(lambda: Saying(said)), BEHIND, 0, tls=AUTHORITY.server(BEHIND))
    scene = await serve(to=odd.url)
    found = await refused(scene, get())
    await odd.close()
    assert found == (502, ["broken"])


async def test_an_answer_with_two_lengths_has_one_behind_the_proxy() -> None:
    """Chunks go before a length (RFC 9112 6.3), and only what was read is said on."""
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    both = await open_port(reactor, Factory.forProtocol(lambda: Saying(said)), BEHIND, 0, tls=AUTHORITY.server(BEHIND))
    scene = await serve(to=both.url)
    answer = await scene.said(get())
    await scene.close()
    await both.close()
    assert b"content-length" not in answer.lower()
    assert answer.endswith(b"3\r\nabc\r\n0\r\n\r\n")
