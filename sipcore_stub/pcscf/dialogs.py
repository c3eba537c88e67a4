"""Dialogs of UEs as their P-CSCF knows them: where a request in one goes, whatever the UE says (TS 24.229 5.2.6.3).

Pure. A dialog is known that a UE began by way of us, and that was granted. Any other is none: a To tag is easily
written, and a UE that could choose its own way by one would be asserted to whomever it likes.
"""

from typing import Final, TypeAlias

from attrs import define, evolve, field

from valkit.sip.dialog import Dialog
from valkit.sip.errors import ParseError
from valkit.sip.headers import STAR
from valkit.sip.message import Request, Response

BEGINS_DIALOG: Final = frozenset({"INVITE", "SUBSCRIBE", "REFER"})
"""Requests whose further way we stay on (RFC 3261 16.6 step 4)."""

MOST_DIALOGS: Final = 64
"""Of one UE: more than it has subscriptions and calls. The oldest go first, and what follows in them goes home."""

Key: TypeAlias = tuple[str, str | None, str | None]
"""Call-ID, the UE's tag and the peer's (RFC 3261 12)."""


def begins(request: Request) -> bool:
    """Say whether a request may begin a dialog."""
    return request.method in BEGINS_DIALOG and request.to.tag is None


@define
class Dialogs:
    """All dialogs of the UEs of one P-CSCF, by their IMPIs."""

    _known: dict[str, dict[Key, Dialog]] = field(factory=dict)

    def of(self, impi: str, request: Request) -> Dialog | None:
        """Give the dialog that a request of a UE belongs to, at the UE's end; None if it is not known."""
        return self._known.get(impi, {}).get(_key(request))

    def learn(self, impi: str, request: Request, response: Response) -> None:
        """Take in the answer to a UE's request: a dialog begins, or its peer is elsewhere from now on (12.2.1.2)."""
        if not 200 <= response.status < 300:
            return
        known = self.of(impi, request)
        try:
            if known is not None:
                self._keep(impi, _refreshed(known, response))
            elif begins(request):
                self._keep(impi, Dialog.established(request, response))
        except ParseError:
            return  # an answer without one Contact makes no dialog, at the UE neither

    def forget(self, impi: str) -> None:
        """Forget the dialogs of a UE that has left."""
        self._known.pop(impi, None)

    def _keep(self, impi: str, dialog: Dialog) -> None:
        own = self._known.setdefault(impi, {})
        key = dialog.call_id, dialog.local.tag, dialog.remote.tag
        own.pop(key, None)
        own[key] = dialog
        if len(own) > MOST_DIALOGS:
            del own[next(iter(own))]


def _key(request: Request) -> Key:
    return request.call_id, request.from_.tag, request.to.tag


def _refreshed(dialog: Dialog, response: Response) -> Dialog:
    contacts = response.contacts
    return dialog if contacts is STAR or len(contacts) != 1 else evolve(dialog, target=contacts[0].uri)
