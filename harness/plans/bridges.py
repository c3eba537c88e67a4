"""Where two domains of a lab meet: hosts and ports of the gateways of their VAL systems, and of what is behind them.

Each must be told of the other before either runs, so their ports are looked for beforehand.
"""

import socket

from attrs import frozen

from harness.plans.addresses import GATEWAY_OUTER, VALSERVER_MIGRATION, Hosts
from harness.seen.cast import GATEWAY

SITES = (VALSERVER_MIGRATION, GATEWAY, GATEWAY_OUTER)
"""What listens there, in the order in which a `Bridge` has it."""


def free_port(host: str) -> int:
    """Find a port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


@frozen
class Bridge:
    """One domain's side of it: hosts and ports."""

    domain: str
    server: tuple[str, int]
    """Where the VAL server hears its gateway."""
    inner: tuple[str, int]
    """Where the gateway hears its VAL server."""
    outer: tuple[str, int]
    """Where it hears the other domain's."""

    @classmethod
    def of(cls, domain: str, hosts: Hosts) -> "Bridge":
        """Look for ports."""
        return cls(domain, *((hosts.of(site), free_port(hosts.of(site))) for site in SITES))
