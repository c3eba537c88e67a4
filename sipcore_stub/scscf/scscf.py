"""The S-CSCF: registers, and routes requests of registered users to the servers of their criteria (TS 24.229 5.4).

The registration is carried out in `registering`, third-party registration in `notifying`; here requests are sorted,
and a PUBLISH finds its application server (figure 5.X.3.2.3-1 step 1), whose answer goes back the same way (step 3).
A MESSAGE finds its server likewise, or else another user of this network.
"""

from collections.abc import Awaitable, Callable, Iterable

from sipcore_stub.contacts import Binding
from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Hss, Subscriber
from sipcore_stub.hss.ifc import Criterion, DefaultHandling, SessionCase, Situation, matching
from sipcore_stub.hss.services import NONE, Services
from sipcore_stub.proxy import check, next_hop, onward, refuse_strangers
from sipcore_stub.scscf.notifying import is_failure
from sipcore_stub.scscf.registering import Registering
from sipcore_stub.scscf.registrations import Registrations
from sipcore_stub.scscf.watching import Watching
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.uri import SipUri, parse_uri

Way = Callable[[Request], Awaitable[Response]]
"""Where a request goes on to; raises Refused."""

TO_USERS = frozenset({"MESSAGE"})
"""Methods by which users reach each other here: what takes one request and one answer. There are no sessions."""


class Scscf:
    """The role at its endpoint; requests are taken from `trusted` hosts only, the other elements of the core."""

    def __init__(  # noqa: PLR0917 - the parts of the element, each once
        self,
        endpoint: Endpoint,
        hss: Hss,
        registering: Registering,
        registrations: Registrations,
        watching: Watching,
        trusted: Iterable[str],
        before_answer: Callable[[], Awaitable[None]] | None = None,
        services: Services = NONE,
    ) -> None:
        """With `before_answer`, a REGISTER is answered when that has come to its end."""
        self._endpoint = endpoint
        self._hss = hss
        self._registering = registering
        self._registrations = registrations
        self._watching = watching
        self._before_answer = before_answer
        self._services = services
        self._trusted = frozenset(trusted)

    async def serve(self, request: Request, source: Hop) -> Response:
        """Serve a request from another element of the core; raises Refused."""
        check(request, self._endpoint.addresses)
        if self._watching.serves(request):
            return self._watching.subscribe(request, source)
        refuse_strangers(source, self._trusted)
        if request.method == "REGISTER":
            response = self._registering.register(request)
            if self._before_answer is not None:
                await self._before_answer()
            return response
        return await self._originate(onward(request, self._endpoint.addresses))

    async def _originate(self, request: Request) -> Response:
        """Serve a registered user's own request (TS 24.229 5.4.3.2)."""
        subscriber = self._served_user(request)
        situation = Situation(request, impu=request.p_asserted_identities[0].address.aor())
        return await self._led(subscriber, situation, self._beyond)

    async def _led(self, subscriber: Subscriber, situation: Situation, beyond: Way) -> Response:
        """Ask the servers of a user's criteria; where they leave the request to us, it goes on to what is beyond."""
        failure: Response | Refused | None = None
        for criterion in matching(subscriber.criteria, situation):
            failure = await self._asked(criterion, situation.request)
            if isinstance(failure, Response) and not is_failure(failure.status):
                return failure
            if criterion.default_handling is DefaultHandling.SESSION_TERMINATED:
                return _given(failure)
        try:
            return await beyond(situation.request)
        except Refused as refused:
            if refused.cause is not Cause.NO_ROUTE or failure is None:
                raise
        return _given(failure)

    async def _beyond(self, request: Request) -> Response:
        """Pass a request on to the server that hosts the service it is for (TS 23.228 5.4.12), or to its user."""
        aor = request.address.aor()
        server = self._services.host(aor)
        if server is not None:
            routed = request.with_header("Route", f"<{loose(server)}>")
            return await forward(self._endpoint, routed, next_hop(routed))
        subscriber = self._hss.holder(aor)
        if request.method not in TO_USERS or subscriber is None or aor not in subscriber.associated:
            raise Refused(Cause.NO_ROUTE, request.uri)
        return await self._terminate(request, subscriber, aor)

    async def _terminate(self, request: Request, subscriber: Subscriber, aor: str) -> Response:
        """Serve a request for one of our users (TS 24.229 5.4.3.3); there is no other S-CSCF to ask the HSS for."""
        bindings = self._registrations.of(subscriber.key).bindings
        case = SessionCase.TERMINATING_REGISTERED if bindings else SessionCase.TERMINATING_UNREGISTERED

        async def reach(request: Request) -> Response:
            outcome: Response | Refused = Refused(Cause.AWAY, aor)
            for binding in reversed(bindings):
                outcome = await self._tried(for_contact(request, binding))
                if isinstance(outcome, Response) and not is_failure(outcome.status):
                    return outcome
            return _given(outcome)

        return await self._led(subscriber, Situation(request, case, impu=aor), reach)

    def _served_user(self, request: Request) -> Subscriber:
        """Give the subscriber whom the P-CSCF asserts, if registered."""
        asserted = request.p_asserted_identities
        if not asserted:
            raise Refused(Cause.NOT_REGISTERED, "no identity is asserted")
        subscriber = self._hss.owner(asserted[0].address.aor())
        if not self._registrations.of(subscriber.key).bindings:
            raise Refused(Cause.NOT_REGISTERED, subscriber.impi)
        return subscriber

    async def _asked(self, criterion: Criterion, request: Request) -> Response | Refused:
        """Ask one application server; the request reaches it by Route and keeps its own target."""
        return await self._tried(request.with_header("Route", f"<{loose(criterion.server_name)}>"))

    async def _tried(self, routed: Request) -> Response | Refused:
        """Send a request where it is routed, and give what comes of it."""
        try:
            return await forward(self._endpoint, routed, next_hop(routed))
        except Refused as refused:
            return refused


def for_contact(request: Request, binding: Binding) -> Request:
    """Give a request as it goes to one contact of its user (TS 24.229 5.4.3.3).

    It has the contact's URI and way, tells as which of its identities the UE is called (RFC 7315 4.2), and not who
    calls where that is to stay private (RFC 3325 7).
    """
    sent = request.with_uri(binding.contact.uri).with_header("Route", *binding.path)
    sent = sent.with_header("P-Called-Party-ID", f"<{request.uri}>")
    wishes = {wish.strip().lower() for value in request.headers.all("Privacy") for wish in value.split(";")}
    return sent.without("P-Asserted-Identity") if "id" in wishes else sent


def _given(outcome: Response | Refused) -> Response:
    """Give a response, or raise the refusal in its place."""
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def loose(uri: str) -> str:
    """Mark a SIP URI as that of a loose router (RFC 3261 16.12)."""
    address = parse_uri(uri)
    known = isinstance(address, SipUri) and "lr" in address.params
    return uri if known else f"{uri};lr"
