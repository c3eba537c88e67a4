"""The store that forgets: for tests and for labs that live as long as their process."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from attrs import evolve

from seal.errors import Conflict
from seal.idms.records import Attempts, Client, Code, Eras, Partner, Refresh, Reused, Service, Session, User, family_of
from seal.idms.stores.store import (
    CLIENT,
    FORGOTTEN,
    REMEMBERED,
    REPLAY_SEEN,
    USER,
    EndsGuests,
    EndsUser,
    no_guests,
    no_user,
)


class _Ends(Protocol):
    @property
    def expires(self) -> float: ...


E = TypeVar("E", bound=_Ends)


class _InEras:
    """Which era it is for each user and client: never forgotten, for what was ended stays ended."""

    def __init__(self) -> None:
        self._eras: dict[str, int] = {}

    async def ended(self, user_id: str, client_id: str, eras: Eras) -> bool:
        return eras.over(Eras(self._era(USER + user_id), self._era(CLIENT + client_id)))

    def _era(self, name: str) -> int:
        return self._eras.get(name, 0)

    def _end(self, name: str) -> None:
        self._eras[name] = self._era(name) + 1


class _Registered(_InEras):
    """Clients, users, partner domains and VAL services."""

    def __init__(self) -> None:
        super().__init__()
        self._clients: dict[str, Client] = {}
        self._users: dict[str, User] = {}
        self._partners: dict[str, Partner] = {}
        self._owners: dict[str, str] = {}
        """The requester of each VAL service; who is mapped to it stands with the users."""

    async def client(self, client_id: str) -> Client | None:
        client = self._clients.get(client_id)
        return None if client is None else evolve(client, era=self._era(CLIENT + client_id))

    async def clients(self) -> tuple[Client, ...]:
        found = [await self.client(name) for name in sorted(self._clients)]
        return tuple(client for client in found if client is not None)

    async def add_client(self, client: Client) -> bool:
        return self._clients.setdefault(client.client_id, client) is client

    async def change_client(self, client_id: str, change: Callable[[Client], Client]) -> Client | None:
        if client_id not in self._clients:
            return None
        self._clients[client_id] = evolve(change(self._clients[client_id]), client_id=client_id)
        return await self.client(client_id)

    async def remove_client(self, client_id: str) -> bool:
        if self._clients.pop(client_id, None) is None:
            return False
        self._end(CLIENT + client_id)
        return True

    async def user(self, user_id: str) -> User | None:
        user = self._users.get(user_id)
        return None if user is None else evolve(user, era=self._era(USER + user_id))

    async def users(self) -> tuple[User, ...]:
        found = [await self.user(name) for name in sorted(self._users)]
        return tuple(user for user in found if user is not None)

    async def add_user(self, user: User) -> bool:
        if user.user_id in self._users:
            return False
        self._keep(user)
        return True

    async def change_user(self, user_id: str, change: Callable[[User], User], ends: EndsUser = no_user) -> User | None:
        old = self._users.get(user_id)
        if old is None:
            return None
        new = evolve(change(old), user_id=user_id)
        self._keep(new)
        if ends(old, new):
            self._end(USER + user_id)
        return await self.user(user_id)

    async def remove_user(self, user_id: str) -> bool:
        if self._users.pop(user_id, None) is None:
            return False
        self._end(USER + user_id)
        return True

    async def partner(self, issuer: str) -> Partner | None:
        return self._partners.get(issuer)

    async def partners(self) -> tuple[Partner, ...]:
        return tuple(sorted(self._partners.values(), key=lambda partner: partner.issuer))

    async def add_partner(self, partner: Partner) -> bool:
        return self._partners.setdefault(partner.issuer, partner) is partner

    async def change_partner(
        self, issuer: str, change: Callable[[Partner], Partner], ends: EndsGuests = no_guests
    ) -> Partner | None:
        old = self._partners.get(issuer)
        if old is None:
            return None
        self._partners[issuer] = new = evolve(change(old), issuer=issuer)
        self._end_guests(old, ends(old, new))
        return new

    async def remove_partner(self, issuer: str, ends: EndsGuests = no_guests) -> bool:
        old = self._partners.pop(issuer, None)
        if old is None:
            return False
        self._end_guests(old, ends(old, None))
        return True

    async def service(self, val_service_id: str) -> Service | None:
        if val_service_id not in self._owners:
            return None
        members = [user.val_user_id for user in self._users.values() if val_service_id in user.val_service_ids]
        return Service(val_service_id, members, self._owners[val_service_id])

    async def services(self) -> tuple[Service, ...]:
        found = [await self.service(name) for name in sorted(self._owners)]
        return tuple(service for service in found if service is not None)

    async def add_service(self, service: Service) -> bool:
        if service.val_service_id in self._owners:
            return False
        self._map(service.val_service_id, service.val_user_ids)
        self._owners[service.val_service_id] = service.requester
        return True

    async def change_service(self, service: Service) -> bool:
        if service.val_service_id not in self._owners:
            return False
        self._map(service.val_service_id, service.val_user_ids)
        return True

    async def remove_service(self, val_service_id: str) -> bool:
        if self._owners.pop(val_service_id, None) is None:
            return False
        self._map(val_service_id, ())
        return True

    def _end_guests(self, partner: Partner, over: Callable[[User], bool]) -> None:
        tabled = set(partner.guests.values())
        for user in self._users.values():
            if (user.user_id in tabled or user.partner == partner.issuer) and over(user):
                self._end(USER + user.user_id)

    def _keep(self, user: User) -> None:
        others = [other for other in self._users.values() if other.user_id != user.user_id]
        if user.val_user_id in {other.val_user_id for other in others}:
            raise Conflict(f"the VAL user ID {user.val_user_id!r} is another user's")
        self._users[user.user_id] = user
        for name in user.val_service_ids:
            self._owners.setdefault(name, "")

    def _map(self, val_service_id: str, val_user_ids: Iterable[str]) -> None:
        unknown = set(val_user_ids) - {user.val_user_id for user in self._users.values()}
        if unknown:
            raise Conflict(f"no user has the VAL user ID {', '.join(map(repr, sorted(unknown)))}")
        for user in self._users.values():
            names = set(user.val_service_ids) - {val_service_id}
            if user.val_user_id in val_user_ids:
                names.add(val_service_id)
            self._users[user.user_id] = evolve(user, val_service_ids=names)


class _Granted(_InEras):
    """Codes, refresh tokens, and what was revoked."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, Refresh] = {}
        self._revoked: dict[str, float] = {}

    async def put_code(self, code: Code) -> bool:
        if await self._over(code):
            return False
        self._codes[code.code_hash] = code
        return True

    async def code(self, code_hash: str, now: float) -> Code | None:
        return _alive(self._codes.get(code_hash), now)

    async def take_code(self, code_hash: str, now: float) -> Code | Reused | None:
        code = self._codes.get(code_hash)
        if code is not None and code.taken:
            self._revoke(code.family, now)
            return Reused(code.family, code.client_id, code.user_id)
        if code is None or code.expires <= now or self._is_revoked(code.family, now) or await self._over(code):
            return None
        self._codes[code_hash] = evolve(code, taken=True)
        return code

    async def put_refresh(self, refresh: Refresh, now: float) -> bool:
        if self._is_revoked(refresh.family, now) or await self._over(refresh):
            return False
        self._refresh[refresh.token_hash] = refresh
        return True

    async def refresh(self, token_hash: str, now: float) -> Refresh | None:
        found = _alive(self._refresh.get(token_hash), now)
        return None if found is None or await self._over(found) else found

    async def rotate(self, old_hash: str, new: Refresh, now: float) -> Refresh | Reused | None:
        old = await self.refresh(old_hash, now)
        if old is None or self._is_revoked(old.family, now):
            return None
        if old.rotated:
            self._revoke(old.family, now)
            return Reused(old.family, old.client_id, old.user_id)
        if new.family != old.family:
            raise ValueError("a refresh token is rotated within its family")
        self._refresh[old_hash] = evolve(old, rotated=True)
        self._refresh[new.token_hash] = new
        return old

    async def revoke_family(self, family: str, now: float) -> None:
        self._revoke(family, now)

    async def revoke_access(self, jti: str, now: float) -> None:
        self._revoked[jti] = now + REMEMBERED

    async def revoke_user(self, user_id: str) -> None:
        self._end(USER + user_id)

    async def revoked(self, jti: str, now: float) -> bool:
        return self._is_revoked(jti, now) or self._is_revoked(family_of(jti), now)

    async def _over(self, granted: Code | Refresh) -> bool:
        return await self.ended(granted.user_id, granted.client_id, granted.eras)

    def _is_revoked(self, name: str, now: float) -> bool:
        return self._revoked.get(name, 0.0) > now

    def _revoke(self, family: str, now: float) -> None:
        """Untaken codes and refresh tokens go; codes that were taken stay, to be seen if they come again."""
        self._revoked[family] = now + REMEMBERED
        self._codes = {key: code for key, code in self._codes.items() if code.family != family or code.taken}
        self._refresh = {key: token for key, token in self._refresh.items() if token.family != family}


