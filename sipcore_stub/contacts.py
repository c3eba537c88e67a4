"""Which contacts a REGISTER leaves behind, and for how long (RFC 3261 10.3 steps 6 to 8, TS 24.229 5.4.1.2.2F).

Pure. A contact with `reg-id` is one flow of the device that its `+sip.instance` names, and only the same flow takes its
place (RFC 5626 6). All others together are one device, as an IMPI has one UE: what a REGISTER brings takes the place of
what an earlier one left.
"""

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from attrs import frozen

from sipcore_stub.errors import Cause, Refused
from valkit.sip.errors import ParseError
from valkit.sip.headers import STAR, NameAddr
from valkit.sip.message import Request
from valkit.sip.uri import SipUri

MOST_CONTACTS: Final = 32
"""Of one REGISTER, and of one registration: more than any user has devices and flows, and no more than fit into every
answer. The oldest go first."""

_untellable = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff\ufffe\uffff]").search
"""Finds what no XML document holds, and no header value but in disguise; octets that are no UTF-8 are surrogates."""

Flow: TypeAlias = tuple[str, str] | None
"""Instance and reg-id of a contact that has both."""


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
    def flow(self) -> Flow:
        """Which flow it is; None stands for the device without flows."""
        return flow_of(self.contact)

    def seconds_left(self, now: float) -> int:
        """Give the whole seconds that are left."""
        return max(0, round(self.until - now))

    def told(self, now: float) -> str:
        """Write the Contact value of a 200 (RFC 3261 10.3 step 8)."""
        return str(self.contact.with_param("expires", str(self.seconds_left(now))))


def flow_of(contact: NameAddr) -> Flow:
    """Give instance and flow of a contact that names both (RFC 5626 4.1, 4.2); a reg-id alone says nothing (6)."""
    instance, number = contact.params.get("+sip.instance"), contact.params.get("reg-id")
    return (instance, number) if instance and number else None


def standing(bindings: Iterable[Binding], now: float) -> tuple[Binding, ...]:
    """Give the bindings that have not run out."""
    return tuple(binding for binding in bindings if binding.until > now)


def updated(bindings: Iterable[Binding], request: Request, policy: Policy, now: float) -> tuple[Binding, ...]:
    """Give the bindings that stand after this REGISTER, the oldest first; all or nothing, raising Refused."""
    kept = standing(bindings, now)
    if request.contacts is STAR:
        if request.expires != 0:
            raise Refused(Cause.STAR_WITH_MORE)
        return ()
    asked = [(contact, _seconds(contact, request, policy)) for contact in request.contacts]
    leaving = [contact for contact, seconds in asked if not seconds]
    new = [_binding(contact, request, now + seconds) for contact, seconds in asked if seconds]
    flows = {binding.flow for binding in new}
    others = (binding for binding in kept if binding.flow not in flows and not _is_any_of(binding, leaving))
    return (*others, *new)[-MOST_CONTACTS:]


def check(request: Request) -> None:
    """Refuse more contacts than anybody has, and what no document could tell of; raises ParseError (400).

    It comes before anything is made of them, since a stranger's REGISTER is looked at as far as a subscriber's.
    """
    texts = request.headers.all("contact")
    if len(texts) > MOST_CONTACTS:
        raise request.fault("contact", ParseError("", why=f"names more than {MOST_CONTACTS} addresses"))
    if any(map(_untellable, texts)):
        raise request.fault("contact", ParseError("", why="has a control character in it, or is no UTF-8"))


def check_order(bindings: Iterable[Binding], request: Request) -> None:
    """Refuse what a newer REGISTER of the same client has overtaken (RFC 3261 10.3 step 7)."""
    for binding in bindings:
        if binding.call_id == request.call_id and request.cseq.number <= binding.cseq:
            raise Refused(Cause.OUT_OF_ORDER, f"{request.cseq.number} after {binding.cseq}")


def check_flows(request: Request) -> None:
    """Refuse a flow that the first hop cannot keep: it would have said so by `ob` in its Path (RFC 5626 6)."""
    first = request.paths[-1].address if request.paths else None
    keeps = isinstance(first, SipUri) and "ob" in first.params
    if not keeps and has_flows(request):
        raise Refused(Cause.NO_OUTBOUND)


def has_flows(request: Request) -> bool:
    """Say whether a UE that keeps its flows open registers one (RFC 5626 4.2)."""
    contacts = () if request.contacts is STAR else request.contacts
    return "outbound" in request.headers.all("supported") and any(flow_of(contact) for contact in contacts)


def _seconds(contact: NameAddr, request: Request, policy: Policy) -> int:
    return policy.granted(request.expires if contact.expires is None else contact.expires)


def _binding(contact: NameAddr, request: Request, until: float) -> Binding:
    path = tuple(str(hop) for hop in request.paths)
    return Binding(contact, path, request.call_id, request.cseq.number, until)


def _is_any_of(binding: Binding, contacts: Iterable[NameAddr]) -> bool:
    """Say whether a binding is meant by one of these contacts: by its address, or as the same flow."""
    return any(
        binding.contact.address.matches(contact.address) or (binding.flow and binding.flow == flow_of(contact))
        for contact in contacts
    )
