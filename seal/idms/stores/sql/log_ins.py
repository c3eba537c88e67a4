"""Sessions, wrong log-ins and used names in SQL: each function is one act, inside the transaction that it is given.

What people type as their name is kept as a digest: some type their password there.
"""

from sqlalchemy import Connection, delete, insert, or_, select, update

from seal.idms.records import Attempts, Session
from seal.idms.stores.sql.eras import user_era
from seal.idms.stores.sql.schema import ATTEMPTS, CODES, REFRESH, REVOKED, SESSIONS, USED, columns
from seal.idms.stores.store import FORGOTTEN, REPLAY_SEEN
from seal.secrets import digest
from seal.sql.columns import value
from seal.sql.locks import lock


def put_session(connection: Connection, session: Session) -> bool:
    """Keep a log-in unless what it rests on is over."""
    if session.era < user_era(connection, session.user_id):
        return False
    connection.execute(insert(SESSIONS), columns(session))
    return True


def session(connection: Connection, session_hash: str, now: float) -> Session | None:
    """Give a log-in."""
    here = select(SESSIONS).where(SESSIONS.c.session_hash == session_hash, SESSIONS.c.expires > now)
    found = value(Session, connection.execute(here).mappings().one_or_none())
    return None if found is None or found.era < user_era(connection, found.user_id) else found


def end_session(connection: Connection, session_hash: str) -> None:
    """Forget a log-in."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.session_hash == session_hash))


def attempts(connection: Connection, login: str, now: float) -> Attempts:
    """Give what is counted under this name."""
    found = select(ATTEMPTS.c.failures, ATTEMPTS.c.locked_until).where(
        ATTEMPTS.c.login_hash == digest(login), ATTEMPTS.c.expires > now
    )
    return value(Attempts, connection.execute(found).mappings().one_or_none()) or Attempts()


def count_attempt(connection: Connection, login: str, now: float) -> Attempts:
    """Count one more failure."""
    lock(connection, digest(login))
    before = attempts(connection, login, now)
    counted = Attempts(before.failures + 1, before.locked_until)
    _put_attempts(connection, login, counted, now)
    return counted


def lock_out(connection: Connection, login: str, until: float, now: float) -> None:
    """Let nobody in under this name until then."""
    lock(connection, digest(login))
    before = attempts(connection, login, now)
    _put_attempts(connection, login, Attempts(before.failures, until), now)


def clear_attempts(connection: Connection, login: str) -> None:
    """Begin to count anew."""
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.login_hash == digest(login)))


def once(connection: Connection, name: str, until: float, now: float) -> bool:
    """Tell whether the name comes for the first time."""
    lock(connection, digest(name))
    here = USED.c.name_hash == digest(name)
    connection.execute(delete(USED).where(here, USED.c.expires <= now))
    if connection.execute(select(USED.c.name_hash).where(here)).first() is not None:
        return False
    connection.execute(insert(USED), {"name_hash": digest(name), "expires": until})
    return True


def forget_expired(connection: Connection, now: float) -> int:
    """Remove what has expired, from every table that has such."""
    old = or_(~CODES.c.taken, CODES.c.expires <= now - REPLAY_SEEN)
    gone = connection.execute(delete(CODES).where(CODES.c.expires <= now, old)).rowcount
    for table in (REFRESH, REVOKED, SESSIONS, ATTEMPTS, USED):
        gone += connection.execute(delete(table).where(table.c.expires <= now)).rowcount
    return gone


def _put_attempts(connection: Connection, login: str, counted: Attempts, now: float) -> None:
    row = {**columns(counted), "expires": max(now + FORGOTTEN, counted.locked_until)}
    here = ATTEMPTS.c.login_hash == digest(login)
    if not connection.execute(update(ATTEMPTS).where(here), row).rowcount:
        connection.execute(insert(ATTEMPTS), {"login_hash": digest(login), **row})
