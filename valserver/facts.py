"""What the binding rules hear and say: facts from verified messages in, changed records and events out.

A fact is one in one VAL service; a request may be a fact in several. One with a `Proof` comes from a token that was
found valid, one without brought no token. An invalid token makes no fact at all, only a `refused` event.
"""

from typing import NamedTuple

from valserver.records import PUBLISH, REGISTER, Grant, Record

NOTIFY = "NOTIFY"
MIGRATION = "MESSAGE"
"""How a client asks to migrate."""


class Proof(NamedTuple):
    """What a valid token says: who speaks, for which services, from which client."""

    val_user_id: str
    grants: tuple[Grant, ...]
    client_id: str
    jti: str
    entered: str = ""
    """The IMPU in the UE's own REGISTER, where that brought the token. No proof of anything: nothing is bound by it."""
    holder: str = ""
    """To whom the token was issued, by its issuer and `sub`; empty where it names nobody."""


class Registered(NamedTuple):
    """A third-party REGISTER with Expires above zero."""

    impu: str
    registrar: str
    call_id: str
    cseq: int
    ends: float
    proof: Proof | None
    service: str = ""

    @property
    def via(self) -> str:
        """How it came."""
        return REGISTER


class Deregistered(NamedTuple):
    """A third-party REGISTER with Expires: 0."""

    impu: str
    call_id: str
    cseq: int
    service: str = ""

    @property
    def via(self) -> str:
        """How it came."""
        return REGISTER


class Published(NamedTuple):
    """A PUBLISH with Expires above zero: initial, refresh or modify (RFC 3903 4.1)."""

    impu: str
    event: str
    client_id: str
    if_match: str | None
    tag: str
    """The new entity tag, never used before."""
    ends: float
    proof: Proof | None
    service: str = ""

    @property
    def via(self) -> str:
        """How it came."""
        return PUBLISH


class LoggedOff(NamedTuple):
    """A PUBLISH with Expires: 0 and SIP-If-Match."""

    impu: str
    event: str
    if_match: str
    service: str = ""

    @property
    def via(self) -> str:
        """How it came."""
        return PUBLISH


class Terminated(NamedTuple):
    """A document of the reg event package: the registration is over (RFC 3680)."""

    impu: str
    cause: str
    service: str = ""

    @property
    def via(self) -> str:
        """How it came."""
        return NOTIFY


class Left(NamedTuple):
    """The user is served in another domain from now on, or no longer in this one (5.X.5)."""

    impu: str
    cause: str
    service: str = ""

    @property
    def via(self) -> str:
        """How it came."""
        return MIGRATION


Fact = Registered | Deregistered | Published | LoggedOff | Terminated | Left


class Event(NamedTuple):
    """What happened to a binding, or became of a migration, for those who watch."""

    what: str
    """bound, rebound, moved, unbound or refused; tolerated: would have been refused if the mode were `enforce`;
    no token: a request came without one that is looked at, and its IMPU is bound to nobody;
    followed, unfollowed: the registration is watched by its reg event package, or cannot be;
    user migrated, migration refused and their like: they concern no IMPU, but `home` and `partner`."""
    impu: str
    cause: str
    val_user_id: str = ""
    val_service_ids: tuple[str, ...] = ()
    """The services bound now; for `unbound`, those that were."""
    via: str = ""
    """REGISTER, PUBLISH, NOTIFY or SUBSCRIBE; empty when time ran out."""
    jti: str = ""
    from_impu: str = ""
    """Where a moved client was bound before."""
    service: str = ""
    """The VAL service as the settings name it; empty where there is only one."""
    detail: str = ""
    """The cause in a sentence, and what was found; for the log and whoever watches, never for the peer."""
    home: str = ""
    """Of a migration: who migrates, a VAL user ID of a domain."""
    partner: str = ""
    """Of a migration: the domain that serves the user, or was to."""


class Change(NamedTuple):
    """The record that has this key from now on; None when nothing is known any more."""

    key: str
    record: Record | None


class Decision(NamedTuple):
    """What a fact brings about."""

    changes: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()


class Reading(NamedTuple):
    """One request as it was read: a fact for each VAL service that it is one in."""

    facts: tuple[Fact, ...]
    expires: int
    """Seconds granted."""
    tag: str = ""
    """The new entity tag of a PUBLISH."""
    events: tuple[Event, ...] = ()
    """What is told at once: refusals in services beside, and what was tolerated."""
