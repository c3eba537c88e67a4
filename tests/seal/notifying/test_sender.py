from collections.abc import Mapping
from typing import Any, cast

from attrs import evolve
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from seal.notifying.sender import RETRIES, WAITING, Notifier
from seal.notifying.subscriptions import Subscription
from valkit.net.https import HttpsAnswer, HttpsClient, HttpsError

SUBSCRIPTION = Subscription("s1", "alice", "ptt", "https://127.0.0.1/heard", (1,), (), 0.0, 1_000.0)


class Subscriber:
    """Takes the place of HTTPS: answers what it is asked to, and writes down what it is told."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.answers: list[int | Deferred[None]] = []
        self.ended: list[str] = []
        self.clock = Clock()
        self.notifier = Notifier(cast(HttpsClient, self), self.clock, self.end)

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

    def end(self, identity: str) -> Deferred[bool]:
        """Hear of a subscription that is over."""
        self.ended.append(identity)
        return succeed(True)

    def tell(self, number: int, **changes: Any) -> None:
        """Tell it something."""
        self.notifier.tell(evolve(SUBSCRIPTION, **changes), {"n": number})

    @property
    def numbers(self) -> list[int]:
        """What it was told."""
        return [int(body.rpartition(b" ")[2][:-1]) for body in self.heard]


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
    assert subscriber.ended == []


def test_who_says_that_it_is_gone_is_told_no_more() -> None:
    """404 and 410: the subscription ends."""
    for status in (404, 410):
        subscriber = Subscriber()
        subscriber.answers = [status]
        subscriber.tell(1)
        assert (subscriber.numbers, subscriber.ended) == ([1], ["s1"])


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
