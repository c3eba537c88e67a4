"""Who may migrate, and what follows: the rules of both sides of figure 5.X.5-2, pure.

What is kept is one record for each user and partner, on both sides, of the latest attempt. Attempts are ordered by time
and id; of an input that is about an attempt, `earlier`, `same` and `later` say how it stands to that of the record, and
with no record every attempt is later. `-` is: stays as it is.

At the partner, where attempts begin:

| input                    | no record       | ASKED           | SERVED         | ENDING         | ENDED          |
|--------------------------|-----------------|-----------------|----------------|----------------|----------------|
| client asks, new id      | ASKED           | ASKED, anew     | ASKED, anew    | ASKED, anew    | ASKED, anew    |
| client asks, same id     |                 | -: waits too    | -: 200         | -: 403         | -: 403         |
| primary says yes         |                 | same: SERVED    | -              | -              | -              |
| primary says no          |                 | same: ENDED     | -              | -              | -              |
| no answer                |                 | same: ENDING    | -              | -              | -              |
| END, earlier             |                 | -: ended        | -: ended       | -: ended       | -: ended       |
| END, same or later       | -: ended        | ENDED: ended    | ENDED: ended   | ENDED: ended   | -: ended       |
| END, nobody's guest      | -: no           | -: no           | -: no          | -: no          | -: no          |
| primary has heard END    |                 |                 |                | same: ENDED    | -              |
| restart                  |                 | ENDING          | -              | -              | -              |

At the primary:

| input                    | no record       | MIGRATED        | ENDING         | ENDED          |
|--------------------------|-----------------|-----------------|----------------|----------------|
| MIGRATE earlier          |                 | -: overtaken    | -: overtaken   | -: overtaken   |
| MIGRATE same             |                 | -: yes          | -: no          | -: no          |
| MIGRATE later, may go    | MIGRATED: yes   | MIGRATED: yes   | MIGRATED: yes  | MIGRATED: yes  |
| MIGRATE later, may not   | ENDED: no       | ENDED: no       | ENDED: no      | ENDED: no      |
| END earlier              |                 | -: ended        | -: ended       | -: ended       |
| END same                 |                 | ENDED: ended    | ENDED: ended   | -: ended       |
| END later                | ENDED: ended    | ENDED: ended    | ENDED: ended   | ENDED: ended   |
| the user is back         | -               | ENDING          | -              | -              |
| partner has heard END    |                 |                 | same: ENDED    | -              |

So nothing that comes late, twice or in another order begins again what is over: an END that overtakes its MIGRATE is
kept, and so is a no. Of who may not go anywhere nothing is kept without a record, since the answer is no each time; and
an END that is refused, or that the other side has refused, is heard. A user who is in the partner domain is bound at
home no longer, so of a further attempt to go there `registered` asks nothing.

What a state demands is the same however it came about, so it can be done again: ENDING, that the other side is told
until it has heard; every state but SERVED and ASKED, that a guest is not bound here; MIGRATED, that our own user is
not, unless the policy keeps the service at home. `whereabouts` says it of a user.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from attrs import evolve, field, frozen

from valserver.migration.errors import Objection, Whereabouts
from valserver.migration.messages import Act, Message, Outcome, Result
from valserver.migration.policy import Policy

Key = tuple[str, str, str]


class State(Enum):
    """How a migration stands."""

    ASKED = "asked"
    """Partner: the primary is being asked, or was when the server ended."""
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
    since: float = field(default=0.0, eq=False)
    """When that was kept, in epoch seconds."""

    @property
    def key(self) -> Key:
        """What there is one record for."""
        return key_of(self.message)


def key_of(message: Message) -> Key:
    """Tell users and partners apart."""
    return message.home_domain, message.home_user, message.partner_domain


# --- at the partner


def begun(message: Message, kept: Kept | None) -> Kept:
    """Give what is to be kept of a new attempt, which is later than all before, whatever the clock says."""
    if kept is not None and message.asked_at <= kept.message.asked_at:
        message = evolve(message, asked_at=kept.message.asked_at + 1)
    return Kept(message, State.ASKED)


def answered(message: Message, kept: Kept | None, outcome: Outcome | None) -> Kept | None:
    """Give what is to be kept when the primary has answered, or has not (None); None if that changes nothing."""
    if kept != Kept(message, State.ASKED):
        return None
    if outcome is None:
        return Kept(message, State.ENDING)
    return Kept(message, State.SERVED if outcome.result is Result.MIGRATED else State.ENDED)


# --- at the primary


def judged(
    message: Message, kept: Kept | None, others: Iterable[Kept], policy: Policy, bound: Callable[[], bool]
) -> tuple[Outcome, Kept | None]:
    """Say whether a user may be served at a partner (step 6), and what is to be kept (step 7); None: nothing new.

    `bound` says whether the user is bound here; it is asked where the policy wants to know.
    """
    if kept is not None and message.order < kept.message.order:
        return _no(Objection.OVERTAKEN), None
    if kept == Kept(message, State.MIGRATED):
        return Outcome(Result.MIGRATED), None
    there = kept is not None and kept.state is State.MIGRATED
    objection = _objection(message, others, policy, (lambda: True) if there else bound)
    if kept is not None and message.order == kept.message.order:
        return _no(objection or Objection.ENDED), None
    if objection is None:
        return Outcome(Result.MIGRATED), Kept(message, State.MIGRATED)
    never = kept is None and objection in {Objection.NO_AGREEMENT, Objection.NOT_ALLOWED}
    return _no(objection), None if never else Kept(message, State.ENDED)


def _objection(message: Message, others: Iterable[Kept], policy: Policy, bound: Callable[[], bool]) -> Objection | None:
    partner = policy.partners.get(message.partner_domain)
    if partner is None or message.home_domain != policy.domain:
        return Objection.NO_AGREEMENT
    if not policy.lets_go(message.home_user, message.partner_domain):
        return Objection.NOT_ALLOWED
    if partner.registered and not bound():
        return Objection.NOT_REGISTERED
    if any(each.state is State.MIGRATED and _elsewhere(each.message, message) for each in others):
        return Objection.MIGRATED_ELSEWHERE
    return None


def _elsewhere(one: Message, other: Message) -> bool:
    mine = (one.home_domain, one.home_user) == (other.home_domain, other.home_user)
    return mine and one.partner_domain != other.partner_domain


def _no(objection: Objection) -> Outcome:
    return Outcome(Result.REFUSED, objection.value)


# --- on both sides


def ended(message: Message, kept: Kept | None, policy: Policy) -> tuple[Outcome, Kept | None]:
    """Answer the other side, which has ended an attempt, and give what is to be kept; None: nothing new."""
    here = message.partner_domain == policy.domain
    objection = _no_end_of_guest(message, kept, policy) if here else _no_end_of_ours(message, kept, policy)
    if objection is not None:
        return _no(objection), None
    over = Outcome(Result.ENDED)
    if kept is None:  # at the partner every attempt has a record, and what has none cannot come late
        return over, None if here else _over(message)
    if message.order < kept.message.order or (
        kept.state is State.ENDED and (here or message.order == kept.message.order)
    ):
        return over, None
    return over, evolve(kept, state=State.ENDED) if here else _over(message)


def _over(message: Message) -> Kept:
    return Kept(evolve(message, act=Act.MIGRATE, by=""), State.ENDED)


def _no_end_of_guest(message: Message, kept: Kept | None, policy: Policy) -> Objection | None:
    known = kept is not None and kept.message.partner_user == message.partner_user
    guest = policy.guest(message.partner_user) == (message.home_domain, message.home_user)
    return None if known or guest else Objection.NO_GUEST


def _no_end_of_ours(message: Message, kept: Kept | None, policy: Policy) -> Objection | None:
    known = kept is not None or policy.lets_go(message.home_user, message.partner_domain)
    return None if known else Objection.NOT_ALLOWED


def ending(kept: Kept, policy: Policy) -> Message:
    """Give what the other side is to be told."""
    return evolve(kept.message, act=Act.END, by=policy.domain)


def whereabouts(val_user_id: str, policy: Policy, get: Callable[[Key], Kept | None]) -> Whereabouts | None:
    """Say why a VAL user is not to be served here; None for who is."""
    guest = policy.guest(val_user_id)
    if guest is not None:
        kept = get((*guest, policy.domain))
        return None if kept is not None and kept.state is State.SERVED else Whereabouts.NOT_MIGRATED
    for domain, partner in policy.partners.items():
        kept = get((policy.domain, val_user_id, domain))
        if kept is not None and kept.state is State.MIGRATED and not partner.kept_at_home:
            return Whereabouts.MIGRATED_AWAY
    return None
