"""The P-CSCF: the UE's first hop, which takes from it what it may not say, and says it itself (TS 24.229 5.2).

What it remembers of a UE is in `associations`; how requests are passed on, in `proxy`.
"""

from collections.abc import Callable, Iterable

from attrs import evolve
from twisted.logger import Logger

from sipcore_stub import contacts
from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.identities import impi_of, registrar_of
from sipcore_stub.pcscf.agreement import NOTHING, Agreement, Agreements, Offer, Policy, without_agreement
from sipcore_stub.pcscf.associations import Association, Associations
from sipcore_stub.pcscf.dialogs import Dialogs, begins
from sipcore_stub.pcscf.following import Following
from sipcore_stub.proxy import check, leads_to, next_hop, onward, uri_of
from valkit.ids import Ids
from valkit.sip.auth import Challenge, Credentials, digest_in
from valkit.sip.grammar import Params, quote
from valkit.sip.headers import STAR, NameAddr
from valkit.sip.hop import Hop
from valkit.sip.limits import LIMITS
from valkit.sip.message import Request, Response
from valkit.sip.session import with_session
from valkit.sip.uri import parse_uri

NETWORKS_OWN = (
    "Cellular-Network-Info",
    "P-Asserted-Identity",
    "P-Asserted-Service",
    "P-Associated-URI",
    "P-Called-Party-ID",
    "P-Charging-Function-Addresses",
    "P-Charging-Vector",
    "P-Private-Network-Indication",
    "P-Profile-Key",
    "P-Served-User",
    "P-User-Database",
    "P-Visited-Network-ID",
    "Path",
    "Relayed-Charge",
    "Service-Interact-Info",
    "Service-Route",
)
"""Headers that only the network may write: whatever a UE puts there is taken off (TS 24.229 4.4, 5.2.6.3)."""

CHARGING = ("P-Charging-Function-Addresses", "P-Charging-Vector")
"""Headers that no UE gets (TS 24.229 5.2.6.4)."""

OUTSIDE = evolve(LIMITS, size=LIMITS.size - 8_192, line=LIMITS.line - 1_024, headers=LIMITS.headers - 32)
"""How much of a UE's message is read: what the elements behind can read with all that they put into it on its way."""

REG_AWAIT_AUTH = 240.0
"""Seconds that a challenged UE is known for (TS 24.229 7.8)."""


