"""Clients, users and VAL services in SQL: each function is one act, inside the transaction that it is given."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from attrs import evolve
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from seal.errors import Conflict
from seal.idms.records import Client, Service, User
from seal.idms.stores.sql.grants import revoke_client, revoke_user
from seal.idms.stores.sql.schema import CLIENTS, ERAS, MAPPINGS, SERVICES, USERS, columns
from seal.idms.stores.store import CLIENT, USER, EndsUser
from seal.sql.columns import value
from seal.sql.locks import lock

DIRECTORY = "directory"
"""The lock under which clients, users and VAL services change, one at a time: that is rare, and they hang together."""

_KEY: BindParameter[str] = bindparam("key")
# Each with its era, read at one moment: what is decided by the one rests on the other.
_ERA = func.coalesce(ERAS.c.era, 0).label("era")
_CLIENTS = select(CLIENTS, _ERA).outerjoin(ERAS, ERAS.c.name == literal(CLIENT) + CLIENTS.c.client_id)
_USERS = select(USERS, _ERA).outerjoin(ERAS, ERAS.c.name == literal(USER) + USERS.c.user_id)
_CLIENT = _CLIENTS.where(CLIENTS.c.client_id == _KEY)
_USER = _USERS.where(USERS.c.user_id == _KEY)
_MAPPED = select(MAPPINGS.c.val_service_id).where(MAPPINGS.c.user_id == _KEY)


def client(connection: Connection, client_id: str) -> Client | None:
    """Give one client."""
    return value(Client, connection.execute(_CLIENT, {"key": client_id}).mappings().one_or_none())


def clients(connection: Connection) -> tuple[Client, ...]:
    """Give all, by client ID."""
    found = (value(Client, row) for row in connection.execute(_CLIENTS).mappings())
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.client_id))


def add_client(connection: Connection, new: Client) -> bool:
    """Keep a new client."""
    lock(connection, DIRECTORY)
    if client(connection, new.client_id) is not None:
        return False
    connection.execute(insert(CLIENTS), columns(new))
    return True


def change_client(connection: Connection, client_id: str, change: Callable[[Client], Client]) -> Client | None:
    """Read, change and write one client."""
    lock(connection, DIRECTORY)
    old = client(connection, client_id)
    if old is None:
        return None
    new = evolve(change(old), client_id=client_id)
    connection.execute(update(CLIENTS).where(CLIENTS.c.client_id == client_id), columns(new))
    return new


def remove_client(connection: Connection, client_id: str) -> bool:
    """Forget a client and end what was granted to it."""
    lock(connection, DIRECTORY)
    if not connection.execute(delete(CLIENTS).where(CLIENTS.c.client_id == client_id)).rowcount:
        return False
    revoke_client(connection, client_id)
    return True


def user(connection: Connection, user_id: str) -> User | None:
    """Give one user with its VAL services."""
    found = value(User, connection.execute(_USER, {"key": user_id}).mappings().one_or_none())
    if found is None:
        return None
    return evolve(found, val_service_ids=connection.scalars(_MAPPED, {"key": user_id}))


def users(connection: Connection) -> tuple[User, ...]:
    """Give all, by user ID."""
    return tuple(sorted(_all_users(connection), key=lambda each: each.user_id))


def add_user(connection: Connection, new: User) -> bool:
    """Keep a new user."""
    lock(connection, DIRECTORY)
    if user(connection, new.user_id) is not None:
        return False
    _refuse_taken(connection, new)
    connection.execute(insert(USERS), columns(new))
    _map_user(connection, new)
    return True


def change_user(connection: Connection, user_id: str, change: Callable[[User], User], ends: EndsUser) -> User | None:
    """Read, change and write one user; end what it was granted if that is to be."""
    lock(connection, DIRECTORY)
    old = user(connection, user_id)
    if old is None:
        return None
    new = evolve(change(old), user_id=user_id)
    _refuse_taken(connection, new)
    connection.execute(update(USERS).where(USERS.c.user_id == user_id), columns(new))
    if new.val_service_ids != old.val_service_ids:
        connection.execute(delete(MAPPINGS).where(MAPPINGS.c.user_id == user_id))
        _map_user(connection, new)
    if ends(old, new):
        revoke_user(connection, user_id)
    return user(connection, user_id)


def remove_user(connection: Connection, user_id: str) -> bool:
    """Forget a user and end what was granted to it."""
    lock(connection, DIRECTORY)
    if not connection.execute(delete(USERS).where(USERS.c.user_id == user_id)).rowcount:
        return False
    revoke_user(connection, user_id)
    return True


def service(connection: Connection, val_service_id: str) -> Service | None:
    """Give one VAL service with its identity list."""
    return next(iter(_services(connection, SERVICES.c.val_service_id == val_service_id)), None)


def services(connection: Connection) -> tuple[Service, ...]:
    """Give all, by their IDs."""
    return tuple(sorted(_services(connection), key=lambda each: each.val_service_id))


def add_service(connection: Connection, new: Service) -> bool:
    """Keep a new VAL service."""
    lock(connection, DIRECTORY)
    if service(connection, new.val_service_id) is not None:
        return False
    members = _members(connection, new)
    connection.execute(insert(SERVICES), {"val_service_id": new.val_service_id, "requester": new.requester})
    _map(connection, ((new.val_service_id, user_id) for user_id in members))
    return True


def change_service(connection: Connection, new: Service) -> bool:
    """Put one identity list in the place of another."""
    lock(connection, DIRECTORY)
    if service(connection, new.val_service_id) is None:
        return False
    members = _members(connection, new)
    connection.execute(delete(MAPPINGS).where(MAPPINGS.c.val_service_id == new.val_service_id))
    _map(connection, ((new.val_service_id, user_id) for user_id in members))
    return True


def remove_service(connection: Connection, val_service_id: str) -> bool:
    """Forget a VAL service; its mappings go with it."""
    lock(connection, DIRECTORY)
    return connection.execute(delete(SERVICES).where(SERVICES.c.val_service_id == val_service_id)).rowcount > 0


def _all_users(connection: Connection) -> list[User]:
    names = defaultdict(list)
    for user_id, val_service_id in connection.execute(select(MAPPINGS.c.user_id, MAPPINGS.c.val_service_id)):
        names[user_id].append(val_service_id)
    found = (value(User, row) for row in connection.execute(_USERS).mappings())
    return [evolve(each, val_service_ids=names[each.user_id]) for each in found if each is not None]


def _services(connection: Connection, *which: ColumnElement[bool]) -> list[Service]:
    mapped = select(MAPPINGS.c.val_service_id, USERS.c.val_user_id).join(USERS).join(SERVICES).where(*which)
    members = defaultdict(list)
    for val_service_id, val_user_id in connection.execute(mapped):
        members[val_service_id].append(val_user_id)
    found = connection.execute(select(SERVICES).where(*which))
    return [Service(name, members[name], requester) for name, requester in found]


def _refuse_taken(connection: Connection, new: User) -> None:
    other = select(USERS.c.user_id).where(USERS.c.val_user_id == new.val_user_id, USERS.c.user_id != new.user_id)
    if connection.execute(other).first() is not None:
        raise Conflict(f"the VAL user ID {new.val_user_id!r} is another user's")


def _members(connection: Connection, listed: Service) -> list[str]:
    """Give the user IDs of an identity list."""
    found = select(USERS.c.val_user_id, USERS.c.user_id).where(USERS.c.val_user_id.in_(listed.val_user_ids))
    known = {row.val_user_id: row.user_id for row in connection.execute(found)}
    unknown = sorted(set(listed.val_user_ids) - set(known))
    if unknown:
        raise Conflict(f"no user has the VAL user ID {', '.join(map(repr, unknown))}")
    return sorted(known.values())


def _map_user(connection: Connection, new: User) -> None:
    """Map a user to its VAL services; those not known yet become known."""
    known = set(connection.scalars(select(SERVICES.c.val_service_id)))
    fresh = [{"val_service_id": name, "requester": ""} for name in new.val_service_ids if name not in known]
    if fresh:
        connection.execute(insert(SERVICES), fresh)
    _map(connection, ((name, new.user_id) for name in new.val_service_ids))


def _map(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    rows = [{"val_service_id": val_service_id, "user_id": user_id} for val_service_id, user_id in pairs]
    if rows:
        connection.execute(insert(MAPPINGS), rows)
