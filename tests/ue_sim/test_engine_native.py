"""The engine with a network in place of sockets: what it sends where, and what it makes of silence."""

from collections.abc import Coroutine
from typing import Any, Literal, TypeVar

import pytest

from tests.ue_sim.network import DOMAIN, IMPI, IMPU, Network, card
from ue_sim import conduct
from ue_sim.engine import Capability, Publication
from ue_sim.engine_native import NativeEngine
from valkit.ids import SeededIds
from valkit.sip.errors import NoAnswer
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.trace import Note

T = TypeVar("T")

PCSCF = Hop("udp", "192.0.2.21", 5060)
ELSEWHERE = Hop("udp", "192.0.2.31", 5060)
PUBLICATION = Publication(IMPU, IMPU, "poc-settings", 3600)


class Clock:
    """The time, set by hand."""

    now = 1_000_000.0

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return self.now


def engine(network: Network, notes: list[Note] | None = None, clock: Clock | None = None, sqn: int = 0) -> NativeEngine:
    """Give a phone's engine on this network."""
    return NativeEngine(
        impi=IMPI,
        domain=DOMAIN,
        proxy=PCSCF,
        contact=NameAddr.parse("<sip:alice@192.0.2.11:5060>"),
        card=card(sqn),
        send=network.send,
        now=(clock or Clock()).seconds,
        ids=SeededIds(1),
        observe=(notes if notes is not None else []).append,
    )


def result(coroutine: Coroutine[Any, Any, T]) -> T:
    """Give the result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waits for something")


def test_it_can_do_all_but_tls() -> None:
    """A scenario that needs TLS is left out with the reason; no other is."""
    assert frozenset(Capability) - NativeEngine.capabilities == {Capability.TLS13}


def test_it_registers_at_the_pcscf() -> None:
    """Both REGISTERs go to the P-CSCF, and what was granted is kept."""
    network = Network(granted=3600)
    phone = engine(network)
    assert str(result(phone.register(IMPU))) == "200 OK"
    assert network.hops == [PCSCF, PCSCF]
    registered = phone.registered(IMPU)
    assert registered is not None
    assert registered.until == Clock.now + 3600


@pytest.mark.parametrize(("cause", "status"), [("timeout", 408), ("transport", 503)])
@pytest.mark.parametrize("method", ["REGISTER", "PUBLISH"])
def test_silence_counts_as_408_and_a_broken_transport_as_503(
    cause: Literal["timeout", "transport"], status: int, method: str
) -> None:
    """RFC 3261 8.1.3.1; the answer says that nothing was received."""
    phone = engine(Network(answers=[NoAnswer(cause)]))
    outcome = result(phone.register(IMPU) if method == "REGISTER" else phone.publish(PUBLICATION))
    assert (outcome.status, outcome.received, outcome.ok) == (status, False, False)
    assert "nothing was received" in str(outcome)


def test_a_conduct_alters_requests_and_their_way() -> None:
    """A PUBLISH straight to the server, in another's name, is what an untrusted peer sends."""
    network = Network()
    spoof = conduct.both(
        conduct.directly_to(ELSEWHERE), conduct.header("P-Asserted-Identity", "<sip:bob@home.example>")
    )
    result(engine(network).publish(PUBLICATION, spoof))
    assert network.hops == [ELSEWHERE]
    assert network.seen[0].routes == ()
    assert [identity.uri for identity in network.seen[0].p_asserted_identities] == ["sip:bob@home.example"]


def test_closing_lets_go_of_the_sockets() -> None:
    """The engine closes what it was given to close, and nothing if there was nothing."""
    closed: list[bool] = []

    async def close() -> None:
        closed.append(True)

    phone = engine(Network())
    result(phone.close())
    phone._closing = close
    result(phone.close())
    assert closed == [True]


def options(uri: str, method: str = "OPTIONS") -> Request:
    """Give a request of the network."""
    headers = [
        ("Via", "SIP/2.0/UDP 192.0.2.21;branch=z9hG4bK1"),
        ("From", "<sip:core@home.example>;tag=1"),
        ("To", f"<{IMPU}>"),
        ("Call-ID", "1"),
        ("CSeq", f"1 {method}"),
    ]
    return Request.create(method, uri, headers)
