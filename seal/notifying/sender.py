"""Tells subscribers what has changed: over verified HTTPS, in order, patiently, but not for ever.

What waits for a subscriber is bounded, and so is how often one is tried; afterwards it is logged and dropped, for a
subscriber finds out what it missed by asking with its entity tag. A subscriber that says it is gone is forgotten.
"""

import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import define, field, frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from seal.notifying.subscriptions import Subscription
from valkit.net.https import HttpsClient, HttpsError, shown

RETRIES = (1.0, 5.0, 25.0)
"""Seconds before each further attempt."""
WAITING = 32
"""Notifications that wait for one subscription at most; the oldest give way."""
CHANNELS = 1_000
"""Subscriptions that are told at the same time at most."""
GONE = frozenset({404, 410})
"""Answers by which a subscriber says that it wants no more."""

Notification = Mapping[str, object]


@frozen
class _Channel:
    subscription: Subscription
    waiting: deque[Notification] = field(factory=lambda: deque(maxlen=WAITING))


@define(eq=False)
class Notifier:
    """Sends; `end` forgets a subscription whose subscriber is gone."""

    _https: HttpsClient
    _clock: IReactorTime
    _end: Callable[[str], Awaitable[object]]
    _channels: dict[str, _Channel] = field(init=False, factory=dict)
    _under_way: set[Deferred[Any]] = field(init=False, factory=set)
    _stopped: bool = field(init=False, default=False)
    _log: Logger = field(init=False, factory=Logger)

    def tell(self, subscription: Subscription, notification: Notification) -> None:
        """Send one soon."""
        if self._stopped:
            return
        channel = self._channels.get(subscription.identity)
        if channel is not None:
            channel.waiting.append(notification)
            return
        if len(self._channels) >= CHANNELS:
            self._log.warn("Too many subscribers are being told: {identity} is not", identity=subscription.identity)
            return
        channel = self._channels[subscription.identity] = _Channel(subscription)
        channel.waiting.append(notification)
        sending: Deferred[Any] = Deferred.fromCoroutine(self._pump(channel))
        self._under_way.add(sending)
        sending.addErrback(self._failed)
        sending.addBoth(lambda _: self._done(sending, channel))

    async def stop(self) -> None:
        """Send nothing any more."""
        self._stopped = True
        for sending in list(self._under_way):
            sending.cancel()

    def _done(self, sending: Deferred[Any], channel: _Channel) -> None:
        self._under_way.discard(sending)
        self._channels.pop(channel.subscription.identity, None)

    def _failed(self, failure: Any) -> None:
        if failure.check(CancelledError) is None:
            self._log.failure("A notification has failed", failure)

    async def _pump(self, channel: _Channel) -> None:
        subscription = channel.subscription
        while channel.waiting and self._clock.seconds() < subscription.expires:
            if not await self._sent(subscription, channel.waiting.popleft()):
                return
            if subscription.interval:
                await deferLater(self._clock, subscription.interval)

    async def _sent(self, subscription: Subscription, notification: Notification) -> bool:
        """Send one, with patience; False when its subscriber is gone."""
        body = json.dumps({"identity": subscription.identity, **notification}).encode()
        for pause in (*RETRIES, None):
            trouble = await self._trouble(subscription.callback, body)
            if trouble is None:
                return True
            if trouble in GONE:
                await self._end(subscription.identity)
                return False
            if pause is not None:
                await deferLater(self._clock, pause)
        self._log.warn(
            "Subscription {identity} is not told: {trouble}", identity=subscription.identity, trouble=trouble
        )
        return True

    async def _trouble(self, callback: str, body: bytes) -> int | str | None:
        try:
            answer = await self._https.request("POST", callback, body, {"Content-Type": "application/json"})
        except HttpsError as error:
            return str(error)
        if 200 <= answer.status < 300:
            return None
        return answer.status if answer.status in GONE else f"{shown(callback)} answers {answer.status}"
