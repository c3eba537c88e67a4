"""Where notifications may go: only where the operator says that a server of ours may send requests to.

Whoever subscribes names the address. Without a rule a subscriber could have the server ask its own neighbours.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from valkit.settings import Settings, written_as

LONGEST = 500
"""Characters of the longest callback URI."""


class CallbackSettings(Settings):
    """Where notifications may go; nowhere, if nothing is said."""

    networks: tuple[Annotated[IPv4Network | IPv6Network, written_as(ip_network, "192.0.2.0/24")], ...] = ()
    """Networks; a callback URI there has an IP address and no name."""
    hosts: tuple[str, ...] = ()
    """Names, as they stand in callback URIs. Whoever answers for them in DNS is trusted."""

    def refusal(self, uri: str) -> str | None:
        """Say why nothing is sent there; None if it may be."""
        try:
            parts = urlsplit(uri)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            return "it is no URI"
        if len(uri) > LONGEST or not uri.isascii() or not uri.isprintable() or " " in uri:
            return f"it is no URI of at most {LONGEST} characters"
        if parts.scheme != "https" or not host or parts.username is not None or parts.fragment:
            return "it is no https address (https://HOST/PATH)"
        if host in {name.lower() for name in self.hosts} or _within(host, self.networks):
            return None
        return f"notifications to {host} are not allowed here"


def _within(host: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)
