"""Codes, refresh tokens and revocations in SQL: each function is one act, inside the transaction that it is given.

Whatever touches a family locks its name first. SQLite writes one transaction at a time anyway; in PostgreSQL a token
that is being added while its family is revoked would otherwise be seen by neither.
"""

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from seal.idms.records import Code, Eras, Refresh, Reused, family_of
from seal.idms.stores.sql.eras import begin_next, eras, is_over
from seal.idms.stores.sql.schema import CODES, REFRESH, REVOKED, SESSIONS, columns
from seal.idms.stores.store import CLIENT, REMEMBERED, USER
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
_REVOKED = select(REVOKED.c.name).where(REVOKED.c.name == _KEY, REVOKED.c.expires > _NOW)


def put_code(connection: Connection, code: Code) -> bool:
    """Keep a code unless what it rests on is over."""
    if is_over(connection, code):
        return False
    connection.execute(_PUT_CODE, columns(code))
    return True


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
    ended = _is_revoked(connection, found.family, now) or is_over(connection, found)
    if not ended and connection.execute(_TAKE, taking).rowcount:
        return found
    again = _code(connection, code_hash)
    if again is None or not again.taken:
        return None
    revoke_family(connection, found.family, now)
    return Reused(found.family, found.client_id, found.user_id)


def put_refresh(connection: Connection, refresh: Refresh, now: float) -> bool:
    """Keep a refresh token unless its family was revoked or what it rests on is over."""
    lock(connection, refresh.family)
    if _is_revoked(connection, refresh.family, now) or is_over(connection, refresh):
        return False
    connection.execute(_PUT_REFRESH, columns(refresh))
    return True


def refresh(connection: Connection, token_hash: str, now: float) -> Refresh | None:
    """Give a refresh token."""
    found = value(Refresh, connection.execute(_REFRESH, {"key": token_hash, "now": now}).mappings().one_or_none())
    return None if found is None or is_over(connection, found) else found


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


def revoke_user(connection: Connection, user_id: str) -> None:
    """Begin a new era; the rows of the one before are of no use any more."""
    begin_next(connection, USER + user_id)
    for table in (CODES, REFRESH, SESSIONS):
        connection.execute(delete(table).where(table.c.user_id == user_id))


def ended(connection: Connection, user_id: str, client_id: str, granted: Eras) -> bool:
    """Tell whether what was granted in these eras is over."""
    return granted.over(eras(connection, user_id, client_id))


def revoked(connection: Connection, jti: str, now: float) -> bool:
    """Tell whether the access token or its family was ended."""
    return _is_revoked(connection, jti, now) or _is_revoked(connection, family_of(jti), now)


def revoke_client(connection: Connection, client_id: str) -> None:
    """End what was granted to the client."""
    begin_next(connection, CLIENT + client_id)
    for table in (CODES, REFRESH):
        connection.execute(delete(table).where(table.c.client_id == client_id))


def _code(connection: Connection, code_hash: str) -> Code | None:
    return value(Code, connection.execute(_CODE, {"key": code_hash}).mappings().one_or_none())


def _is_revoked(connection: Connection, name: str, now: float) -> bool:
    return connection.execute(_REVOKED, {"key": name, "now": now}).first() is not None
