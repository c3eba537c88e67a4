"""A request's head in, where it goes out: every rule of the proxy, in the order in which they are asked.

| asked                                             | else                          | by                       |
|---------------------------------------------------|-------------------------------|--------------------------|
| it is HTTP/1.0 or HTTP/1.1                        | 505                           | RFC 9110 2.5             |
| its head is not too large                         | 431                           |                          |
| no `_` stands for the `-` of a header of this hop  | 400                           | RFC 9112 6.3, 11.2       |
| it is no CONNECT and no TRACE                     | 405                           | RFC 9110 9.3.6, 9.3.8    |
| at most one of Content-Length, Transfer-Encoding  | 400                           | RFC 9112 6.1, 11.2       |
| its target is a plain path on the host it names   | 400, 414                      | RFC 9112 3.2             |
| a UE asserts no identity, others only their own   | 403                           | TS 24.547 A.2.2          |
| the host is one of ours or a partner's            | 421                           | RFC 9110 7.4             |
| method and path are passed on there               | 403                           | the policy               |
| it has not been here before                       | 508                           | RFC 9110 7.6.3           |
| it expects nothing but 100-continue               | 417                           | RFC 9110 10.1.1          |
| its body is not announced too large               | 413                           |                          |
"""

from attrs import frozen

from seal.proxy.callers import Caller, NetworkFunction, vouched_for
from seal.proxy.errors import Refusal, Refused
from seal.proxy.headers import MOST, Hop, Pairs, been_here, doubtful, onward, values
from seal.proxy.routes import Route, Routes
from seal.proxy.target import Target, target_of

VERSIONS = frozenset({"1.0", "1.1"})
TUNNELS = frozenset({b"CONNECT", b"TRACE"})


@frozen
class Head:
    """A request before its body, as the parser gives it: one Host, names in lower case."""

    method: bytes
    target: bytes
    headers: Pairs
    version: str = "1.1"


@frozen
class Onward:
    """A request that is passed on."""

    route: Route
    method: bytes
    url: bytes
    headers: Pairs
    length: int | None
    """Bytes of the body; None if nobody knows yet."""
    target: Target
    asserted: str
    """The identity that this proxy vouches for; empty for a UE."""


@frozen
class Rules:
    """What this proxy was told."""

    name: str
    """Its own, in Via and Forwarded."""
    routes: Routes
    functions: tuple[NetworkFunction, ...]
    largest: int
    """Bytes of the largest body."""
    largest_head: int
    """Bytes of all headers together."""

    def decide(self, head: Head, caller: Caller) -> Onward:
        """Say where a request goes. Raises Refused."""
        self._require_plain(head)
        length = length_of(head)
        target = target_of(head.target, b"".join(values(head.headers, b"host")))
        asserted = vouched_for(caller, head.headers, self.functions)
        route = self.routes.find(head.method.decode(), target)
        if been_here(head.headers, self.name):
            raise Refused(Refusal.LOOP)
        self._require_bounds(head, length)
        vouched = asserted if route.asserts else ""
        headers = onward(head.headers, target.authority, Hop(caller.host, self.name, head.version), vouched)
        return Onward(route, head.method, (route.to + target.path).encode(), headers, length, target, vouched)

    def _require_plain(self, head: Head) -> None:
        if head.version not in VERSIONS:
            raise Refused(Refusal.VERSION, head.version)
        size = sum(len(name) + len(value) for name, value in head.headers)
        if len(head.headers) > MOST or size > self.largest_head:
            raise Refused(Refusal.HEADERS_TOO_LARGE, f"{len(head.headers)} headers, {size} bytes")
        if (name := doubtful(head.headers)) is not None:
            raise Refused(Refusal.MALFORMED, f"{name.decode()} may be taken for the header that is written with -")
        if head.method in TUNNELS:
            raise Refused(Refusal.TUNNEL, head.method.decode())

    def _require_bounds(self, head: Head, length: int | None) -> None:
        if any(value.lower() != b"100-continue" for value in values(head.headers, b"expect")):
            raise Refused(Refusal.EXPECTATION)
        if length is not None and length > self.largest:
            raise Refused(Refusal.BODY_TOO_LARGE, f"{length} bytes")


def length_of(head: Head) -> int | None:
    """Say how long the body is, None if it comes in chunks. Raises Refused where that can be read in two ways."""
    lengths, codings = values(head.headers, b"content-length"), values(head.headers, b"transfer-encoding")
    if len(lengths) + len(codings) > 1 or (codings and head.version == "1.0"):
        raise Refused(Refusal.TWO_LENGTHS)
    if codings:
        return None
    return int(lengths[0]) if lengths else 0
