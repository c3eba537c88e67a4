"""Tells subscribers what has changed: over verified HTTPS, in order, patiently, but not for ever.

What waits for a subscriber is bounded, and so is how often one is tried; afterwards it is logged and dropped, for a
subscriber finds out what it missed by asking with its entity tag. A subscriber that says it is gone is forgotten, and a
subscription that has ended, wherever that was asked for, is told nothing more.
"""

import json
from collections import deque
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from attrs import define, field, frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from seal.errors import StoreUnavailable
from seal.notifying.subscriptions import Subscription, Subscriptions
from valkit.net.https import HttpsClient, HttpsError, shown

RETRIES = (1.0, 5.0, 25.0)
"""Seconds before each further attempt."""
WAITING = 32
"""Notifications that wait for one subscription at most; the oldest give way."""
CHANNELS = 1_000
"""Subscriptions that are told at the same time at most, not counting those that want to be left alone for a while."""
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Answers by which a subscriber says that it wants no more."""

Notification = Mapping[str, object]


@frozen
class _Channel:
    subscription: Subscription
    waiting: deque[Notification] = field(factory=lambda: deque(maxlen=WAITING))


@define(eq=False)
class Notifier:
    """Sends."""

    _https: HttpsClient
    _clock: IReactorTime
    _subscriptions: Subscriptions
    """Where they are kept: one that is not there any more is told nothing."""
    _channels: dict[str, _Channel] = field(init=False, factory=dict)
    _telling: set[str] = field(init=False, factory=set)
    """Those of them that are being told just now."""
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
        if not self._has_room(subscription):
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

    def _has_room(self, subscription: Subscription) -> bool:
        if len(self._telling) < CHANNELS:
            return True
        self._log.warn("Too many subscribers are being told: {identity} is not", identity=subscription.identity)
        return False

    def _done(self, sending: Deferred[Any], channel: _Channel) -> None:
        self._under_way.discard(sending)
        self._telling.discard(channel.subscription.identity)
        self._channels.pop(channel.subscription.identity, None)

    def _failed(self, failure: Any) -> None:
        if failure.check(CancelledError) is None:
            self._log.failure("A notification has failed", failure)

    async def _pump(self, channel: _Channel) -> None:
        subscription = channel.subscription
        while channel.waiting and self._has_room(subscription):
            self._telling.add(subscription.identity)
            if not await self._sent(subscription, channel.waiting.popleft()):
                return
            self._telling.discard(subscription.identity)
            if subscription.interval:
                await deferLater(self._clock, subscription.interval)

    async def _sent(self, subscription: Subscription, notification: Notification) -> bool:
        """Send one, with patience; False when there is nobody to send to any more, or nothing is sent any more."""
        body = json.dumps({"identity": subscription.identity, **notification}).encode()
        for pause in (*RETRIES, None):
            trouble = await self._trouble(subscription, body)
            if trouble is None:
                return True
            if self._stopped:  # which is what the trouble was: a request that is cancelled has failed like any other
                return False
            if trouble in GONE:
                await self._subscriptions.end_subscription(subscription.identity)
                return False
            if pause is not None:
                await deferLater(self._clock, pause)
        self._log.warn(
            "Subscription {identity} is not told: {trouble}", identity=subscription.identity, trouble=trouble
        )
        return True

    async def _trouble(self, subscription: Subscription, body: bytes) -> int | str | None:
        """Send one once, unless nobody wants it any more; give what came in the way."""
        callback = subscription.callback
        try:
            if await self._subscriptions.subscription(subscription.identity, self._clock.seconds()) is None:
                return HTTPStatus.GONE
            answer = await self._https.request("POST", callback, body, {"Content-Type": "application/json"})
        except (HttpsError, StoreUnavailable) as error:
            return str(error)
        if 200 <= answer.status < 300:
            return None
        return answer.status if answer.status in GONE else f"{shown(callback)} answers {answer.status}"
