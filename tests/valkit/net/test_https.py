"""What an HTTPS client asks of its server; that it is really asked is in test_ca, over sockets."""

from typing import Any

from twisted.internet.task import Clock

from valkit.net.ca import Authority
from valkit.net.https import VerifiedServers, agent


def test_each_host_has_a_creator_of_its_own() -> None:
    """Names, IPv4 addresses, and IPv6 addresses with their brackets."""
    policy = VerifiedServers(Authority.create().trusting())
    for host in (b"idms.home.example", b"127.0.0.2", b"[::1]"):
        assert policy.creatorForNetloc(host, 443) is not None


def test_an_agent_verifies() -> None:
    """There is no way to ask for one that does not."""
    tls = Authority.create().trusting()
    made: Any = agent(Clock(), tls)
    assert made._endpointFactory._policyForHTTPS == VerifiedServers(tls)
