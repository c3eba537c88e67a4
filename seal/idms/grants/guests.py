"""Who a user of another domain is here: by the partner's table, or by its pattern (DOM-07).

A guest is a user of ours like any other, with VAL services and an account that can be disabled. The table may name any
user, since the operator has written each of its lines. A pattern leads only to accounts of that partner's own, without
a password: so no foreign name, however chosen, leads to a user of our own or to another domain's guest.
"""

from seal.errors import Conflict
from seal.idms.errors import OAuthError
from seal.idms.grants.desk import Desk, refusal
from seal.idms.records import SUBJECT, Partner, User

LONGEST = 200
"""Characters of a user ID (`entries.Name`)."""


async def guest_of(desk: Desk, partner: Partner, subject: str) -> User:
    """Give the user that the subject of a security token is here. OAuthError if nobody is, or may not."""
    if subject in partner.guests:
        return await desk.entitled(partner.guests[subject])
    user_id = (partner.pattern or "").replace(SUBJECT, subject)
    if partner.pattern is None or len(user_id) > LONGEST or not user_id.isprintable():
        raise _unknown()
    if await desk.store.user(user_id) is None:
        await _make(desk, partner, user_id)
    user = await desk.store.user(user_id)
    if user is None or user.password_hash or user.partner != partner.issuer:
        raise _unknown()
    return await desk.entitled(user_id)


async def _make(desk: Desk, partner: Partner, user_id: str) -> None:
    """Make the account of a guest who comes for the first time, where that is wanted; if two make it, one does."""
    if not partner.guest_services:
        raise _unknown()
    guest = User(user_id, user_id, val_service_ids=partner.guest_services, partner=partner.issuer)
    try:
        made = await desk.store.add_user(guest)
    except Conflict:
        raise _unknown() from None
    if made:
        desk.tell("guest account made", {"user": user_id, "partner": partner.issuer})


def _unknown() -> OAuthError:
    return refusal("the user is not known here")
