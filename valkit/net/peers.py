"""Who is trusted to assert an identity, known by the network that it sends from: S-CSCFs (RFC 3324), HTTP proxies."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address

REMEMBERED = 4_096
"""Addresses whose verdict is kept; a stranger who tries more of them costs us no memory."""


class TrustedPeers:
    """A set of networks that answers quickly whether an address is in one of them."""

    def __init__(self, networks: Iterable[IPv4Network | IPv6Network]) -> None:
        self._networks = tuple(networks)
        self._verdicts: dict[str, bool] = {}

    def __contains__(self, host: str) -> bool:
        verdict = self._verdicts.get(host)
        if verdict is None:
            if len(self._verdicts) >= REMEMBERED:
                self._verdicts.clear()
            verdict = self._verdicts[host] = self._look(host)
        return verdict

    def _look(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)  # an IPv4 peer at a socket that takes both
        return any((mapped or address) in network for network in self._networks)
