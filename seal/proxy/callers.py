"""Who calls the proxy: a UE, or a network function that it vouches for (TS 24.547 annex A.2.2).

A network function is known by its certificate, its address, or both; what identities it has is the operator's word.
"""

from collections.abc import Iterable

from attrs import field, frozen

from seal.access.credentials import identity_in
from seal.proxy.errors import Refusal, Refused
from seal.proxy.headers import ASSERTED, Pairs, values
from valkit.net.peers import TrustedPeers


@frozen
class Caller:
    """Who has opened a connection, as far as TLS and TCP say."""

    host: str
    """Its address."""
    names: frozenset[str] = frozenset()
    """The names in its verified certificate."""


def _lowered(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


@frozen
class NetworkFunction:
    """One that may ask without a UE's token."""

    identities: tuple[str, ...]
    """Its public service identities, VAL group IDs or VAL service IDs; the first is taken if it asserts none."""
    names: frozenset[str] = field(default=frozenset(), converter=_lowered)
    """Its certificate has one of these; none: none is asked."""
    peers: TrustedPeers | None = field(default=None, eq=False)
    """Where it calls from; None: from anywhere."""

    def is_it(self, caller: Caller) -> bool:
        """Whether it is this caller."""
        by_name = not self.names or not self.names.isdisjoint(caller.names)
        return by_name and (self.peers is None or caller.host in self.peers)


def vouched_for(caller: Caller, headers: Pairs, known: Iterable[NetworkFunction]) -> str:
    """Give the identity that the proxy asserts of a caller; empty for a UE. Raises Refused for what is not its own."""
    claimed = values(headers, ASSERTED)
    function = next((each for each in known if each.is_it(caller)), None)
    if function is None:
        if claimed:
            raise Refused(Refusal.ASSERTED_BY_UE)
        return ""
    if not claimed:
        return function.identities[0]
    identity = identity_in(claimed[0].decode("latin-1"))
    if len(claimed) > 1 or identity not in function.identities:
        raise Refused(Refusal.NOT_ITS_IDENTITY, identity)
    return identity
