"""The client side is tested with the site, over TLS: `test_site`. Here only what it says."""

from math import inf
from typing import Any

import pytest
from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.web.http_headers import Headers

from tests.valserver.migration.test_messages import MESSAGE
from valkit.net.https import HttpsAnswer
from valserver.migration.asking import NextHop
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Act, Outcome, Result, decoded


class Answering:
    """A client that answers everything alike."""

    def __init__(self, status: int = 200, body: bytes = b'{"result": "ended", "cause": ""}') -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.given: list[float] = []
        self.answer = HttpsAnswer(status, Headers(), body)

    async def request(self, method: str, url: str, body: bytes, headers: dict[str, str], within: float) -> HttpsAnswer:
        """Note it, and answer."""
        assert not {"Authorization", "Cookie"} & headers.keys()
        self.asked.append((method, url, body))
        self.given.append(within)
        return self.answer


def outcome(client: Any, act: Act = Act.MIGRATE) -> Any:
    """Ask, and give what comes of it."""
    found: list[object] = []
    message = MESSAGE if act is Act.MIGRATE else evolve(MESSAGE, act=act, by="home")
    asking: Deferred[object] = Deferred.fromCoroutine(NextHop(client, "https://gateway")(message))
    asking.addBoth(found.append)
    return found[0]


def test_each_act_has_its_method_and_path() -> None:
    """Both can be done again."""
    client = Answering()
    assert outcome(client) == Outcome(Result.ENDED)
    outcome(client, Act.END)
    assert [(method, url) for method, url, _ in client.asked] == [
        ("PUT", "https://gateway/migrations/attempt-1"),
        ("POST", "https://gateway/migrations/attempt-1/end"),
    ]
    assert decoded(client.asked[0][2]) == MESSAGE


def test_it_has_so_long_to_answer() -> None:
    """As long as the client waits, or less."""
    client: Any = Answering()
    for within in ({}, {"within": 2.5}):
        Deferred.fromCoroutine(NextHop(client, "https://gateway")(MESSAGE, **within))
    assert client.given == [inf, 2.5]


@pytest.mark.parametrize("client", [Answering(504), Answering(403), Answering(200, b"yes"), Answering(200, b"{}")])
def test_anything_else_is_no_answer(client: Answering) -> None:
    """Whether it was carried out is not known."""
    assert outcome(client).check(Unavailable)
