"""Where a message goes next: transport, host and port (RFC 3263 4), written `udp:192.0.2.1:5060`."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from valkit.sip.errors import ParseError

_HOP = re.compile(r"(udp|tcp|tls):(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._\-]+)):([0-9]{1,5})")

Address = IPv4Address | IPv6Address

PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}
"""The port of each transport where none is given (RFC 3261 18.2.2, 19.1.2)."""


class Hop(NamedTuple):
    """One end of a message's way."""

    transport: str
    """udp, tcp or tls."""
    host: str
    """A name or address; an IPv6 address stands without brackets, as sockets want it."""
    port: int
    """0 asks the system for a free one when listening."""

    @classmethod
    def parse(cls, text: str) -> Hop:
        """Read `transport:host:port`, an IPv6 address in brackets; ParseError if it is not that."""
        match = _HOP.fullmatch(text)
        if match is None or int(match[4]) > 65535:
            raise ParseError("hop", text, why="is not transport:host:port")
        return cls(match[1], match[2] or match[3], int(match[4]))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport}:{host}:{self.port}"


def addresses(source: Hop, target: Hop) -> tuple[Address, Address]:
    """Give both addresses, for a capture; a name, whose address nobody looks up here, is the unspecified one."""
    known = _address(source) or _address(target)
    nowhere = ip_address("::" if known is not None and known.version == 6 else "0.0.0.0")  # noqa: S104 - not listened at
    return _address(source) or nowhere, _address(target) or nowhere


def _address(hop: Hop) -> Address | None:
    try:
        return ip_address(hop.host)
    except ValueError:
        return None
