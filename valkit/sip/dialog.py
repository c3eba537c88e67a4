"""A dialog as either end keeps it: who the peer is, the way there, and how far both have counted (RFC 3261 12).

Pure: a value, and each request sent or taken gives the next one. What the dialog is for, a subscription for instance,
is its user's business; there are no early dialogs here.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from valkit.sip.errors import Misuse, ParseError
from valkit.sip.headers import STAR, NameAddr
from valkit.sip.message import Request, Response


@frozen
class Dialog:
    """One end of a dialog."""

    call_id: str
    local: NameAddr
    """We, with our tag."""
    remote: NameAddr
    """The peer, with its tag."""
    target: str
    """Where requests go: the peer's Contact (12.1)."""
    routes: tuple[str, ...] = ()
    """The way there, the next hop first (12.1)."""
    sent: int = 0
    """CSeq of our last request."""
    heard: int | None = None
    """CSeq of the peer's last request; None before the first one."""

    @classmethod
    def accepted(cls, request: Request, response: Response) -> Dialog:
        """Give the dialog that our 2xx to a request makes at our end (12.1.1); ParseError if it lacks a Contact."""
        return cls(
            call_id=request.call_id,
            local=response.to,
            remote=request.from_,
            target=_contact(request),
            routes=tuple(map(str, request.record_routes)),
            heard=request.cseq.number,
        )

    @classmethod
    def established(cls, request: Request, response: Response) -> Dialog:
        """Give the dialog that a 2xx to our request makes at our end (12.1.2); ParseError if it lacks a Contact."""
        return cls(
            call_id=request.call_id,
            local=request.from_,
            remote=response.to,
            target=_contact(response),
            routes=tuple(map(str, reversed(response.record_routes))),
            sent=request.cseq.number,
        )

    @classmethod
    def notified(cls, request: Request, notify: Request) -> Dialog:
        """Give the dialog that a NOTIFY makes, which may overtake the 2xx to our SUBSCRIBE (RFC 6665 4.4.1)."""
        return cls(
            call_id=request.call_id,
            local=request.from_,
            remote=notify.from_,
            target=_contact(notify),
            routes=tuple(map(str, notify.record_routes)),
            sent=request.cseq.number,
            heard=notify.cseq.number,
        )

    def has(self, request: Request) -> bool:
        """Say whether a request from the peer belongs to this dialog (12.2.2)."""
        theirs = request.to.tag, request.from_.tag
        return request.call_id == self.call_id and theirs == (self.local.tag, self.remote.tag)

    def taking(self, request: Request) -> Dialog:
        """Give the dialog after a request of the peer; ParseError with 500 if it comes out of order (12.2.2)."""
        number = request.cseq.number
        if not self.has(request):
            raise Misuse("the request is of another dialog")
        if self.heard is not None and number <= self.heard:
            fault = ParseError("", why="is not higher than the last one of the dialog", answer=500)
            raise request.fault("CSeq", fault)
        return evolve(self, heard=number, target=_contact(request) if "contact" in request.headers else self.target)

    def request(
        self, method: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"", content_type: str | None = None
    ) -> tuple[Request, Dialog]:
        """Build our next request, and give the dialog after it (12.2.1.1). Its routes are those of loose routers."""
        number = self.sent + 1
        own = [
            ("Max-Forwards", "70"),
            *(("Route", route) for route in self.routes),
            ("From", str(self.local)),
            ("To", str(self.remote)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
        ]
        return Request.create(method, self.target, [*own, *headers], body, content_type), evolve(self, sent=number)


def _contact(message: Request | Response) -> str:
    contacts = message.contacts
    if contacts is STAR or len(contacts) != 1:
        raise message.fault("contact", ParseError("", why="is not one address"))
    return contacts[0].uri
