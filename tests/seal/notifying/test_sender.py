from collections.abc import Mapping
from typing import Any, cast

import pytest
from attrs import evolve
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, deferLater

from seal.documents.store_memory import MemoryStore
from seal.errors import StoreUnavailable
from seal.notifying.sender import RETRIES, WAITING, Notifier
from seal.notifying.subscriptions import Subscription
from tests.conftest import reactor
from tests.support import result_of
from valkit.net.ca import Authority
from valkit.net.https import HttpsAnswer, HttpsClient, HttpsError
from valkit.net.web import listen

SUBSCRIPTION = Subscription("s1", "alice", "ptt", "https://127.0.0.1/heard", (1,), (), 0.0, 1_000.0)


class Subscriber:
    """Takes the place of HTTPS: answers what it is asked to, and writes down what it is told."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.answers: list[int | Deferred[None]] = []
        self.clock = Clock()
        self.store = MemoryStore()
        self.notifier = Notifier(cast(HttpsClient, self), self.clock, self.store)

    async def request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> HttpsAnswer:
        """Hear; 0 is no answer."""
        assert (method, url, headers) == ("POST", SUBSCRIPTION.callback, {"Content-Type": "application/json"})
        self.heard.append(body)
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Deferred):
            await answer
            return HttpsAnswer(204, cast(Any, None), b"")
        if not answer:
            raise HttpsError("it gives no answer")
        return HttpsAnswer(answer, cast(Any, None), b"")

    def tell(self, number: int, **changes: Any) -> None:
        """Tell it something."""
        subscription = evolve(SUBSCRIPTION, **changes)
        result_of(self.store.subscribe(subscription, 10_000, 0.0))
        self.notifier.tell(subscription, {"n": number})

    @property
    def subscribed(self) -> bool:
        """Whether it still is."""
        return result_of(self.store.subscription(SUBSCRIPTION.identity, 0.0)) is not None

    @property
    def numbers(self) -> list[int]:
        """What it was told."""
        return [int(body.rpartition(b" ")[2][:-1]) for body in self.heard]


class Away(MemoryStore):
    """A store that cannot be reached for a while."""

    away = True

    async def subscription(self, identity: str, now: float) -> Subscription | None:
        """Give one."""
        if self.away:
            raise StoreUnavailable("it is away")
        return await super().subscription(identity, now)


def test_a_notification_names_its_subscription() -> None:
    """As TS 24.546 B has it."""
    subscriber = Subscriber()
    subscriber.tell(1)
    assert subscriber.heard == [b'{"identity": "s1", "n": 1}']


def test_who_does_not_answer_is_tried_again_so_often() -> None:
    """Then the next one has its turn."""
    subscriber = Subscriber()
    subscriber.answers = [0, 500, 302, 0, 204]
    subscriber.tell(1)
    subscriber.tell(2)
    for pause in RETRIES:
        before = len(subscriber.heard)
        subscriber.clock.advance(pause - 0.5)
        assert len(subscriber.heard) == before
        subscriber.clock.advance(0.5)
    assert subscriber.numbers == [1, 1, 1, 1, 2]
    assert subscriber.subscribed


def test_who_says_that_it_is_gone_is_told_no_more() -> None:
    """404 and 410: the subscription ends."""
    for status in (404, 410):
        subscriber = Subscriber()
        subscriber.answers = [status]
        subscriber.tell(1)
        assert (subscriber.numbers, subscriber.subscribed) == ([1], False)


def test_a_subscription_that_was_ended_is_told_no_more() -> None:
    """Neither what waits, nor what is to be tried again, nor what comes when the time between two is over."""
    for answers, interval in (([0], 0.0), ([204], 10.0)):
        subscriber = Subscriber()
        subscriber.answers = list(answers)
        subscriber.tell(1, interval=interval)
        subscriber.tell(2, interval=interval)
        result_of(subscriber.store.end_subscription(SUBSCRIPTION.identity))
        subscriber.clock.advance(100)
        assert (subscriber.numbers, subscriber.clock.getDelayedCalls()) == ([1], [])


def test_who_wants_to_be_left_alone_takes_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the time between two notifications others are told, until as many are as may be."""
    monkeypatch.setattr("seal.notifying.sender.CHANNELS", 1)
    subscriber = Subscriber()
    held: Deferred[None] = Deferred()
    subscriber.answers = [204, held]
    subscriber.tell(1, identity="left alone", interval=10.0)
    subscriber.tell(2, identity="left alone", interval=10.0)
    subscriber.tell(3, identity="slow")
    subscriber.tell(4, identity="one too many")
    assert subscriber.numbers == [1, 3]
    held.callback(None)
    subscriber.clock.advance(10)
    assert subscriber.numbers == [1, 3, 2]


