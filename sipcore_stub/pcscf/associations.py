"""What the P-CSCF remembers of each UE, and how it knows one again (TS 24.229 5.2.2).

Pure. In a network with IPsec a security association stands for the UE; here it is the address that registered. Over
UDP that is where its messages come from, and nothing that stands in them. A UE that changes to TCP for a long request
comes from another port, and is known by the port it listens at, which stands in its Via; a connection's host cannot be
made up, and who shares a host with a UE needs IPsec or TLS to be told from it.
"""

from itertools import islice

from attrs import define, field, frozen

from sipcore_stub.pcscf.agreement import Agreement
from valkit.sip.headers import STAR, NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.sip.uri import SipUri, Uri

LINGERING = 32.0
"""Seconds for which the network still reaches a UE whose registration has ended, to tell it so: 64 T1 of RFC 3261."""

Place = tuple[str, int]
"""Host and port."""


ANY_PORT = 0
"""Stands in a place for the only UE of a host."""


@frozen
class Association:
    """One UE: challenged first, and registered once it has identities."""

    impi: str
    """Empty for the UEs of a host, where there are several."""
    until: float
    """When it ends, in epoch seconds."""
    identities: tuple[NameAddr, ...] = ()
    """P-Associated-URI of the 200, the default identity first."""
    service_route: tuple[str, ...] = ()
    """Where its requests go next (RFC 3608)."""
    registered: bool = False
    agreement: Agreement | None = None
    """What every request of it has to show (RFC 3329)."""


def places(request: Request, source: Hop) -> tuple[Place, ...]:
    """Give where the UE that sent this may be known from: where it came from and, over TCP, where it listens."""
    came_from = source.host, source.port
    return (came_from,) if source.transport == "udp" else (came_from, (source.host, request.via.port or 5060))


def _own_places(request: Request, source: Hop) -> tuple[Place, ...]:
    """Give the same for a REGISTER over TCP, with its contacts at that host: from there UDP may come next."""
    if source.transport == "udp" or request.contacts is STAR:
        return places(request, source)
    found = [each.address for each in request.contacts]
    here = [(at.host, at.port or 5060) for at in found if isinstance(at, SipUri) and at.host == source.host]
    return (*places(request, source), *here)


@define
class Associations:
    """All UEs of one P-CSCF, by their places."""

    _places: dict[Place, Association] = field(factory=dict)
    _left: dict[Place, float] = field(factory=dict)
    """Where UEs have left, and until when the network still reaches them."""

    def known(self, request: Request, source: Hop, now: float) -> Association | None:
        """Give the association of the UE that sent this request, if it still stands.

        A UE may open a connection from any port and name that one in its Via: it is known by its host, if it is alone.
        A REGISTER is not: whoever begins anew from there is to be challenged.
        """
        by_port = source.transport == "udp" or request.method == "REGISTER"
        alone = [] if by_port else [(source.host, ANY_PORT)]
        found = (self._places.get(place) for place in (*places(request, source), *alone))
        return next((each for each in found if each is not None and each.impi and each.until > now), None)

    def keep(self, request: Request, source: Hop, association: Association, now: float) -> None:
        """Remember the UE that sent this request, and forget those that have come to their end.

        One that is not registered has proved nothing yet: it takes nobody's place, and none but where it sends from.
        """
        self._forget_ended(now)
        found = _own_places(request, source) if association.registered else places(request, source)
        for place in found:
            standing = self._places.get(place)
            if not association.registered and standing is not None and standing.registered and standing.until > now:
                continue
            self._places.pop(place, None)
            self._places[place] = association
        self._share(source.host, association, now)

    def drop(self, request: Request, source: Hop, now: float) -> None:
        """Forget the UE that sent this request."""
        for place in _own_places(request, source):
            self._leave(place, now)

    def _share(self, host: str, association: Association, now: float) -> None:
        """Remember who alone is at this host; with a second one it is nobody, until both have come to their end."""
        before = self._places.pop((host, ANY_PORT), None)
        if before is not None and before.until > now and before.impi != association.impi:
            association = Association("", max(before.until, association.until))
        self._places[host, ANY_PORT] = association

    def reach(self, hop: Hop, now: float) -> bool:
        """Say whether a registered UE is at this address, or was until a moment ago."""
        place = hop.host, hop.port
        found = self._places.get(place)
        stands = found is not None and found.registered and found.until + LINGERING > now
        return stands or self._left.get(place, now) > now

    def forget(self, uri: Uri, now: float) -> None:
        """Forget the UE whose contact this is, since the network has ended it."""
        if isinstance(uri, SipUri):
            hop = uri.hop()
            self._leave((hop.host, hop.port), now)

    def _leave(self, place: Place, now: float) -> None:
        """Forget who is at this place, and that it is alone at its host."""
        gone = self._places.pop(place, None)
        if gone is not None and gone.registered:
            self._left = {each: until for each, until in self._left.items() if until > now}
            self._left[place] = now + LINGERING
        alone = self._places.get((place[0], ANY_PORT))
        if gone is not None and alone is not None and alone.impi == gone.impi:
            del self._places[place[0], ANY_PORT]

    def _forget_ended(self, now: float) -> None:
        """Look at four more entries in turn: as many come in as go, so that those which have ended never pile up."""
        for place in list(islice(self._places, 4)):
            association = self._places.pop(place)
            if association.until > now:
                self._places[place] = association

    def __len__(self) -> int:
        return len(self._places)
