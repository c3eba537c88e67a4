"""Which contacts a REGISTER leaves behind, and for how long (RFC 3261 10.3 steps 6 to 8, TS 24.229 5.4.1.2.2F).

Pure. One IMPI has one contact for each device that names itself by `+sip.instance` and `reg-id` (RFC 5626), and one
for all others together: without those a new contact takes the place of the old one.
"""

from collections.abc import Iterable

from attrs import frozen

from sipcore_stub.errors import Cause, Refused
from valkit.sip.headers import STAR, NameAddr
from valkit.sip.message import Request


@frozen
class Policy:
    """How long registrations are, in seconds."""

    minimum: int = 60
    maximum: int = 600_000
    default: int = 3600
    """Where the UE asks for nothing."""

    def granted(self, asked: int | None) -> int:
        """Give the seconds for what was asked; raises Refused with Min-Expires if it is too little."""
        if asked is None:
            return self.default
        if 0 < asked < self.minimum:
            raise Refused(Cause.TOO_BRIEF, f"{asked} s", [("Min-Expires", str(self.minimum))])
        return min(asked, self.maximum)


@frozen
class Binding:
    """One contact of an IMPI."""

    contact: NameAddr
    path: tuple[str, ...]
    """The way back to the UE, as the REGISTER brought it (RFC 3327)."""
    call_id: str
    cseq: int
    until: float
    """When it runs out, in epoch seconds."""

    @property
    def device(self) -> tuple[str | None, str | None]:
        """What two contacts of one device have in common."""
        return device(self.contact)

    def seconds_left(self, now: float) -> int:
        """Give the whole seconds that are left."""
        return max(0, round(self.until - now))

    def told(self, now: float) -> str:
        """Write the Contact value of a 200 (RFC 3261 10.3 step 8)."""
        return str(self.contact.with_param("expires", str(self.seconds_left(now))))


def device(contact: NameAddr) -> tuple[str | None, str | None]:
    """Give what names the device of a contact: its instance and flow (RFC 5626 4.1, 4.2)."""
    return contact.params.get("+sip.instance"), contact.params.get("reg-id")


def standing(bindings: Iterable[Binding], now: float) -> tuple[Binding, ...]:
    """Give the bindings that have not run out."""
    return tuple(binding for binding in bindings if binding.until > now)


def updated(bindings: Iterable[Binding], request: Request, policy: Policy, now: float) -> tuple[Binding, ...]:
    """Give the bindings that stand after this REGISTER; all or nothing, raising Refused."""
    kept = standing(bindings, now)
    if request.contacts is STAR:
        return _all_removed(kept, request)
    for contact in request.contacts:
        seconds = policy.granted(request.expires if contact.expires is None else contact.expires)
        kept = _replaced(kept, _binding(contact, request, now + seconds), seconds)
    return kept


def _all_removed(bindings: tuple[Binding, ...], request: Request) -> tuple[Binding, ...]:
    if request.expires != 0:
        raise Refused(Cause.STAR_WITH_MORE)
    for binding in bindings:
        _in_order(binding, request)
    return ()


def _binding(contact: NameAddr, request: Request, until: float) -> Binding:
    path = tuple(str(hop) for hop in request.paths)
    return Binding(contact, path, request.call_id, request.cseq.number, until)


def _replaced(bindings: tuple[Binding, ...], new: Binding, seconds: int) -> tuple[Binding, ...]:
    for binding in bindings:
        if binding.device == new.device:
            _in_order(binding, new)
    others = tuple(binding for binding in bindings if binding.device != new.device)
    return (*others, new) if seconds else others


def _in_order(binding: Binding, later: Binding | Request) -> None:
    """Refuse what a newer REGISTER of the same client has overtaken (RFC 3261 10.3 step 7)."""
    number = later.cseq if isinstance(later, Binding) else later.cseq.number
    if later.call_id == binding.call_id and number <= binding.cseq:
        raise Refused(Cause.OUT_OF_ORDER, f"{number} after {binding.cseq}")