def test_without_the_store_it_is_tried_again() -> None:
    """Whether somebody still wants to be told is not known then."""
    subscriber = Subscriber()
    subscriber.notifier = Notifier(cast(HttpsClient, subscriber), subscriber.clock, away := Away())
    subscriber.tell(1)
    assert subscriber.heard == []
    away.away = False
    subscriber.notifier.tell(SUBSCRIPTION, {"n": 2})
    result_of(away.subscribe(SUBSCRIPTION, 1, 0.0))
    subscriber.clock.advance(RETRIES[0])
    assert subscriber.numbers == [1, 2]


def test_they_come_in_order_and_one_at_a_time() -> None:
    """What waits is bounded; the oldest give way."""
    subscriber = Subscriber()
    first: Deferred[None] = Deferred()
    subscriber.answers = [first]
    for number in range(WAITING + 3):
        subscriber.tell(number)
    assert subscriber.numbers == [0]
    first.callback(None)
    assert subscriber.numbers == [0, *range(3, WAITING + 3)]


def test_between_two_there_is_the_time_that_was_asked_for() -> None:
    """Minimum Interval (TS 24.544 table A.1.2-2)."""
    subscriber = Subscriber()
    subscriber.tell(1, interval=10.0)
    subscriber.tell(2, interval=10.0)
    subscriber.clock.advance(9)
    assert subscriber.numbers == [1]
    subscriber.clock.advance(1)
    assert subscriber.numbers == [1, 2]


def test_when_it_is_over_nothing_is_sent() -> None:
    """The subscription, or the server."""
    subscriber = Subscriber()
    subscriber.tell(1, expires=0.0)
    assert subscriber.heard == []
    subscriber.answers = [0]
    subscriber.tell(2)
    Deferred.fromCoroutine(subscriber.notifier.stop())
    subscriber.tell(3)
    subscriber.clock.advance(100)
    assert subscriber.numbers == [2]
    assert subscriber.clock.getDelayedCalls() == []


async def test_what_is_under_way_when_it_ends_is_not_tried_again() -> None:
    """Over real HTTPS, where a request that is called off has failed like any other."""
    authority, app, asked = Authority.create(), Klein(), list[object]()
    begun: Deferred[None] = Deferred()

    def hear(request: object) -> Deferred[bytes]:
        asked.append(request)
        reactor.callLater(0, begun.callback, None)
        return Deferred()

    app.route("/heard", methods=["POST"])(hear)
    port = await listen(reactor, app, "127.0.0.99", 0, tls=authority.server("127.0.0.99"))
    clock, store = Clock(), MemoryStore()
    notifier = Notifier(HttpsClient(reactor, authority.trusting()), clock, store)
    subscription = evolve(SUBSCRIPTION, callback=f"{port.url}/heard")
    await store.subscribe(subscription, 1, 0.0)
    notifier.tell(subscription, {"n": 1})
    notifier.tell(subscription, {"n": 2})
    await begun.addTimeout(20, reactor)
    await notifier.stop()
    while notifier._under_way:
        await deferLater(reactor, 0)
    clock.advance(100)
    await port.close()
    assert (len(asked), clock.getDelayedCalls()) == (1, [])
