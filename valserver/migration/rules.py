"""Who may migrate, and what follows: the rules of both sides of figure 5.X.5-2, pure.

What is kept is one record for each user and partner, on both sides:

| side    | state     | input                       | state afterwards, answer                                      |
|---------|-----------|-----------------------------|---------------------------------------------------------------|
| partner | any       | the client asks             | asked: the primary is asked                                   |
| partner | served    | the same attempt again      | served: 200 without asking                                    |
| partner | asked     | the primary says yes        | served                                                        |
| partner | asked     | the primary says no         | ended                                                         |
| partner | asked     | no answer, or a restart     | ending: the primary is told until it has heard                |
| primary | any       | migrate, allowed            | migrated: yes                                                 |
| primary | migrated  | the same attempt again      | migrated: yes                                                 |
| primary | any later | an earlier attempt          | as it was: no (overtaken)                                     |
| primary | any       | migrate, elsewhere already  | as it was: no (migrated_elsewhere)                            |
| primary | any       | migrate, not allowed        | as it was: no (not_allowed, not_registered)                   |
| primary | migrated  | the user is back            | ending: the partner is told until it has heard                |
| both    | any       | end, of this attempt or a later one | ended: yes; so a `migrate` that comes late is overtaken |
| both    | any       | end, of an earlier attempt  | as it was: yes                                                |
| both    | ending    | the other side has heard    | ended                                                         |
"""

from collections.abc import Iterable, Mapping
from enum import Enum

from attrs import evolve, frozen

from valserver.migration.errors import Objection
from valserver.migration.messages import Act, Message, Outcome, Result


class State(Enum):
    """How a migration stands."""

    ASKED = "asked"
    SERVED = "served"
    """Partner: the user is served here."""
    MIGRATED = "migrated"
    """Primary: the user is served there (step 7)."""
    ENDING = "ending"
    """The other side is still to be told."""
    ENDED = "ended"


@frozen
class Kept:
    """What is known of one user's migration to one partner."""

    message: Message
    """The latest attempt, as it was asked for."""
    state: State

    @property
    def key(self) -> tuple[str, str, str]:
        """What there is one record for."""
        return key_of(self.message)


def key_of(message: Message) -> tuple[str, str, str]:
    """Tell users and partners apart."""
    return message.home_domain, message.home_user, message.partner_domain


@frozen
class Partner:
    """What is agreed with one domain, both ways."""

    leave: frozenset[str] = frozenset()
    """Our users that may go there; `*`: all."""
    registered: bool = False
    """Whether only those may who are bound here."""
    kept_at_home: bool = False
    """Whether they are still served here while they are there."""
    guests: Mapping[str, str] = {}
    """Who of theirs is who here: our VAL user ID, and theirs."""
    pattern: tuple[str, str] | None = None
    """Or what stands before and behind theirs in ours."""

    def home_user(self, val_user_id: str) -> str | None:
        """Give the VAL user ID that a guest has at home; None for who is no guest of that domain."""
        known = self.guests.get(val_user_id)
        if known is not None or self.pattern is None:
            return known
        before, behind = self.pattern
        inner = len(val_user_id) - len(before) - len(behind)
        if inner <= 0 or not (val_user_id.startswith(before) and val_user_id.endswith(behind)):
            return None
        return val_user_id[len(before) : len(before) + inner]


@frozen
class Policy:
    """What the operator says."""

    domain: str
    """Our own."""
    partners: Mapping[str, Partner]

    def guest(self, val_user_id: str) -> tuple[str, str] | None:
        """Say of which domain a VAL user of ours is a guest, and who there; None for our own."""
        for domain, partner in self.partners.items():
            home_user = partner.home_user(val_user_id)
            if home_user is not None:
                return domain, home_user
        return None


def judged(
    message: Message, kept: Kept | None, others: Iterable[Kept], policy: Policy, *, bound: bool
) -> tuple[Outcome, Kept | None]:
    """Primary: say whether a user may be served at a partner (step 6), and what is to be kept (step 7)."""
    if kept is not None and message.order < kept.message.order:
        return Outcome(Result.REFUSED, Objection.OVERTAKEN.value), None
    if kept is not None and message.order == kept.message.order:
        same = kept.state is State.MIGRATED and kept.message == message
        return (Outcome(Result.MIGRATED) if same else Outcome(Result.REFUSED, Objection.ENDED.value)), None
    objection = _objection(message, others, policy, bound=bound)
    if objection is not None:
        return Outcome(Result.REFUSED, objection.value), None
    return Outcome(Result.MIGRATED), Kept(message, State.MIGRATED)


def _objection(message: Message, others: Iterable[Kept], policy: Policy, *, bound: bool) -> Objection | None:
    partner = policy.partners.get(message.partner_domain)
    if partner is None or message.home_domain != policy.domain:
        return Objection.NO_AGREEMENT
    if not partner.leave & {"*", message.home_user}:
        return Objection.NOT_ALLOWED
    if partner.registered and not bound:
        return Objection.NOT_REGISTERED
    if any(each.state is State.MIGRATED and _elsewhere(each.message, message) for each in others):
        return Objection.MIGRATED_ELSEWHERE
    return None


def _elsewhere(one: Message, other: Message) -> bool:
    mine = (one.home_domain, one.home_user) == (other.home_domain, other.home_user)
    return mine and one.partner_domain != other.partner_domain


def ended(message: Message, kept: Kept | None) -> Kept | None:
    """Both: give what is to be kept when the other side has ended an attempt; None if nothing changes."""
    if kept is not None and (message.order < kept.message.order or kept.state is State.ENDED):
        return None
    return Kept(evolve(message, act=Act.MIGRATE, by=""), State.ENDED)


def ending(kept: Kept, policy: Policy) -> Message:
    """Give what the other side is to be told."""
    return evolve(kept.message, act=Act.END, by=policy.domain)
