"""The way to a server over TCP: straight to an address, and to a name by way of the system's resolver, in a thread."""

from typing import Any

from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint

from valkit.net.addresses import is_ipv4, is_ipv6


def endpoint(
    reactor: Any, host: str, port: int, timeout: float, bind: tuple[str, int] | None = None
) -> IStreamClientEndpoint:
    """Give what connects to this host, within `timeout` seconds, perhaps from an address of ours."""
    kind: Any = HostnameEndpoint
    if is_ipv4(host):
        kind = TCP4ClientEndpoint
    elif is_ipv6(host):
        kind = TCP6ClientEndpoint
    made: IStreamClientEndpoint = kind(reactor, host, port, timeout, bind)
    return made
