"""The UE's subscription to its own registration, pure: SUBSCRIBE, and what a NOTIFY tells.

TS 24.229 5.1.1.3, RFC 3680. What follows for the registration is `registration`'s business.
"""

from attrs import define, field, frozen

from ue_sim.engine import Answer
from valkit import reginfo
from valkit.ids import Ids
from valkit.sip.dialog import Dialog
from valkit.sip.errors import ParseError
from valkit.sip.headers import NameAddr
from valkit.sip.message import Request, Response
from valkit.sip.subscription import SubscriptionState

EVENT = "reg"


@frozen
class Way:
    """In whose name a request goes out, and which way."""

    speaker: str
    routes: tuple[str, ...]


@define
class Watch:
    """One subscription to the registration of one IMPU; a new one takes the place of one that has ended."""

    impu: str
    _contact: NameAddr
    _ids: Ids
    view: reginfo.View = field(init=False, factory=reginfo.View)
    call_id: str = field(init=False, default="")
    _asked: Request | None = field(init=False, default=None)
    _dialog: Dialog | None = field(init=False, default=None)

    def subscribe(self, expires: int, way: Way) -> Request:
        """Give the SUBSCRIBE that begins, goes on, or with 0 ends it; a barred IMPU is watched as the default one."""
        wish = [("Event", EVENT), ("Expires", str(expires)), ("Accept", reginfo.TYPE)]
        wish += [("Contact", f"<{self._contact.uri}>"), ("P-Preferred-Identity", f"<{way.speaker}>")]
        if self._dialog is not None:
            request, self._dialog = self._dialog.request("SUBSCRIBE", wish)
            return request
        self.call_id, self.view = self._ids.call_id(), reginfo.View()
        who = [
            ("Max-Forwards", "70"),
            *(("Route", route) for route in way.routes),
            ("From", f"<{way.speaker}>;tag={self._ids.tag()}"),
            ("To", f"<{way.speaker}>"),
            ("Call-ID", self.call_id),
            ("CSeq", "1 SUBSCRIBE"),
        ]
        self._asked = Request.create("SUBSCRIBE", way.speaker, [*who, *wish])
        return self._asked

    def answered(self, response: Response, *, received: bool) -> Answer:
        """Take the answer: a 2xx makes the dialog, if no NOTIFY has yet; a refusal leaves nothing (RFC 6665 4.1.2)."""
        answer = Answer(response, received, response.expires if received else None)
        if not answer.ok:
            self._dialog = None
        elif self._dialog is None and self._asked is not None and response.expires:
            self._dialog = Dialog.established(self._asked, response)
        return answer

    def notified(self, notify: Request) -> tuple[Response, reginfo.Contact | None]:
        """Take a NOTIFY: the answer to it, and what it tells of our own contact, if it does."""
        if self._dialog is None and self._asked is not None and notify.to.tag == self._asked.from_.tag:
            self._dialog = Dialog.notified(self._asked, notify)
        elif self._dialog is None or not self._dialog.has(notify):
            return notify.answer(481), None
        else:
            self._dialog = self._dialog.taking(notify)
        try:
            return notify.answer(200), self.told(notify)
        except (ParseError, reginfo.Unreadable):
            return notify.answer(400), None

    def told(self, notify: Request) -> reginfo.Contact | None:
        """Take what a NOTIFY of this subscription says: what is new of our own contact, if anything is.

        Raises ParseError or reginfo.Unreadable.
        """
        state = SubscriptionState.parse(notify.headers.get("Subscription-State") or "")
        told = reginfo.read(notify.body) if notify.body else None
        before = self.view.contact(self._contact.uri)
        self.view = self.view if told is None else self.view.heard(told)
        if state.ended:
            self._dialog = self._asked = None
        after = self.view.contact(self._contact.uri)
        return None if after == before else after
