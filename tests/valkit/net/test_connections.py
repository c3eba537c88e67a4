"""The pool of connections by itself: who shares one, who gets a new one, and what a failed attempt does."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as Overdue

from tests.support import Awaited, Caller, Network, result_of
from valkit.net.bounds import StreamBounds
from valkit.net.connections import CONNECT_TIMEOUT, FAREWELL, Connections
from valkit.net.stream import Connection
from valkit.sip import LIMITS, Hop, ParseError

HERE, THERE = "192.0.2.1", Hop("tcp", "192.0.2.2", 5060)


class Pool:
    """A pool that notes what it is told."""

    def __init__(self, network: Network) -> None:
        """Use this network."""
        self.messages: list[bytes] = []
        self.faults: list[ParseError] = []
        self.losses: list[tuple[Hop, str]] = []
        self.connections = Connections(
            network,  # type: ignore[arg-type]  # as much of a reactor as it uses
            network.clock,
            limits=LIMITS,
            bounds=StreamBounds(),
            tls=None,
            received=lambda data, _: self.messages.append(data),
            malformed=lambda error, _: self.faults.append(error),
            lost=lambda connection, reason: self.losses.append((connection.towards, reason)),
        )

    def to(self, hop: Hop) -> Awaited:
        """Ask for the connection to a hop."""
        return Awaited(_awaited(self.connections.to(hop, HERE)))


async def _awaited(deferred: Any) -> Connection:
    found: Connection = await deferred
    return found


def test_one_attempt_for_all_who_wait() -> None:
    """Whoever asks while a connection is being opened waits for the same one, and later askers get it at once."""
    network = Network()
    pool = Pool(network)
    network.listenTCP(THERE.port, Caller(), 50, THERE.host)
    asked = [pool.to(THERE), pool.to(THERE)]
    network.run()
    assert asked[0].result is asked[1].result is pool.to(THERE).result
    assert network.attempts == [(THERE.host, THERE.port)]
    assert asked[0].result.local.host == HERE


def test_a_failed_attempt_fails_all_who_wait_and_the_next_may_succeed() -> None:
    """A refusal reaches every asker; it is not remembered."""
    network = Network()
    pool = Pool(network)
    asked = [pool.to(THERE), pool.to(THERE)]
    network.run()
    assert [type(each.result).__name__ for each in asked] == ["ConnectionRefusedError"] * 2
    network.listenTCP(THERE.port, Caller(), 50, THERE.host)
    again = pool.to(THERE)
    network.run()
    assert again.result.open


def test_who_gives_up_waiting_does_not_spoil_it_for_others() -> None:
    """One asker's cancelling leaves the attempt to the other."""
    network = Network()
    pool = Pool(network)
    network.listenTCP(THERE.port, Caller(), 50, THERE.host)
    gone, stays = pool.to(THERE), pool.to(THERE)
    gone.deferred.cancel()
    network.run()
    assert stays.result.open


def test_a_closed_connection_is_not_found_again() -> None:
    """After a connection is closed or lost the next request gets a new one, and its users hear why."""
    network = Network()
    pool = Pool(network)
    network.listenTCP(THERE.port, Caller(), 50, THERE.host)
    first = pool.to(THERE)
    network.run()
    first.result.close()
    second = pool.to(THERE)
    network.run()
    assert second.result is not first.result
    assert pool.losses == [(THERE, "the peer closed the connection without a word; perhaps it takes TLS only")]
    assert pool.connections.counts.opened == 2


def test_a_newer_connection_is_kept_when_an_older_one_ends() -> None:
    """The loss of a connection that was replaced does not make its successor unknown."""
    network = Network()
    pool = Pool(network)
    network.listenTCP(THERE.port, Caller(), 50, THERE.host)
    first = pool.to(THERE)
    network.run()
    first.result.open = False
    second = pool.to(THERE)
    network.run()
    first.result.abort()
    network.run()
    assert pool.to(THERE).result is second.result


def test_closing_waits_for_what_is_unsent_but_not_for_ever() -> None:
    """The pool is closed when its last connection is, at the latest after the farewell."""
    network = Network()
    pool = Pool(network)
    peer = Caller()
    network.listenTCP(THERE.port, peer, 50, THERE.host)
    asked = pool.to(THERE)
    network.run()
    peer.transport.pauseProducing()
    asked.result.send(b"the last words")
    closing = Awaited(pool.connections.close())
    network.run(FAREWELL / 2)
    assert not closing.results
    peer.transport.resumeProducing()
    network.run()
    assert closing.result is None
    assert peer.data == b"the last words"
    assert not network.clock.getDelayedCalls()


def test_an_attempt_ends_though_its_name_is_never_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolvers have failed without a word: whoever waits is told, and the next one may try again."""
    network = Network()
    monkeypatch.setattr("valkit.net.connections.endpoint", lambda *_: Mute())
    pool = Pool(network)
    asked = pool.to(Hop("tcp", "never.example", 5060))
    network.run(CONNECT_TIMEOUT)
    assert isinstance(asked.result, Overdue)
    assert not network.clock.getDelayedCalls()


class Mute:
    """A way that neither opens nor fails."""

    def connect(self, factory: object) -> Deferred[None]:
        """Do nothing."""
        return Deferred()


def test_closing_nothing_is_done_at_once() -> None:
    """A pool that has no connection closes without waiting."""
    assert result_of(Pool(Network()).connections.close()) is None
