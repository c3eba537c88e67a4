"""What a request is for: the host that it names and the path there, or a refusal of everything that is not that.

Only the two forms that a server gets are taken (RFC 9112 3.2.1, 3.2.2), and of the second only one that says the same
as Host. So there is no address in a request that this proxy would open a connection to: a host is a key to a route.
"""

import re

from attrs import frozen

from seal.proxy.errors import Refusal, Refused

LONGEST = 8_000
"""Bytes of the longest target (RFC 9110 4.1 asks for that many at least)."""

_path = re.compile(rb"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]|%[0-9A-Fa-f]{2})*").fullmatch
_host = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9\-.]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?").fullmatch
_dots = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE).fullmatch
_SCHEME = b"https://"


@frozen
class Target:
    """What a request is for."""

    authority: str
    """Host in lower case, with its port unless that is 443."""
    path: str
    """Path and query, as they came."""

    @property
    def plain_path(self) -> str:
        """The path alone: what the log may have, and what routes look at."""
        return self.path.partition("?")[0]


def target_of(raw: bytes, host: bytes) -> Target:
    """Read a request target and its Host. Raises Refused."""
    if len(raw) > LONGEST:
        raise Refused(Refusal.TARGET_TOO_LONG, f"{len(raw)} bytes")
    authority = authority_of(host)
    if raw[:8].lower() == _SCHEME:
        named, slash, rest = raw[8:].partition(b"/")
        if authority_of(named) != authority:
            raise Refused(Refusal.BAD_TARGET, "the target names another host than Host")
        raw = slash + rest or b"/"
    if _path(raw) is None:  # it is not quoted: a query may hold a code or a token
        raise Refused(Refusal.BAD_TARGET, "the target is no path of permitted characters")
    target = Target(authority, raw.decode())
    if raw.startswith(b"//") or any(_dots(segment) for segment in target.plain_path.split("/")):
        raise Refused(Refusal.BAD_TARGET, "the target begins with two slashes, or has segments of dots alone")
    return target


def authority_of(host: bytes) -> str:
    """Give a host as routes have it (RFC 9110 4.2.3): no user in it, lower case, no port 443. Raises Refused."""
    read = _host(host)
    if read is None or (read[2] is not None and not 0 < int(read[2]) < 65_536):
        raise Refused(Refusal.BAD_TARGET, "Host is no name or address, with a port or without")
    name = read[1].decode().lower()
    return name if read[2] is None or int(read[2]) == 443 else f"{name}:{int(read[2])}"
