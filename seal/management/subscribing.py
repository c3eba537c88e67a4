"""Subscribing over HTTP: parameters of TS 24.546 A.1 and TS 24.544 A.1, in JSON, which is ours.

| request                     | does                                                                                  |
|-----------------------------|---------------------------------------------------------------------------------------|
| POST /subscriptions         | begins one; 201 with its identity and when it ends                                    |
| GET, DELETE /subscriptions/I | shows, ends one of one's own; another's is not there                                 |
"""

from collections.abc import Callable
from typing import Annotated, Any

from attrs import frozen
from klein import Klein
from pydantic import Field
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request

from seal.access import Asker
from seal.access.errors import not_permitted
from seal.management.site import Door, let_in
from seal.names import Name
from seal.notifying.callbacks import CallbackSettings
from seal.notifying.subscriptions import Subscription, Subscriptions
from seal.xcap.errors import Refused
from valkit.ids import Ids
from valkit.net.web import json_answer
from valkit.settings import Settings, SettingsError, read_json

MOST = 16
"""Subscriptions that a user has at most."""
LONGEST = 86_400.0
"""Seconds that a subscription lasts at most; who wants more subscribes again."""


class SubscriptionRequest(Settings):
    """What is asked for."""

    val_service_id: Name
    """The VAL service that it is about."""
    callback_uri: str
    """Where notifications go, by HTTPS."""
    events: Annotated[tuple[int, ...], Field(min_length=1, max_length=8)]
    """The events, by the numbers of the standards."""
    expiry_time: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """Seconds after which it ends."""
    group_ids: Annotated[tuple[Name, ...], Field(max_length=64)] = ()
    """VAL group IDs, for events that are about certain groups."""
    minimum_interval: Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)] = 0.0
    """Seconds that pass between two notifications at least."""


@frozen
class Subscribing:
    """What can be subscribed to at one server."""

    store: Subscriptions
    callbacks: CallbackSettings
    events: frozenset[int]
    fit: Callable[[SubscriptionRequest], str | None]
    """Says what is wrong with a request, beside what is wrong everywhere."""
    clock: IReactorTime
    ids: Ids

    async def begin(self, asker: Asker, wanted: SubscriptionRequest) -> Subscription:
        """Begin one. Raises AccessRefused and Refused."""
        if asker.is_network or wanted.val_service_id not in asker.val_service_ids:
            raise not_permitted(asker.name)
        if why := self.callbacks.refusal(wanted.callback_uri):
            raise Refused(403, f"callback_uri cannot be used: {why}")
        if unknown := sorted(set(wanted.events) - self.events):
            raise Refused(400, f"there is no event {unknown[0]} (there are {', '.join(map(str, sorted(self.events)))})")
        if why := self.fit(wanted):
            raise Refused(400, why)
        now = self.clock.seconds()
        subscription = Subscription(
            self.ids.nonce(24).hex(),
            asker.val_user_id,
            wanted.val_service_id,
            wanted.callback_uri,
            tuple(dict.fromkeys(wanted.events)),
            wanted.group_ids,
            wanted.minimum_interval,
            now + min(wanted.expiry_time, LONGEST),
        )
        if not await self.store.subscribe(subscription, MOST, now):
            raise Refused(403, f"a user has {MOST} subscriptions at most: end one, or wait")
        return subscription

    async def mine(self, asker: Asker, identity: str) -> Subscription:
        """Give one of the asker's. Raises Refused."""
        found = await self.store.subscription(identity, self.clock.seconds())
        if found is None or asker.is_network or found.val_user_id != asker.val_user_id:
            raise Refused(404, "there is no such subscription")
        return found


def add_routes(app: Klein, door: Door, subscribing: Subscribing) -> None:
    """Serve subscriptions beside what the application serves already."""

    async def begin(request: Request) -> bytes:
        async def answer(asker: Asker) -> bytes:
            begun = await subscribing.begin(asker, _wanted(request))
            request.setHeader("Location", f"/subscriptions/{begun.identity}")
            return json_answer(request, _shown(begun, subscribing.clock.seconds()), 201)

        return await let_in(door, request, answer)

    async def one(request: Request, identity: str) -> bytes:
        async def answer(asker: Asker) -> bytes:
            found = await subscribing.mine(asker, identity)
            if request.method == b"DELETE":
                await subscribing.store.end_subscription(identity)
                request.setResponseCode(204)
                return b""
            return json_answer(request, _shown(found, subscribing.clock.seconds()))

        return await let_in(door, request, answer)

    app.route("/subscriptions", methods=["POST"])(begin)
    app.route("/subscriptions/<string:identity>", methods=["GET", "DELETE"])(one)


def _wanted(request: Request) -> SubscriptionRequest:
    content: Any = request.content
    content.seek(0)
    try:
        return read_json(SubscriptionRequest, content.read(), "request")
    except SettingsError as error:
        raise Refused(400, str(error)) from None


def _shown(subscription: Subscription, now: float) -> dict[str, object]:
    return {
        "identity": subscription.identity,
        "val_service_id": subscription.auid,
        "events": list(subscription.events),
        "group_ids": list(subscription.groups),
        "expiry_time": max(0, round(subscription.expires - now)),
    }
