"""Where the identity server keeps what it knows: the seam; `store_memory` and `store_sql` are what is behind it.

Each method is one act: it happens whole or not at all, also between two processes on one database, and what it
returned is as durable as the store makes anything. Each may raise StoreUnavailable. `now` comes from the caller; what
has expired by then does not exist. Rules about who may have what are not a store's business.

What ends all that a user or a client was granted is the same act as the reason for it, such as a new password, and
begins a new era (`records.Eras`). Users and clients are read with their eras, what is granted tells on which eras it
rests, and each act that keeps, takes or gives it holds those against the eras of now: whatever was under way is over.
"""

from collections.abc import Callable
from typing import Protocol

from seal.idms.records import Attempts, Client, Code, Eras, Partner, Refresh, Reused, Service, Session, User

REMEMBERED = 86_400.0
"""Seconds for which a revocation is remembered: no access token may live longer (RFC 7009 2.1 ends the others)."""
FORGOTTEN = 86_400.0
"""Seconds after the last wrong log-in until its count begins anew."""
REPLAY_SEEN = 86_400.0
"""Seconds beyond its end for which a code that was taken is kept, so that its second use is seen for what it is."""

USER = "user "
"""What stands before a user ID where eras are kept by name."""
CLIENT = "client "
"""And before a client ID."""

EndsUser = Callable[[User, User], bool]
"""From a user before and after a change, whether what it was granted is over."""
EndsGuests = Callable[[Partner, Partner | None], Callable[[User], bool]]
"""From an agreement before and after a change, or None behind it when it has ended, whose grants are over."""


def no_user(_before: User, _after: User) -> bool:
    """End nothing."""
    return False


def no_guests(_before: Partner, _after: Partner | None) -> Callable[[User], bool]:
    """End nothing."""
    return lambda _: False


class Directory(Protocol):
    """Who may ask and whom is asked about: provisioned, and changed while the server runs."""

    async def client(self, client_id: str) -> Client | None:
        """Give this client."""

    async def clients(self) -> tuple[Client, ...]:
        """Give every client, by client ID."""

    async def add_client(self, client: Client) -> bool:
        """Keep a new client; False when there is one of this ID."""

    async def change_client(self, client_id: str, change: Callable[[Client], Client]) -> Client | None:
        """Keep what `change` makes of the client, and give it; None when there is none. It may run in a thread."""

    async def remove_client(self, client_id: str) -> bool:
        """Forget the client and end what was granted to it, for whoever has this ID later too; False without one."""

    async def user(self, user_id: str) -> User | None:
        """Give this user, with its VAL services."""

    async def users(self) -> tuple[User, ...]:
        """Give every user, by user ID."""

    async def add_user(self, user: User) -> bool:
        """Keep a new user; False when there is one of this ID. Raises Conflict when its VAL user ID is another's.

        A VAL service of the user that is not known yet becomes known.
        """

    async def change_user(self, user_id: str, change: Callable[[User], User], ends: EndsUser = no_user) -> User | None:
        """Keep what `change` makes of the user, and give it; None when there is none.

        Where `ends` says so, what the user was granted ends by the same act. Both may run in a thread. Raises Conflict
        as `add_user` does.
        """

    async def remove_user(self, user_id: str) -> bool:
        """Forget the user and end what it was granted, as `revoke_user` does; False when there is none."""

    async def partner(self, issuer: str) -> Partner | None:
        """Give the partner domain whose S-IdMS this is."""

    async def partners(self) -> tuple[Partner, ...]:
        """Give every partner domain, by issuer."""

    async def add_partner(self, partner: Partner) -> bool:
        """Keep a new partner domain; False when there is one of this issuer."""

    async def change_partner(
        self, issuer: str, change: Callable[[Partner], Partner], ends: EndsGuests = no_guests
    ) -> Partner | None:
        """Keep what `change` makes of the partner, and give it; None when there is none.

        What its guests were granted of whom `ends` says so ends by the same act: it is asked about all who stood in
        its table before the change, and all accounts of its own. Both may run in a thread.
        """

    async def remove_partner(self, issuer: str, ends: EndsGuests = no_guests) -> bool:
        """Forget the partner domain, and end as `change_partner` does; False when there is none."""

    async def service(self, val_service_id: str) -> Service | None:
        """Give this VAL service with its identity list."""

    async def services(self) -> tuple[Service, ...]:
        """Give every VAL service, by its ID."""

    async def add_service(self, service: Service) -> bool:
        """Keep a new VAL service; False when there is one. Raises Conflict when a VAL user of its list is nobody."""

    async def change_service(self, service: Service) -> bool:
        """Put this identity list in the place of the one kept; False when there is none.

        Raises Conflict as `add_service` does. The requester stays the one that provisioned it.
        """

    async def remove_service(self, val_service_id: str) -> bool:
        """Forget the VAL service and take it from its users; False when there is none."""


