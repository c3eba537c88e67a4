"""Provisioning (IDM-04, IDM-15): who may ask for what is asked to be kept, changed, told or forgotten.

The same rules for files, commands and the admin API. Whatever is changed holds from the next request on, for nothing is
remembered outside the store: a VAL service that was taken from a user is not in the user's next token. Who changes a
password, disables a user or makes it another domain's guest ends what the user was granted; who takes something from an
agreement with a partner domain ends what its guests were granted (`partners.over`). Change and end are one act.
"""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from seal.errors import CannotStart, Conflict, NotKept, NotYours, Unfit
from seal.idms.provisioning.entries import (
    ClientEntry,
    ServiceEntry,
    UserEntry,
    UserRequest,
    changed_client,
    changed_user,
)
from seal.idms.provisioning.partners import PartnerEntry, changed_partner, over
from seal.idms.records import Client, Partner, Service, User
from seal.idms.stores.store import Store
from seal.requesters import OPERATOR, Requester
from seal.secrets import first_line
from valkit.net.files import tried
from valkit.settings import Settings, read

E = TypeVar("E")
T = TypeVar("T")

HashPassword = Callable[[str, str], Awaitable[str]]
"""Hashes a password in its own time; gives the old hash if that is the same password's (`users.hash_password`)."""