class Pcscf:
    """The role at its endpoint; `icscf` is where registrations go."""

    log = Logger()

    def __init__(  # noqa: PLR0917 - the parts of the element, each once
        self,
        endpoint: Endpoint,
        icscf: Hop,
        domain: str,
        ids: Ids,
        now: Callable[[], float],
        network: frozenset[str] = frozenset(),
        following: Following | None = None,
        offer: Offer = NOTHING,
    ) -> None:
        """Take requests for UEs from the hosts of `network`; with `following`, watch each registration."""
        self._agreements = Agreements(offer, endpoint.addresses[0], ids)
        self._endpoint = endpoint
        self._network = network
        self._following = following
        self._icscf = icscf
        self._domain = domain
        self._ids = ids
        self._now = now
        self._associations = Associations()
        self._dialogs = Dialogs()

    async def serve(self, request: Request, source: Hop) -> Response:
        """Serve a request of a UE; raises Refused."""
        own = self._endpoint.addresses
        association = self._associations.known(request, source, self._now())
        if association is None and source.host in self._network and request.method != "REGISTER":
            check(request, ())  # what another UE of ours sends has come by us before, and that is no loop (16.3)
            return await self._to_ue(request)
        check(request, own, self._agreements.options)
        request = with_session(self._vouched(as_a_ue_says(onward(request, own))))
        if request.method == "REGISTER":
            return await self._register(request, source, association)
        if association is None or not association.registered:
            raise Refused(Cause.NOT_REGISTERED, str(source))
        self._agreements.check(request, source, association.agreement)
        request = without_agreement(request)
        return await self._onto_its_way(asserted(request, association), association)

    async def _onto_its_way(self, request: Request, association: Association) -> Response:
        """Pass a registered UE's request on: by the way of its dialog, or of its registration (TS 24.229 5.2.6.3)."""
        own, dialog = self._endpoint.addresses, self._dialogs.of(association.impi, request)
        if dialog is None:
            request = self._along_service_route(request, association)
            hop = next_hop(request)
        else:
            request = request.with_header(
                "Route", *(each for each in dialog.routes if not leads_to(NameAddr.parse(each).uri, own))
            )
            hop = next_hop(request.with_uri(dialog.target))
        if begins(request):
            request = request.adding("Record-Route", f"<{uri_of(own[0], None, 'lr')}>", first=True)
        response = await forward(self._endpoint, request, hop)
        self._dialogs.learn(association.impi, request, response)
        return response

    async def _to_ue(self, request: Request) -> Response:
        """Pass a request of the network on to the UE that it is for, or take it ourselves (TS 24.229 5.2.6.4)."""
        own = self._endpoint.addresses
        if self._following is not None and self._following.has(request):
            ended = self._following.notified(request)
            for uri in ended:
                self._associations.forget(parse_uri(uri), self._now())
            return request.answer(200)
        request = without(onward(request, own), CHARGING)
        hop = next_hop(request)
        if not self._associations.reach(hop, self._now()):
            raise Refused(Cause.NO_ROUTE, request.uri)
        return await forward(self._endpoint, request, hop)

    def _vouched(self, request: Request) -> Request:
        """Begin the charging correlation of this request (RFC 7315 4.6, TS 24.229 5.2.2.1)."""
        return request.adding("P-Charging-Vector", f'icid-value="{self._ids.call_id()}";orig-ioi={self._domain}')

    async def _register(self, request: Request, source: Hop, association: Association | None) -> Response:
        """Pass a REGISTER to the I-CSCF, and learn from the answer (TS 24.229 5.2.2)."""
        registrar = registrar_of(request, self._domain)
        if request.uri != registrar:
            self.log.info("{uri} becomes {registrar}, the registrar's", uri=request.uri, registrar=registrar)
        contacts.check(request)
        standing = association.agreement if association else None
        kept = self._agreements.check_register(request, source, standing)
        word = protection(request, source, association, kept, self._agreements.offer)
        sent = with_protection(request.with_uri(registrar).without("Route"), word)
        sent = without_agreement(sent).adding("Path", self._path(request)).adding("Require", "path")
        sent = sent.adding("P-Visited-Network-ID", f'"{self._domain}"')
        response = await forward(self._endpoint, sent, self._icscf)
        self._learn(request, source, response, kept)
        if response.status == 401:
            response = self._agreements.challenged(request, source, response)
        return without_keys(response)

    def _path(self, request: Request) -> str:
        """Give the way back to the UE; `ob` for one that is next to us and keeps its flow open (RFC 5626 5.1)."""
        outbound = "outbound" in request.headers.all("supported") and len(request.vias) == 1
        return f"<{uri_of(self._endpoint.addresses[0], 'term', 'lr', *(['ob'] if outbound else []))}>"

    def _along_service_route(self, request: Request, association: Association) -> Request:
        """Put the Service-Route of the registration in place of a UE's own Route (TS 24.229 5.2.6.3, RFC 3608 6)."""
        if not association.service_route:
            raise Refused(Cause.NO_ROUTE, "the registration has no Service-Route")
        if request.headers.all("route") != association.service_route:
            self.log.info("{request} comes without its Service-Route", request=request)
        return request.with_header("Route", *association.service_route)

    def _learn(self, request: Request, source: Hop, response: Response, kept: Agreement | None) -> None:
        """Remember the UE as far as this answer makes it known, or forget it."""
        now = self._now()
        impi = impi_of(request)
        if response.status == 401 and self._associations.known(request, source, now) is None:
            self._associations.keep(request, source, Association(impi, now + REG_AWAIT_AUTH), now)
        elif response.status == 200 and (seconds := seconds_granted(request, response)):
            route = tuple(str(hop) for hop in response.service_routes)
            known = Association(impi, now + seconds, response.p_associated_uris, route, True, kept)
            self._agreements.settled(request, source)
            self._associations.keep(request, source, known, now)
            if self._following is not None:
                self._following.follow(known)
        elif response.status == 200 and "contact" in request.headers:
            self._associations.drop(request, source, now)
            self._dialogs.forget(impi)


