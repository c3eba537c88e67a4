"""Connections that are kept, given again, and given up."""

from typing import Any, cast

import pytest
from twisted.internet.testing import MemoryReactorClock, StringTransport

from seal.proxy.errors import Refusal, Refused
from seal.proxy.outbound import Outbound
from seal.proxy.pool import KEPT, KEPT_FOR, Pool
from seal.proxy.routes import Route
from seal.proxy.settings import Limits
from tests.seal.proxy.scene import AUTHORITY

HOST = "127.0.0.1"
ROUTE = Route("a", ("a",), "https://127.0.0.1:1")


def connection() -> Outbound:
    """Give one that stands."""
    made: Any = Outbound()
    made.makeConnection(StringTransport())
    return cast(Outbound, made)


@pytest.fixture
def pool() -> Pool:
    """Give one for three requests at a time."""
    return Pool(
        cast(Any, MemoryReactorClock)(), lambda _: AUTHORITY.trusting(), Limits(per_server=3, per_server_and_host=2)
    )


def test_a_free_connection_is_given_again(pool: Pool) -> None:
    """Unless a fresh one is asked for, or it has gone meanwhile."""
    kept = connection()
    pool.take(ROUTE, HOST)
    pool.give_back(ROUTE, HOST, kept)
    given: list[Outbound] = []
    pool.take(ROUTE, HOST).addCallback(given.append)
    assert given == [kept]
    pool.give_back(ROUTE, HOST, kept)
    kept.gone = True
    pool.take(ROUTE, HOST).addCallback(given.append)
    assert given == [kept]
    pool.close()


def test_there_are_only_so_many_at_a_time(pool: Pool) -> None:
    """Those under way to be opened count as well."""
    for number in range(3):
        pool.take(ROUTE, f"127.0.0.{number}", fresh=True)
    with pytest.raises(Refused) as caught:
        pool.take(ROUTE, "127.0.0.3")
    assert caught.value.refusal is Refusal.OVERLOADED
    pool.give_back(ROUTE, "127.0.0.1", None)
    pool.take(ROUTE, "127.0.0.3")
    pool.take(Route("b", ("b",), "https://127.0.0.1:2"), "127.0.0.3")


def test_one_host_has_a_part_of_them(pool: Pool) -> None:
    """Others are served while it has all of its own; nothing is kept of hosts that have none."""
    for _ in range(2):
        pool.take(ROUTE, "127.0.0.66")
    with pytest.raises(Refused, match=r"2 requests of 127\.0\.0\.66 to a"):
        pool.take(ROUTE, "127.0.0.66")
    pool.take(ROUTE, HOST)
    for host in ("127.0.0.66", HOST, "127.0.0.66"):
        pool.give_back(ROUTE, host, None)
    assert pool._askers == {}


def test_what_nobody_asks_for_is_closed(pool: Pool) -> None:
    """After some time, when there are too many, and in the end."""
    clock: Any = pool._reactor
    old = connection()
    pool.give_back(ROUTE, HOST, old)
    clock.advance(KEPT_FOR)
    assert old.gone
    many = [connection() for _ in range(KEPT + 1)]
    for each in many:
        pool.give_back(ROUTE, HOST, each)
    assert [each.gone for each in many] == [False] * KEPT + [True]
    pool.close()
    assert all(each.gone for each in many)
    late = connection()
    pool.give_back(ROUTE, HOST, late)
    assert late.gone
    assert clock.getDelayedCalls() == []
