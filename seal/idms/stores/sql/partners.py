"""Partner domains in SQL: each function is one act, inside the transaction that it is given."""

from collections.abc import Callable

from attrs import evolve
from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from seal.idms.records import Partner, User
from seal.idms.stores.sql.directory import DIRECTORY, users
from seal.idms.stores.sql.grants import revoke_user
from seal.idms.stores.sql.schema import PARTNERS, columns
from seal.idms.stores.store import EndsGuests
from seal.sql.columns import value
from seal.sql.locks import lock

_KEY: BindParameter[str] = bindparam("key")
_PARTNER = select(PARTNERS).where(PARTNERS.c.issuer == _KEY)


def partner(connection: Connection, issuer: str) -> Partner | None:
    """Give one partner domain."""
    return value(Partner, connection.execute(_PARTNER, {"key": issuer}).mappings().one_or_none())


def partners(connection: Connection) -> tuple[Partner, ...]:
    """Give all, by issuer."""
    found = (value(Partner, row) for row in connection.execute(select(PARTNERS)).mappings())
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.issuer))


def add_partner(connection: Connection, new: Partner) -> bool:
    """Keep a new partner domain."""
    lock(connection, DIRECTORY)
    if partner(connection, new.issuer) is not None:
        return False
    connection.execute(insert(PARTNERS), columns(new))
    return True


def change_partner(
    connection: Connection, issuer: str, change: Callable[[Partner], Partner], ends: EndsGuests
) -> Partner | None:
    """Read, change and write one partner domain; end what guests were granted for whom that is to be."""
    lock(connection, DIRECTORY)
    old = partner(connection, issuer)
    if old is None:
        return None
    new = evolve(change(old), issuer=issuer)
    connection.execute(update(PARTNERS).where(PARTNERS.c.issuer == issuer), columns(new))
    _end_guests(connection, old, ends(old, new))
    return new


def remove_partner(connection: Connection, issuer: str, ends: EndsGuests) -> bool:
    """Forget a partner domain, and end in the same way."""
    lock(connection, DIRECTORY)
    old = partner(connection, issuer)
    if old is None:
        return False
    connection.execute(delete(PARTNERS).where(PARTNERS.c.issuer == issuer))
    _end_guests(connection, old, ends(old, None))
    return True


def _end_guests(connection: Connection, old: Partner, over: Callable[[User], bool]) -> None:
    """Ask of each who may be a guest; one at a time and in one order, whoever does it."""
    tabled = set(old.guests.values())
    for user in users(connection):
        if (user.user_id in tabled or user.partner == old.issuer) and over(user):
            revoke_user(connection, user.user_id)
