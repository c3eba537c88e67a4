"""The connections to the servers behind the proxy: kept for a while when they are free, and only so many in use."""

from collections import Counter
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import Factory

from seal.proxy.errors import Refusal, Refused
from seal.proxy.outbound import Outbound
from seal.proxy.routes import Route
from seal.proxy.settings import Limits
from valkit.net.endpoints import endpoint
from valkit.net.tls import Tls

KEPT = 20
"""Free connections to one server."""
KEPT_FOR = 15.0
"""Seconds that a connection stays open without a request: less than servers keep theirs, so that we end it first."""


class Pool:
    """Gives connections to servers, verified by the name in the route."""

    def __init__(self, reactor: Any, tls: Callable[[Route], Tls], limits: Limits) -> None:
        self._reactor = reactor
        self._tls = tls
        self._limits = limits
        self._busy = Counter[str]()
        """Requests under way to each server."""
        self._askers = Counter[tuple[str, str]]()
        """Those of each host among them; only of hosts that have some."""
        self._free: dict[str, dict[Outbound, IDelayedCall]] = {}
        self._closed = False

    def take(self, route: Route, asker: str, *, fresh: bool = False) -> Deferred[Outbound]:
        """Give a connection for a request of this host, to be given back; a `fresh` one was not used before.

        Refused(OVERLOADED) at once where the server has as much to do as it may, or enough of it for this host.
        """
        if self._busy[route.to] >= self._limits.per_server:
            raise Refused(Refusal.OVERLOADED, f"{self._limits.per_server} requests to {route.name}")
        if self._askers[route.to, asker] >= self._limits.per_server_and_host:
            raise Refused(Refusal.OVERLOADED, f"{self._limits.per_server_and_host} requests of {asker} to {route.name}")
        self._busy[route.to] += 1
        self._askers[route.to, asker] += 1
        kept = {} if fresh else self._free.get(route.to, {})
        while kept:
            connection, alarm = kept.popitem()
            alarm.cancel()
            if connection.reusable:
                return succeed(connection)
        where = urlsplit(route.to)
        host = where.hostname or ""
        way = endpoint(self._reactor, host, where.port or 443, self._limits.connecting)
        connected: Any = wrapClientTLS(self._tls(route).client(host), way).connect(cast(Any, _factory()))
        return cast(Deferred[Outbound], connected)

    def give_back(self, route: Route, asker: str, connection: Outbound | None) -> None:
        """Take a connection back, or the room of one that never stood."""
        self._busy[route.to] -= 1
        self._askers[route.to, asker] -= 1
        if not self._askers[route.to, asker]:
            del self._askers[route.to, asker]
        if connection is None or not connection.reusable:
            return
        kept = self._free.setdefault(route.to, {})
        if self._closed or len(kept) >= KEPT:
            connection.abort()
            return
        kept[connection] = self._reactor.callLater(KEPT_FOR, self._drop, route.to, connection)

    def close(self) -> None:
        """Close what is free, and keep nothing any more."""
        self._closed = True
        for kept in self._free.values():
            while kept:
                connection, alarm = kept.popitem()
                alarm.cancel()
                connection.abort()

    def _drop(self, to: str, connection: Outbound) -> None:
        del self._free[to][connection]
        connection.abort()


def _factory() -> Factory[Any]:
    factory: Factory[Any] = Factory.forProtocol(Outbound)
    factory.noisy = False
    return factory
