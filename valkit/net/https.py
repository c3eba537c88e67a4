"""An HTTPS client's side: connections that are opened only to servers whose certificate was verified, always."""

from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from valkit.net.tls import Tls


@implementer(IPolicyForHTTPS)
@frozen
class VerifiedServers:
    """Opens connections to the host that was asked for and nobody else, trusting the authorities of `tls`."""

    tls: Tls

    def creatorForNetloc(self, hostname: bytes, port: int) -> IOpenSSLClientConnectionCreator:  # noqa: ARG002
        """Give what opens a connection to this host, whatever the port."""
        return self.tls.client(hostname.decode("ascii").strip("[]"))


def agent(reactor: Any, tls: Tls, *, timeout: float = 10.0, pool: HTTPConnectionPool | None = None) -> Any:
    """Give an agent for treq; a connection that takes longer than `timeout` seconds to stand is given up."""
    return Agent(reactor, VerifiedServers(tls), connectTimeout=timeout, pool=pool)