def as_a_ue_says(request: Request) -> Request:
    """Give a copy without what only the network may write, of its access too what the network is to have provided.

    Of P-Access-Network-Info a UE has a value of its own (TS 24.229 4.4.2, RFC 7315 5.4).
    """
    request = without(request, NETWORKS_OWN)
    said = request.headers.all("P-Access-Network-Info")
    own = [text for text in said if not _is_provided(text)]
    return request if len(own) == len(said) else request.with_header("P-Access-Network-Info", *own)


def without(request: Request, names: Iterable[str]) -> Request:
    """Give a copy that lacks these headers."""
    for name in names:
        if name in request.headers:
            request = request.without(name)
    return request


def _is_provided(access: str) -> bool:
    return "network-provided" in {part.strip().lower() for part in access.split(";")}


def protection(
    request: Request, source: Hop, association: Association | None, kept: Agreement | None, offer: Offer
) -> str:
    """Say how the REGISTER is protected (TS 24.229 5.2.2.2, 7.2A.2).

    Without agreements an address stands for the security association: that from which this IMPI registered. One that
    was challenged has proved nothing, and there are no keys beneath an agreement that would; the S-CSCF may take our
    word for a proof (5.4.1.2.2), so it is given for those alone who are registered.
    """
    proven = association is not None and association.registered and association.impi == impi_of(request)
    if source.transport == "tls":
        return "tls-yes" if proven else "tls-pending"
    return "yes" if proven and (offer.policy is Policy.IGNORE or kept is not None) else "no"


def with_protection(request: Request, word: str) -> Request:
    """Put into the digest how the REGISTER is protected, whatever the UE says of it.

    Beside it may be a token, which is not ours to judge (RFC 8898).
    """
    lines, credentials = request.headers.all("Authorization"), request.authorization
    place = digest_in(lines)
    if credentials is None or place is None:
        return request
    claimed = credentials.params.without("integrity-protected").pairs
    params = Params((*claimed, ("integrity-protected", quote(word))))
    said = str(Credentials(credentials.scheme, params))
    return request.with_header("Authorization", *lines[:place], said, *lines[place + 1 :])


def without_keys(response: Response) -> Response:
    """Take CK and IK out of every challenge: they are for this element only (TS 24.229 5.2.2.1)."""
    lines = response.headers.all("WWW-Authenticate")
    return response.with_header("WWW-Authenticate", *map(_without_keys, lines)) if lines else response


def _without_keys(line: str) -> str:
    challenge = Challenge.parse(line)
    return str(Challenge(challenge.scheme, challenge.params.without("ck").without("ik"), challenge.token68))


def seconds_granted(request: Request, response: Response) -> int:
    """Give for how long the contacts of this REGISTER are registered; 0 if they are not."""
    if request.contacts is STAR or response.contacts is STAR:
        return 0
    asked = {contact.uri for contact in request.contacts}
    return max((contact.expires or 0 for contact in response.contacts if contact.uri in asked), default=0)


def asserted(request: Request, association: Association) -> Request:
    """Assert the identity the UE prefers if it is one of its own, and its default one otherwise (RFC 3325 5)."""
    if not association.identities:
        raise Refused(Cause.BARRED, association.impi)
    preferred = [NameAddr.parse(text).address.aor() for text in request.headers.all("P-Preferred-Identity")]
    matching = [each for each in association.identities if each.address.aor() in preferred]
    identity = (matching or association.identities)[0]
    return request.without("P-Preferred-Identity").adding("P-Asserted-Identity", f"<{identity.uri}>")
