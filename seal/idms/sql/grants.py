"""Codes, refresh tokens and revocations in SQL: each function is one act, inside the transaction that it is given.

Whatever touches a family locks its name first. SQLite writes one transaction at a time anyway; in PostgreSQL a token
that is being added while its family is revoked would otherwise be seen by neither.
"""

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from seal.idms.records import Code, Refresh, Reused, family_of
from seal.idms.sql.schema import CODES, REFRESH, REVOKED, SESSIONS, columns
from seal.idms.store import REMEMBERED, all_of
from seal.sql.columns import value
from seal.sql.locks import lock

# Made once: to put a statement together costs as much as to carry it out.
_KEY: BindParameter[str] = bindparam("key")
_NOW: BindParameter[float] = bindparam("now")
_CODE = select(CODES).where(CODES.c.code_hash == _KEY)
_TAKE = update(CODES).where(CODES.c.code_hash == _KEY, ~CODES.c.taken, CODES.c.expires > _NOW).values(taken=True)
_PUT_CODE = insert(CODES)
_REFRESH = select(REFRESH).where(REFRESH.c.token_hash == _KEY, REFRESH.c.expires > _NOW)
_ROTATE = update(REFRESH).where(REFRESH.c.token_hash == _KEY, ~REFRESH.c.rotated).values(rotated=True)
_PUT_REFRESH = insert(REFRESH)
_ENDED = select(REVOKED.c.expires).where(REVOKED.c.name == _KEY, REVOKED.c.expires > _NOW)
_REVOKED = select(REVOKED.c.name).where(REVOKED.c.name == _KEY, REVOKED.c.expires > _NOW)


def put_code(connection: Connection, code: Code) -> None:
    """Keep a code."""
    connection.execute(_PUT_CODE, columns(code))


def code(connection: Connection, code_hash: str, now: float) -> Code | None:
    """Give a code."""
    found = _code(connection, code_hash)
    return found if found is not None and found.expires > now else None


def take_code(connection: Connection, code_hash: str, now: float) -> Code | Reused | None:
    """Take the code; the update says who was first."""
    found = _code(connection, code_hash)
    if found is None:
        return None
    lock(connection, found.family)
    taking = {"key": code_hash, "now": now}
    if not _is_revoked(connection, found.family, now) and connection.execute(_TAKE, taking).rowcount:
        return found
    again = _code(connection, code_hash)
    if again is None or not again.taken:
        return None
    revoke_family(connection, found.family, now)
    return Reused(found.family, found.client_id, found.user_id)


def put_refresh(connection: Connection, refresh: Refresh, now: float) -> bool:
    """Keep a refresh token unless its family was revoked."""
    lock(connection, refresh.family)
    if _is_revoked(connection, refresh.family, now):
        return False
    connection.execute(_PUT_REFRESH, columns(refresh))
    return True


def refresh(connection: Connection, token_hash: str, now: float) -> Refresh | None:
    """Give a refresh token."""
    found = connection.execute(_REFRESH, {"key": token_hash, "now": now})
    return value(Refresh, found.mappings().one_or_none())


def rotate(connection: Connection, old_hash: str, new: Refresh, now: float) -> Refresh | Reused | None:
    """Put the new in the place of the old; the update says who was first."""
    old = refresh(connection, old_hash, now)
    if old is None:
        return None
    lock(connection, old.family)
    if _is_revoked(connection, old.family, now):
        return None
    if not old.rotated and new.family != old.family:
        raise ValueError("a refresh token is rotated within its family")
    if connection.execute(_ROTATE, {"key": old_hash}).rowcount:
        connection.execute(_PUT_REFRESH, columns(new))
        return old
    revoke_family(connection, old.family, now)
    return Reused(old.family, old.client_id, old.user_id)


def revoke_family(connection: Connection, family: str, now: float) -> None:
    """End all of it; a code that was taken stays, to be seen if it comes again."""
    revoke(connection, family, now)
    connection.execute(delete(REFRESH).where(REFRESH.c.family == family))
    connection.execute(delete(CODES).where(CODES.c.family == family, ~CODES.c.taken))


def revoke(connection: Connection, name: str, now: float) -> None:
    """Remember that this `jti` or family was ended."""
    lock(connection, name)
    until = now + REMEMBERED
    if not connection.execute(update(REVOKED).where(REVOKED.c.name == name).values(expires=until)).rowcount:
        connection.execute(insert(REVOKED), {"name": name, "expires": until})


def revoke_user(connection: Connection, user_id: str, now: float) -> None:
    """End every family of the user, in one order whoever does it, and the sessions."""
    mine = select(CODES.c.family).where(CODES.c.user_id == user_id)
    families = mine.union(select(REFRESH.c.family).where(REFRESH.c.user_id == user_id))
    for family in sorted(connection.scalars(families)):
        revoke_family(connection, family, now)
    for table in (CODES, REFRESH, SESSIONS):
        connection.execute(delete(table).where(table.c.user_id == user_id))
    revoke(connection, all_of(user_id), now)


def ended(connection: Connection, user_id: str, made: float, now: float) -> bool:
    """Tell whether it was made before the last end, which is as long ago as its entry is older than all are kept."""
    until = connection.scalar(_ENDED, {"key": all_of(user_id), "now": now})
    return until is not None and made <= until - REMEMBERED


def revoked(connection: Connection, jti: str, now: float) -> bool:
    """Tell whether the access token or its family was ended."""
    return _is_revoked(connection, jti, now) or _is_revoked(connection, family_of(jti), now)


def forget_client(connection: Connection, client_id: str) -> None:
    """Remove what was granted to the client."""
    for table in (CODES, REFRESH):
        connection.execute(delete(table).where(table.c.client_id == client_id))


def _code(connection: Connection, code_hash: str) -> Code | None:
    return value(Code, connection.execute(_CODE, {"key": code_hash}).mappings().one_or_none())


def _is_revoked(connection: Connection, name: str, now: float) -> bool:
    return connection.execute(_REVOKED, {"key": name, "now": now}).first() is not None
