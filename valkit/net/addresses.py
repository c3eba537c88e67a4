"""IP addresses as far as sending and listening need to know them: their kind, and which of ours faces a peer."""

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, SOCK_DGRAM, socket

from twisted.internet.error import CannotListenError

WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - to know them, not to bind to them
"""What to listen on all addresses is written as."""

DISCARD = 9
"""A port for finding out a route; nothing is sent there."""


@lru_cache(1024)
def is_ipv4(host: str) -> bool:
    """Whether this is an IPv4 address and not a name."""
    return _is(IPv4Address, host)


@lru_cache(1024)
def is_ipv6(host: str) -> bool:
    """Whether this is an IPv6 address, without brackets."""
    return _is(IPv6Address, host)


def _is(kind: type[IPv4Address | IPv6Address], host: str) -> bool:
    try:
        kind(host)
    except AddressValueError:
        return False
    return True


@lru_cache(1024)
def facing(local: str, peer: str) -> str:
    """Give the address under which a peer sees us: `local`, or where that is a wildcard, what the route starts from."""
    if local not in WILDCARDS:
        return local
    with socket(AF_INET6 if is_ipv6(peer) else AF_INET, SOCK_DGRAM) as probe:
        probe.connect((peer, DISCARD))
        return str(probe.getsockname()[0])


def unheard(error: CannotListenError) -> str:
    """Say in words to which a full stop or advice can be added that an address cannot be had, and why."""
    where = f"{in_via(error.interface or '')}:{error.port}"
    return f"Nothing can listen on {where}: {error.socketError.strerror or error.socketError}"


def in_via(host: str) -> str:
    """Write a host as sent-by has it: an IPv6 address in brackets (RFC 3261 25.1)."""
    return f"[{host}]" if ":" in host else host
