"""The store that survives: SQLite in a file, or PostgreSQL, which several processes may share.

What a method has returned is committed. The acts themselves stand in `seal.idms.stores.sql`; they run in threads.
"""

from collections.abc import Callable
from functools import partial

from twisted.internet.interfaces import IReactorFromThreads

from seal.idms.records import Attempts, Client, Code, Eras, Partner, Refresh, Reused, Service, Session, User
from seal.idms.stores.sql import directory, grants, log_ins, partners
from seal.idms.stores.sql.schema import SCHEMA
from seal.idms.stores.store import EndsGuests, EndsUser, no_guests, no_user
from seal.sql.opening import open_database
from seal.sql.threads import Here, Runner, Threads

# What each method promises stands in `seal.idms.stores.store`.


class _Directory:
    def __init__(self, runner: Runner) -> None:
        self._run = runner

    async def client(self, client_id: str) -> Client | None:
        return await self._run.read(partial(directory.client, client_id=client_id))

    async def clients(self) -> tuple[Client, ...]:
        return await self._run.read(directory.clients)

    async def add_client(self, client: Client) -> bool:
        return await self._run.write(partial(directory.add_client, new=client))

    async def change_client(self, client_id: str, change: Callable[[Client], Client]) -> Client | None:
        return await self._run.write(partial(directory.change_client, client_id=client_id, change=change))

    async def remove_client(self, client_id: str) -> bool:
        return await self._run.write(partial(directory.remove_client, client_id=client_id))

    async def user(self, user_id: str) -> User | None:
        return await self._run.read(partial(directory.user, user_id=user_id))

    async def users(self) -> tuple[User, ...]:
        return await self._run.read(directory.users)

    async def add_user(self, user: User) -> bool:
        return await self._run.write(partial(directory.add_user, new=user))

    async def change_user(self, user_id: str, change: Callable[[User], User], ends: EndsUser = no_user) -> User | None:
        return await self._run.write(partial(directory.change_user, user_id=user_id, change=change, ends=ends))

    async def remove_user(self, user_id: str) -> bool:
        return await self._run.write(partial(directory.remove_user, user_id=user_id))

    async def partner(self, issuer: str) -> Partner | None:
        return await self._run.read(partial(partners.partner, issuer=issuer))

    async def partners(self) -> tuple[Partner, ...]:
        return await self._run.read(partners.partners)

    async def add_partner(self, partner: Partner) -> bool:
        return await self._run.write(partial(partners.add_partner, new=partner))

    async def change_partner(
        self, issuer: str, change: Callable[[Partner], Partner], ends: EndsGuests = no_guests
    ) -> Partner | None:
        return await self._run.write(partial(partners.change_partner, issuer=issuer, change=change, ends=ends))

    async def remove_partner(self, issuer: str, ends: EndsGuests = no_guests) -> bool:
        return await self._run.write(partial(partners.remove_partner, issuer=issuer, ends=ends))

    async def service(self, val_service_id: str) -> Service | None:
        return await self._run.read(partial(directory.service, val_service_id=val_service_id))

    async def services(self) -> tuple[Service, ...]:
        return await self._run.read(directory.services)

    async def add_service(self, service: Service) -> bool:
        return await self._run.write(partial(directory.add_service, new=service))

    async def change_service(self, service: Service) -> bool:
        return await self._run.write(partial(directory.change_service, new=service))

    async def remove_service(self, val_service_id: str) -> bool:
        return await self._run.write(partial(directory.remove_service, val_service_id=val_service_id))


class _Grants:
    def __init__(self, runner: Runner) -> None:
        self._run = runner

    async def put_code(self, code: Code) -> bool:
        return await self._run.write(partial(grants.put_code, code=code))

    async def code(self, code_hash: str, now: float) -> Code | None:
        return await self._run.read(partial(grants.code, code_hash=code_hash, now=now))

    async def take_code(self, code_hash: str, now: float) -> Code | Reused | None:
        return await self._run.write(partial(grants.take_code, code_hash=code_hash, now=now))

    async def put_refresh(self, refresh: Refresh, now: float) -> bool:
        return await self._run.write(partial(grants.put_refresh, refresh=refresh, now=now))

    async def refresh(self, token_hash: str, now: float) -> Refresh | None:
        return await self._run.read(partial(grants.refresh, token_hash=token_hash, now=now))

    async def rotate(self, old_hash: str, new: Refresh, now: float) -> Refresh | Reused | None:
        return await self._run.write(partial(grants.rotate, old_hash=old_hash, new=new, now=now))

    async def revoke_family(self, family: str, now: float) -> None:
        await self._run.write(partial(grants.revoke_family, family=family, now=now))

    async def revoke_access(self, jti: str, now: float) -> None:
        await self._run.write(partial(grants.revoke, name=jti, now=now))

    async def revoke_user(self, user_id: str) -> None:
        await self._run.write(partial(grants.revoke_user, user_id=user_id))

    async def ended(self, user_id: str, client_id: str, eras: Eras) -> bool:
        return await self._run.read(partial(grants.ended, user_id=user_id, client_id=client_id, granted=eras))

    async def revoked(self, jti: str, now: float) -> bool:
        return await self._run.read(partial(grants.revoked, jti=jti, now=now))


class _LogIns:
    def __init__(self, runner: Runner) -> None:
        self._run = runner

    async def put_session(self, session: Session) -> bool:
        return await self._run.write(partial(log_ins.put_session, session=session))

    async def session(self, session_hash: str, now: float) -> Session | None:
        return await self._run.read(partial(log_ins.session, session_hash=session_hash, now=now))

    async def end_session(self, session_hash: str) -> None:
        await self._run.write(partial(log_ins.end_session, session_hash=session_hash))

    async def attempts(self, login: str, now: float) -> Attempts:
        return await self._run.read(partial(log_ins.attempts, login=login, now=now))

    async def count_attempt(self, login: str, now: float) -> Attempts:
        return await self._run.write(partial(log_ins.count_attempt, login=login, now=now))

    async def lock(self, login: str, until: float, now: float) -> None:
        await self._run.write(partial(log_ins.lock_out, login=login, until=until, now=now))

    async def clear_attempts(self, login: str) -> None:
        await self._run.write(partial(log_ins.clear_attempts, login=login))

    async def once(self, name: str, until: float, now: float) -> bool:
        return await self._run.write(partial(log_ins.once, name=name, until=until, now=now))


class SqlStore(_Directory, _Grants, _LogIns):
    """Everything in one database."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner)

    async def forget_expired(self, now: float) -> int:
        """Remove what has expired."""
        return await self._run.write(partial(log_ins.forget_expired, now=now))

    async def close(self) -> None:
        """Finish what waits, then let go of the database."""
        await self._run.close()


def open_store(url: str, reactor: IReactorFromThreads) -> SqlStore:
    """Open the database of this URL, migrated to the newest schema; it is talked to in threads.

    `sqlite:///FILE` or `postgresql://USER@HOST/NAME`. Raises CannotStart with the sentence to show.
    """
    return SqlStore(Threads(open_database(url, SCHEMA), reactor))


def open_store_here(url: str) -> SqlStore:
    """Open it for a command, which may wait: no method of it waits for a reactor."""
    return SqlStore(Here(open_database(url, SCHEMA)))