class Grants(Protocol):
    """What was granted, until it ends."""

    async def put_code(self, code: Code) -> bool:
        """Keep a new code; False, and nothing is kept, when what it rests on is over."""

    async def code(self, code_hash: str, now: float) -> Code | None:
        """Give a code, taken or not, without taking it."""

    async def take_code(self, code_hash: str, now: float) -> Code | Reused | None:
        """Take the code: whoever is first gets it. Reused for all others, and its family is revoked.

        None for a code that was never given, has expired, is of a family that was revoked, or rests on what is over.
        """

    async def put_refresh(self, refresh: Refresh, now: float) -> bool:
        """Keep a new refresh token; False, and nothing is kept, when its family or what it rests on is over."""

    async def refresh(self, token_hash: str, now: float) -> Refresh | None:
        """Give a refresh token, rotated or not, without using it; None when what it rests on is over."""

    async def rotate(self, old_hash: str, new: Refresh, now: float) -> Refresh | Reused | None:
        """Put a new refresh token in the place of an old one, and give the old one: whoever is first does.

        Reused for all others, and the family is revoked. None for a token that was never given, has expired, is of a
        family that was revoked, or rests on what is over. Raises ValueError when the new one is of another family.
        """

    async def revoke_family(self, family: str, now: float) -> None:
        """End all that came of one log-in: its codes, refresh tokens and, by `revoked`, access tokens."""

    async def revoke_access(self, jti: str, now: float) -> None:
        """End one access token."""

    async def revoke_user(self, user_id: str) -> None:
        """End whatever this user was granted: a new era begins, for whoever has this user ID later too."""

    async def ended(self, user_id: str, client_id: str, eras: Eras) -> bool:
        """Tell whether what was granted in these eras to this user and client is over."""

    async def revoked(self, jti: str, now: float) -> bool:
        """Tell whether this access token was ended, by itself or with the family that its `jti` names."""


class LogIns(Protocol):
    """What the authorization endpoint remembers of people."""

    async def put_session(self, session: Session) -> bool:
        """Keep a log-in; False, and nothing is kept, when what it rests on is over."""

    async def session(self, session_hash: str, now: float) -> Session | None:
        """Give the log-in that belongs to this cookie; None when what it rests on is over."""

    async def end_session(self, session_hash: str) -> None:
        """Forget the log-in."""

    async def attempts(self, login: str, now: float) -> Attempts:
        """Give what is counted under this name, whether anybody has it or not."""

    async def count_attempt(self, login: str, now: float) -> Attempts:
        """Count one more failure under this name and give the new count.

        Counted before the password is looked at, and cleared when it was right, it also holds against many at once.
        """

    async def lock(self, login: str, until: float, now: float) -> None:
        """Lock the name until then."""

    async def clear_attempts(self, login: str) -> None:
        """Begin to count anew: the log-in was right."""

    async def once(self, name: str, until: float, now: float) -> bool:
        """Tell whether this name comes for the first time, and remember it until then.

        For what may be used once and is not ours to make: the `jti` of a client's assertion (RFC 7523 3), the
        time step of a one-time password (RFC 6238 5.2).
        """


class Store(Directory, Grants, LogIns, Protocol):
    """All of it; memory, SQLite and PostgreSQL, under one contract test."""

    async def forget_expired(self, now: float) -> int:
        """Remove what has expired. Returns how many entries that were."""

    async def close(self) -> None:
        """Finish what waits, then let go of the database."""
