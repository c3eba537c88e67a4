"""What a started program gives to whoever started it."""

from attrs import frozen

from tests.support import Awaited, Network, element
from valkit.net.service import Running
from valkit.sip import Hop


@frozen
class Example(Running):
    """A program with something more to show."""

    answered: list[str]


def test_a_program_is_reached_and_stopped() -> None:
    """It says where it listens, shows what it has, and its stop leaves nothing."""
    network = Network()
    endpoint = element(network, "192.0.2.1", lambda *_: None, "udp")
    running = Example({"sip": endpoint.addresses[0]}, endpoint.close, answered=[])
    assert running.addresses["sip"] == Hop("udp", "192.0.2.1", 5060)
    assert running.answered == []
    assert Awaited(running.stop()).result is None
    assert network.at("udp", ("192.0.2.1", 5060)) is None