class Provisions(Settings):
    """A file of clients, users, VAL services and partner domains."""

    clients: tuple[ClientEntry, ...] = ()
    users: tuple[UserEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
    """VAL services by themselves; those that users name need not stand here."""
    partners: tuple[PartnerEntry, ...] = ()
    """Partner domains: where our users may go, and whose users may come."""


@frozen
class Provisioner:
    """Carries provisioning out. Each method may raise the errors of `seal.errors`."""

    store: Store
    hash_password: HashPassword

    async def create_user(self, entry: UserEntry) -> User:
        """Keep a new user."""
        hashed = await self._hashed(entry, "")
        user = _fit(lambda: changed_user(entry, None, hashed))
        if not await self.store.add_user(user):
            raise Conflict(f"there is a user {entry.user_id!r} already")
        return user

    async def update_user(self, entry: UserEntry) -> User:
        """Change what the entry names of a user, and end what it was granted if that is a reason to."""
        old = await self.store.user(entry.user_id)
        if old is None:
            raise _nobody("user", entry.user_id)
        hashed = await self._hashed(entry, old.password_hash)
        _fit(lambda: changed_user(entry, old, hashed))
        user = await self.store.change_user(entry.user_id, lambda kept: changed_user(entry, kept, hashed), _ends)
        if user is None:
            raise _nobody("user", entry.user_id)
        return user

    async def remove_user(self, user_id: str) -> None:
        """Forget a user and end what was granted to it, for whoever has the name later too."""
        if not await self.store.remove_user(user_id):
            raise _nobody("user", user_id)

    async def create_client(self, entry: ClientEntry) -> Client:
        """Keep a new client."""
        client = _fit(lambda: changed_client(entry, None))
        if not await self.store.add_client(client):
            raise Conflict(f"there is a client {entry.client_id!r} already")
        return client

    async def update_client(self, entry: ClientEntry) -> Client:
        """Change what the entry names of a client."""
        try:
            client = await self.store.change_client(entry.client_id, lambda old: changed_client(entry, old))
        except ValueError as error:
            raise Unfit(str(error)) from error
        if client is None:
            raise _nobody("client", entry.client_id)
        return client

    async def remove_client(self, client_id: str) -> None:
        """Forget a client and end what was granted to it, for whoever has the name later too."""
        if not await self.store.remove_client(client_id):
            raise _nobody("client", client_id)

    async def create_partner(self, entry: PartnerEntry) -> Partner:
        """Keep a new partner domain."""
        partner = _fit(lambda: changed_partner(entry, None))
        if not await self.store.add_partner(partner):
            raise Conflict(f"there is a partner {entry.issuer!r} already")
        return partner

    async def update_partner(self, entry: PartnerEntry) -> Partner:
        """Change what the entry names of a partner domain; where that allows its guests less, what they have ends.

        A user of ours in its table logs in anew.
        """
        try:
            partner = await self.store.change_partner(entry.issuer, lambda old: changed_partner(entry, old), over)
        except ValueError as error:
            raise Unfit(str(error)) from error
        if partner is None:
            raise _nobody("partner", entry.issuer)
        return partner

    async def remove_partner(self, issuer: str) -> None:
        """Forget a partner domain: its users are not served any more, and ours not there. What they have ends."""
        if not await self.store.remove_partner(issuer, over):
            raise _nobody("partner", issuer)

    async def create_services(self, who: Requester, entries: Iterable[ServiceEntry]) -> tuple[Service, ...]:
        """Keep new VAL services with their identity lists (TS 23.434 12.3.4, create).

        The list is looked at whole before anything of it is kept.
        """
        wanted = _once_each(Service(entry.val_service_id, entry.identities, who.name) for entry in entries)
        for service in wanted:
            if await self.store.service(service.val_service_id) is not None:
                raise _taken(service)
        await self._refuse_strangers(wanted)
        for service in wanted:
            if not await self.store.add_service(service):
                raise _taken(service)
        return tuple(wanted)

    async def update_services(self, who: Requester, entries: Iterable[ServiceEntry]) -> tuple[Service, ...]:
        """Put new identity lists in the place of those kept (update)."""
        wanted = _once_each(Service(entry.val_service_id, entry.identities) for entry in entries)
        found = await self.services(who, [service.val_service_id for service in wanted])
        await self._refuse_strangers(wanted)
        for service in wanted:
            if not await self.store.change_service(service):
                raise _nobody("VAL service", service.val_service_id)
        return await self.services(who, [service.val_service_id for service in found])

    async def services(self, who: Requester, names: Iterable[str]) -> tuple[Service, ...]:
        """Give VAL services with their identity lists (get); without names, all that are the requester's."""
        wanted = list(names)
        if not wanted:
            return tuple(each for each in await self.store.services() if _may(who, each))
        found = []
        for name in wanted:
            service = await self.store.service(name)
            if service is None:
                raise _nobody("VAL service", name)
            if not _may(who, service):
                raise NotYours(f"the VAL service {name!r} was provisioned by others")
            found.append(service)
        return tuple(found)

    async def remove_services(self, who: Requester, names: Iterable[str]) -> None:
        """Forget VAL services and take them from their users (delete)."""
        for service in await self.services(who, names):
            await self.store.remove_service(service.val_service_id)

    async def apply(self, provisions: Provisions, *, change: bool) -> int:
        """Keep what a file has and the store has not; with `change`, what is kept becomes as the file says.

        Returns how many were new or changed. What the file does not name stays.
        """
        store = self.store
        return (
            await _each(
                provisions.clients,
                lambda client: store.client(client.client_id),
                self.create_client,
                self.update_client if change else None,
            )
            + await _each(
                provisions.users,
                lambda user: store.user(user.user_id),
                self.create_user,
                self.update_user if change else None,
            )
            + await _each(
                provisions.partners,
                lambda partner: store.partner(partner.issuer),
                self.create_partner,
                self.update_partner if change else None,
            )
            + await _each(
                provisions.services,
                lambda service: store.service(service.val_service_id),
                lambda service: self.create_services(OPERATOR, [service]),
                (lambda service: self.update_services(OPERATOR, [service])) if change else None,
            )
        )

    async def _hashed(self, entry: UserEntry, old_hash: str) -> str | None:
        password = entry.password if isinstance(entry, UserRequest) else None
        try:
            if password is None and entry.password_file is not None:
                password = first_line(entry.password_file)
            return entry.password_hash if password is None else await self.hash_password(password, old_hash)
        except ValueError as error:
            raise Unfit(str(error)) from error

    async def _refuse_strangers(self, wanted: Iterable[Service]) -> None:
        known = {user.val_user_id for user in await self.store.users()}
        strangers = sorted({name for service in wanted for name in service.val_user_ids} - known)
        if strangers:
            raise Conflict(f"no user has the VAL user ID {', '.join(map(repr, strangers))}")


def read_provisions(path: Path) -> Provisions:
    """Read a file of what is provisioned. Raises SettingsError, and CannotStart when it cannot be read."""
    try:
        return read(Provisions, path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(
            f"{tried(path)} cannot be read (provisioning): {getattr(error, 'strerror', None) or 'it is no text'}"
        ) from error


async def _each(
    entries: Iterable[E],
    found: Callable[[E], Awaitable[object]],
    create: Callable[[E], Awaitable[object]],
    update: Callable[[E], Awaitable[object]] | None,
) -> int:
    """Create what is not found; update the rest, if that is wished for. Returns how many were new or changed."""
    done = 0
    for entry in entries:
        act = create if await found(entry) is None else update
        if act is not None:
            await act(entry)
            done += 1
    return done


def _once_each(services: Iterable[Service]) -> list[Service]:
    """Give them back if none is named twice: one of the two lists would be lost."""
    wanted = list(services)
    names = [service.val_service_id for service in wanted]
    for name in names:
        if names.count(name) > 1:
            raise Unfit(f"the VAL service {name!r} stands there twice")
    return wanted


def _ends(old: User, new: User) -> bool:
    """Tell whether a change ends what the user was granted."""
    return not new.enabled or (old.password_hash, old.partner) != (new.password_hash, new.partner)


def _fit(make: Callable[[], T]) -> T:
    try:
        return make()
    except ValueError as error:
        raise Unfit(str(error)) from error


def _may(who: Requester, service: Service) -> bool:
    return who.operator or service.requester == who.name


def _nobody(kind: str, name: str) -> NotKept:
    return NotKept(f"there is no {kind} {name!r}")


def _taken(service: Service) -> Conflict:
    return Conflict(f"there is a VAL service {service.val_service_id!r} already")
