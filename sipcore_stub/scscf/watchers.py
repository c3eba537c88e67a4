"""Who watches a registration, and what a watcher is told: subscriptions to the reg event package (RFC 3680).

Pure; TS 24.229 5.4.2.1 says who may watch and what the documents hold. When one is sent is `watching`'s business.
"""

from collections.abc import Iterable
from enum import Enum
from hashlib import blake2s
from typing import Final

from attrs import evolve, frozen

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Key, Subscriber
from sipcore_stub.identities import impu_of
from sipcore_stub.proxy import leads_to
from sipcore_stub.scscf.changes import Contact, Event, of_all
from sipcore_stub.scscf.registration import Registration
from valkit import reginfo
from valkit.sip.dialog import Dialog
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.sip.subscription import ACTIVE, TERMINATED, SubscriptionState
from valkit.sip.uri import SipUri, parse_uri

PACKAGE: Final = "reg"

TAKING: Final = frozenset({reginfo.TYPE, "application/*", "*/*"})
"""What stands in the Accept of who takes the document (RFC 3261 20.1)."""

ORDINARY: Final = frozenset({"expires", "q"})
"""Contact parameters that RFC 3261 knows; all others are told as unknown-param."""


class Watcher(Enum):
    """Who watches."""

    UE = "UE"
    PCSCF = "P-CSCF"
    SERVER = "application server"


@frozen
class Subscription:
    """One watcher of one registration."""

    key: Key
    watcher: Watcher
    dialog: Dialog
    event: str
    """Its Event, with the id if it gave one."""
    contact: str
    """Where it reaches us."""
    until: float
    """When it runs out, in epoch seconds."""
    version: int = 0
    """Of the next document."""

    @property
    def outlives(self) -> bool:
        """Whether it goes on when the registration ends: a server waits for the next one, a UE is gone."""
        return self.watcher is Watcher.SERVER

    def notify(
        self, document: tuple[reginfo.Registration, ...], now: float, *, full: bool, ended: str | None = None
    ) -> tuple[Request, "Subscription"]:
        """Build the next NOTIFY, and give the subscription after it; `ended` is the reason of its end."""
        state = SubscriptionState(ACTIVE, max(0, round(self.until - now)))
        if ended is not None:
            state = SubscriptionState(TERMINATED, reason=ended)
        headers = [("Event", self.event), ("Subscription-State", str(state)), ("Contact", f"<{self.contact}>")]
        body = bytes(reginfo.RegInfo(self.version, full, document))
        request, dialog = self.dialog.request("NOTIFY", headers, body, reginfo.TYPE)
        return request, evolve(self, dialog=dialog, version=self.version + 1)


def watcher_of(
    request: Request, source: Hop, subscriber: Subscriber, registration: Registration, trusted: Iterable[str]
) -> Watcher:
    """Say who wants to watch (TS 24.229 5.4.2.1.1); raises Refused for whom it is no business of."""
    if source.host not in trusted:
        if any(_is_at(criterion.server_name, source.host) for criterion in subscriber.criteria):
            return Watcher.SERVER
        raise Refused(Cause.NOT_TRUSTED, str(source))
    asserted = [identity.uri for identity in request.p_asserted_identities]
    if any(subscriber.has(parse_uri(uri).aor()) for uri in asserted):
        return Watcher.UE
    if any(_is_on_the_way(uri, registration) for uri in asserted):
        return Watcher.PCSCF
    raise Refused(Cause.NOT_TO_WATCH, f"{', '.join(asserted) or 'nobody'} and {subscriber.impi}")


def refuse_other_documents(request: Request) -> None:
    """Raise Refused for a watcher that names what it takes, and not the document there is (RFC 3680 4.5).

    A watcher that names nothing takes that document.
    """
    taken = {text.partition(";")[0].strip().lower() for text in request.headers.all("Accept")}
    if "accept" in request.headers and not taken & TAKING:
        raise Refused(Cause.OTHER_DOCUMENT, ", ".join(sorted(taken)), [("Accept", reginfo.TYPE)])


def with_standing(registration: Registration, changes: Iterable[Contact]) -> tuple[Contact, ...]:
    """Give the whole state: what has changed, and each contact that stands unchanged."""
    told = {contact.binding.contact.uri: contact for contact in of_all(registration.bindings, Event.REGISTERED)}
    return tuple((told | {contact.binding.contact.uri: contact for contact in changes}).values())


def document(
    subscriber: Subscriber, registration: Registration, contacts: Iterable[Contact], now: float
) -> tuple[reginfo.Registration, ...]:
    """Write contacts under each identity that may be told.

    An identity that came with another of its set has been `created`, not registered (TS 24.229 5.4.2.1.2).
    """
    told, named = tuple(contacts), impu_of(registration.last) if registration.last is not None else None
    state = "active" if registration.bindings else ("terminated" if told else "init")
    return tuple(
        reginfo.Registration(impu, _id(impu), state, tuple(_written(each, impu, impu != named, now) for each in told))
        for impu in subscriber.associated
    )


def _written(contact: Contact, impu: str, implicit: bool, now: float) -> reginfo.Contact:  # noqa: FBT001 - one caller
    binding, event = contact.binding, contact.event
    if implicit and event is Event.REGISTERED:
        event = Event.CREATED
    return reginfo.Contact(
        id=_id(f"{impu} {binding.contact.uri}"),
        uri=binding.contact.uri,
        active=not event.ends,
        event=event.value,
        expires=None if event.ends else binding.seconds_left(now),
        retry_after=contact.retry_after,
        call_id=binding.call_id,
        cseq=binding.cseq,
        params=tuple(
            (name, binding.contact.params.get(name) or "")
            for name in binding.contact.params
            if name.lower() not in ORDINARY
        ),
    )


def _id(text: str) -> str:
    """Give the same name to the same thing, and to no other (RFC 3680 5.1)."""
    return blake2s(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _is_at(uri: str, host: str) -> bool:
    try:
        address = parse_uri(uri)
    except ParseError:
        return False
    return isinstance(address, SipUri) and address.hop().host == host


def _is_on_the_way(uri: str, registration: Registration) -> bool:
    """Say whether a URI is that of a proxy in the Path of one of the contacts."""
    try:
        address = parse_uri(uri)
    except ParseError:
        return False
    if not isinstance(address, SipUri):
        return False
    hop = address.hop()
    return any(leads_to(path.strip("<>"), [hop]) for binding in registration.bindings for path in binding.path)
