"""The HTTPS side and its client, over mutually authenticated TLS."""

from typing import Any

import pytest
from attrs import evolve
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs

from tests.valserver.migration.test_messages import MESSAGE
from valkit.net.ca import Authority
from valkit.net.https import HttpsClient, HttpsError
from valkit.net.web import HttpError, listen
from valserver.errors import StoreUnavailable
from valserver.migration.asking import NextHop
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Act, Message, Outcome, Result, encoded
from valserver.migration.site import MigrationSite

reactor: Any = the_reactor
AUTHORITY = Authority.create()
HOST = "127.0.0.33"
END = evolve(MESSAGE, act=Act.END, by="home")


class Desk:
    """Takes messages in."""

    def __init__(self, raises: Exception | None = None) -> None:
        self.heard: list[tuple[Message, frozenset[str]]] = []
        self.raises = raises

    async def take(self, message: Message, names: frozenset[str]) -> Outcome:
        """Take one in."""
        self.heard.append((message, names))
        if self.raises is not None:
            raise self.raises
        return Outcome(Result.MIGRATED if message.act is Act.MIGRATE else Result.ENDED)


async def serve(desk: Desk) -> Any:
    """Start the site."""
    tls = evolve(AUTHORITY.server(HOST), verify_clients=True)
    return await listen(reactor, MigrationSite(desk.take).app, HOST, 0, tls=tls)


def client() -> HttpsClient:
    """Give one with a certificate."""
    return HttpsClient(reactor, AUTHORITY.server("gateway.home.example"))


async def test_a_message_is_taken_in_with_the_names_of_who_brings_it() -> None:
    """Both acts; the outcome goes back."""
    desk = Desk()
    port = await serve(desk)
    hop = NextHop(client(), port.url)
    assert await hop(MESSAGE) == Outcome(Result.MIGRATED)
    assert await hop(END) == Outcome(Result.ENDED)
    await port.close()
    assert desk.heard == [(each, frozenset({"gateway.home.example"})) for each in (MESSAGE, END)]


async def test_who_shows_no_certificate_is_not_heard() -> None:
    """TLS itself refuses."""
    desk = Desk()
    port = await serve(desk)
    with pytest.raises(HttpsError):
        await HttpsClient(reactor, AUTHORITY.trusting()).request("PUT", f"{port.url}/migrations/attempt-1", b"{}")
    await port.close()
    assert desk.heard == []


@pytest.mark.parametrize(
    ("raises", "status"),
    [(Unavailable("x"), 504), (StoreUnavailable("x"), 503), (HttpError(403, "no"), 403)],
)
async def test_what_went_wrong_is_a_status(raises: Exception, status: int) -> None:
    """To the next hop it is all the same: no answer."""
    port = await serve(Desk(raises))
    answer = await client().request("PUT", f"{port.url}/migrations/attempt-1", encoded(MESSAGE))
    with pytest.raises(Unavailable):
        await NextHop(client(), port.url)(MESSAGE)
    await port.close()
    assert answer.status == status


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/migrations/attempt-1", b"{}"),
        ("PUT", "/migrations/attempt-2", encoded(MESSAGE)),
        ("PUT", "/migrations/attempt-1", encoded(END)),
        ("POST", "/migrations/attempt-1/end", encoded(MESSAGE)),
    ],
)
async def test_what_cannot_be_read_is_400(method: str, path: str, body: bytes) -> None:
    """Or is another message than the path says."""
    desk = Desk()
    port = await serve(desk)
    answer = await client().request(method, port.url + path, body)
    await port.close()
    assert (answer.status, desk.heard) == (400, [])


async def test_nobody_there_is_no_answer() -> None:
    """Nor is one that cannot be read."""
    with pytest.raises(Unavailable):
        await NextHop(client(), f"https://{HOST}:1")(MESSAGE)
