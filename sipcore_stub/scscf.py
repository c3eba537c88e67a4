"""The S-CSCF: registers, and routes requests of registered users to the servers of their criteria (TS 24.229 5.4).

The registration is carried out in `registering`, third-party registration in `notifying`; here requests are sorted,
and a PUBLISH finds its application server (figure 5.X.3.2.3-1 step 1), whose answer goes back the same way (step 3).
"""

from collections.abc import Awaitable, Callable, Iterable

from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss import Hss, Subscriber
from sipcore_stub.ifc import Criterion, DefaultHandling, Situation, matching
from sipcore_stub.notifying import is_failure
from sipcore_stub.proxy import check, next_hop, onward, refuse_strangers
from sipcore_stub.registering import Registering
from sipcore_stub.registrations import Registrations
from sipcore_stub.services import NONE, Services
from sipcore_stub.watching import Watching
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.uri import SipUri, parse_uri


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
        failure: Response | Refused = Refused(Cause.NO_ROUTE, request.uri)
        for criterion in matching(subscriber.criteria, situation):
            outcome = await self._asked(criterion, request)
            if isinstance(outcome, Response) and not is_failure(outcome.status):
                return outcome
            failure = outcome
            if criterion.default_handling is DefaultHandling.SESSION_TERMINATED:
                break
        if isinstance(failure, Refused) and failure.cause is Cause.NO_ROUTE:
            return await self._hosted(request, failure)
        if isinstance(failure, Refused):
            raise failure
        return failure

    async def _hosted(self, request: Request, otherwise: Refused) -> Response:
        """Pass a request for a service on to the server that hosts it (TS 23.228 5.4.12)."""
        server = self._services.host(request.address.aor())
        if server is None:
            raise otherwise
        routed = request.with_header("Route", f"<{loose(server)}>")
        return await forward(self._endpoint, routed, next_hop(routed))

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
        routed = request.with_header("Route", f"<{loose(criterion.server_name)}>")
        try:
            return await forward(self._endpoint, routed, next_hop(routed))
        except Refused as refused:
            return refused


def loose(uri: str) -> str:
    """Mark a SIP URI as that of a loose router (RFC 3261 16.12)."""
    address = parse_uri(uri)
    known = isinstance(address, SipUri) and "lr" in address.params
    return uri if known else f"{uri};lr"
