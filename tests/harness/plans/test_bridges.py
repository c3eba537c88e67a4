"""Ports that are known beforehand."""

import socket

from harness.plans.addresses import Hosts
from harness.plans.bridges import Bridge, free_port


def test_a_port_that_was_found_can_be_had() -> None:
    """Nobody listens there."""
    port = free_port("127.0.0.81")
    with socket.socket() as taken:
        taken.bind(("127.0.0.81", port))
        assert free_port("127.0.0.81") != port


def test_each_side_is_at_an_address_of_its_own() -> None:
    """So that it is known who speaks."""
    bridge = Bridge.of("home.example", Hosts())
    assert [each[0] for each in (bridge.server, bridge.inner, bridge.outer)] == [
        "127.0.0.33",
        "127.0.0.81",
        "127.0.0.82",
    ]
