"""The P-CSCF's own subscriptions: it watches the registrations of its UEs (TS 24.229 5.2.3).

So it learns when the network ends one, which no REGISTER tells it. One subscription for each default identity.
"""

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Refused
from sipcore_stub.pcscf.associations import Association
from sipcore_stub.proxy import next_hop, uri_of
from valkit import reginfo
from valkit.ids import Ids
from valkit.sip.errors import ParseError
from valkit.sip.message import Request
from valkit.sip.subscription import SubscriptionState

EXPIRES = 600_000
"""Seconds that are asked for, as long as a registration may be."""


@define
class Following:
    """All subscriptions of one P-CSCF, by the Call-ID of each."""

    log = Logger()

    _endpoint: Endpoint
    _ids: Ids
    _impus: dict[str, str] = field(factory=dict)
    """Which identity each is for."""

    def follow(self, association: Association) -> None:
        """Watch the registration of a UE, if that is not done already."""
        if not association.identities or association.identities[0].uri in self._impus.values():
            return
        impu, call_id = association.identities[0].uri, self._ids.call_id()
        self._impus[call_id] = impu
        done: Deferred[None] = Deferred.fromCoroutine(self._subscribe(impu, call_id, association.service_route))
        done.addErrback(lambda failure: self.log.failure("a SUBSCRIBE failed", failure))

    def has(self, request: Request) -> bool:
        """Say whether a request is for one of the subscriptions."""
        return request.method == "NOTIFY" and request.call_id in self._impus

    def notified(self, request: Request) -> tuple[str, ...]:
        """Take a document, and give the contacts that have ended; ParseError for what is none."""
        state = SubscriptionState.parse(request.headers.get("Subscription-State") or "")
        if state.ended:
            self._impus.pop(request.call_id, None)
        try:
            told = reginfo.read(request.body)
        except reginfo.Unreadable as error:
            raise request.fault("content-type", ParseError("body", why=str(error), answer=400)) from None
        contacts = [contact for registration in told.registrations for contact in registration.contacts]
        return tuple(dict.fromkeys(contact.uri for contact in contacts if not contact.active))

    async def _subscribe(self, impu: str, call_id: str, routes: tuple[str, ...]) -> None:
        own = uri_of(self._endpoint.addresses[0])
        headers = [
            ("Max-Forwards", "70"),
            *(("Route", route) for route in routes),
            ("From", f"<{own}>;tag={self._ids.tag()}"),
            ("To", f"<{impu}>"),
            ("Call-ID", call_id),
            ("CSeq", "1 SUBSCRIBE"),
            ("Contact", f"<{own}>"),
            ("P-Asserted-Identity", f"<{own}>"),
            ("Event", "reg"),
            ("Accept", reginfo.TYPE),
            ("Expires", str(EXPIRES)),
        ]
        request = Request.create("SUBSCRIBE", impu, headers)
        try:
            status = (await forward(self._endpoint, request, next_hop(request))).status
        except Refused as refused:
            self.log.info("{impu} cannot be watched: {why}", impu=impu, why=str(refused))
            status = 408
        if status >= 300:
            self._impus.pop(call_id, None)
