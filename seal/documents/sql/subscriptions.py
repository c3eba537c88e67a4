"""Subscriptions in SQL: each function is one act, inside the transaction that it is given."""

from collections.abc import Iterable

from attrs import asdict, fields_dict
from sqlalchemy import Connection, delete, func, insert, select

from seal.documents.sql.schema import SUBSCRIPTIONS
from seal.notifying.subscriptions import Subscription
from seal.sql.columns import value
from seal.sql.locks import lock

_T = SUBSCRIPTIONS.c
_ALL = select(*(SUBSCRIPTIONS.c[name] for name in fields_dict(Subscription)))


def subscribe(connection: Connection, subscription: Subscription, most: int, now: float) -> bool:
    """Keep a new one, if its user may have one more."""
    lock(connection, f"subscriptions of {subscription.val_user_id}")
    mine = select(func.count()).where(_T.val_user_id == subscription.val_user_id, _T.expires > now)
    if (connection.scalar(mine) or 0) >= most:
        return False
    connection.execute(insert(SUBSCRIPTIONS), asdict(subscription))
    return True


def subscription(connection: Connection, identity: str, now: float) -> Subscription | None:
    """Give one."""
    found = connection.execute(_ALL.where(_T.identity == identity, _T.expires > now))
    return value(Subscription, found.mappings().one_or_none())


def end_subscription(connection: Connection, identity: str) -> bool:
    """Forget one."""
    return connection.execute(delete(SUBSCRIPTIONS).where(_T.identity == identity)).rowcount > 0


def subscriptions(
    connection: Connection, auid: str, users: Iterable[str] | None, now: float
) -> tuple[Subscription, ...]:
    """Give those about a VAL service."""
    asked = _ALL.where(_T.auid == auid, _T.expires > now).order_by(_T.number)
    if users is not None:
        asked = asked.where(_T.val_user_id.in_(sorted(users)))
    found = (value(Subscription, row) for row in connection.execute(asked).mappings())
    return tuple(each for each in found if each is not None)


def forget_expired(connection: Connection, now: float) -> int:
    """Remove what has expired."""
    return connection.execute(delete(SUBSCRIPTIONS).where(_T.expires <= now)).rowcount
