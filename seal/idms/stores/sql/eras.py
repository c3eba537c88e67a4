"""Which era it is for each user and client, in SQL; each function is for within an act.

A row stays for good: what was ended stays ended, whoever has the name later. Whoever reads something granted reads the
eras after it, so that an end between the two is seen.
"""

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from seal.idms.records import Code, Eras, Refresh
from seal.idms.stores.sql.schema import ERAS
from seal.idms.stores.store import CLIENT, USER
from seal.sql.locks import lock

_NAME: BindParameter[str] = bindparam("name")
_ERA = select(ERAS.c.era).where(ERAS.c.name == _NAME)
_NEXT = update(ERAS).where(ERAS.c.name == bindparam("ended")).values(era=ERAS.c.era + 1)


def user_era(connection: Connection, user_id: str) -> int:
    """Give the user's."""
    return _era(connection, USER + user_id)


def eras(connection: Connection, user_id: str, client_id: str) -> Eras:
    """Give both."""
    return Eras(_era(connection, USER + user_id), _era(connection, CLIENT + client_id))


def is_over(connection: Connection, granted: Code | Refresh) -> bool:
    """Tell whether what it rests on is over."""
    return granted.eras.over(eras(connection, granted.user_id, granted.client_id))


def begin_next(connection: Connection, name: str) -> None:
    """End all that was granted to the user, or the client, of this name (`USER` or `CLIENT`, and its ID)."""
    lock(connection, name)
    if not connection.execute(_NEXT, {"ended": name}).rowcount:
        connection.execute(insert(ERAS), {"name": name, "era": 1})


def _era(connection: Connection, name: str) -> int:
    return connection.scalar(_ERA, {"name": name}) or 0