class _Remembered(_InEras):
    """Sessions, wrong log-ins, and names that were used."""

    def __init__(self) -> None:
        super().__init__()
        self._sessions: dict[str, Session] = {}
        self._attempts: dict[str, tuple[Attempts, float]] = {}
        """With the moment at which they are forgotten."""
        self._once: dict[str, float] = {}

    async def put_session(self, session: Session) -> bool:
        if session.era < self._era(USER + session.user_id):
            return False
        self._sessions[session.session_hash] = session
        return True

    async def session(self, session_hash: str, now: float) -> Session | None:
        found = _alive(self._sessions.get(session_hash), now)
        return None if found is None or found.era < self._era(USER + found.user_id) else found

    async def end_session(self, session_hash: str) -> None:
        self._sessions.pop(session_hash, None)

    async def attempts(self, login: str, now: float) -> Attempts:
        counted, forgotten = self._attempts.get(login, (Attempts(), 0.0))
        return counted if now < forgotten else Attempts()

    async def count_attempt(self, login: str, now: float) -> Attempts:
        before = await self.attempts(login, now)
        counted = Attempts(before.failures + 1, before.locked_until)
        self._attempts[login] = (counted, max(now + FORGOTTEN, counted.locked_until))
        return counted

    async def lock(self, login: str, until: float, now: float) -> None:
        counted = await self.attempts(login, now)
        self._attempts[login] = (evolve(counted, locked_until=until), max(now + FORGOTTEN, until))

    async def clear_attempts(self, login: str) -> None:
        self._attempts.pop(login, None)

    async def once(self, name: str, until: float, now: float) -> bool:
        if self._once.get(name, 0.0) > now:
            return False
        self._once[name] = until
        return True


class MemoryStore(_Registered, _Granted, _Remembered):
    """Keeps everything for as long as the process lives."""

    async def forget_expired(self, now: float) -> int:
        """Remove what has expired."""
        before = self._size()
        self._codes = {key: code for key, code in self._codes.items() if _kept_until(code) > now}
        self._refresh = {key: token for key, token in self._refresh.items() if token.expires > now}
        self._revoked = {name: until for name, until in self._revoked.items() if until > now}
        self._sessions = {key: session for key, session in self._sessions.items() if session.expires > now}
        self._attempts = {login: entry for login, entry in self._attempts.items() if entry[1] > now}
        self._once = {name: until for name, until in self._once.items() if until > now}
        return before - self._size()

    async def close(self) -> None:
        """Nothing to finish."""

    def _size(self) -> int:
        granted = len(self._codes) + len(self._refresh) + len(self._revoked)
        return granted + len(self._sessions) + len(self._attempts) + len(self._once)


def _alive(entry: E | None, now: float) -> E | None:
    return entry if entry is not None and entry.expires > now else None


def _kept_until(code: Code) -> float:
    return code.expires + REPLAY_SEEN * code.taken
