"""A log-in kept in a file: what it gave, and how to renew it without the user (TS 33.434 A.5).

The file holds tokens whole, so only its owner may read it. It is replaced as a whole or not at all: a refresh token
that was used is worth nothing, and the one that took its place must not get lost. Two programs renew one file in turns.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from json import dumps
from pathlib import Path

from attrs import asdict, frozen
from pydantic import Field

from ue_sim.identity.id_token import SignedIn
from ue_sim.identity.settings import IdentitySettings
from ue_sim.identity.tokens import TokenSet
from valkit.settings import Settings, read

PATHS = ("authority", "client_secret", "client_key")
"""Files that the settings name; in a file that may be read from elsewhere they are absolute."""


class Who(Settings):
    """Who signed in, as the ID token said."""

    subject: str
    val_user_id: str
    val_service_ids: tuple[str, ...]
    acr: str | None = None
    auth_time: float | None = None


class SavedFile(Settings):
    """The file as it is written."""

    access_token: str = Field(repr=False)
    token_type: str = "Bearer"  # noqa: S105  a kind of token
    received_at: float
    """Epoch seconds at which the access token came."""
    expires_at: float
    """Epoch seconds at which it ends."""
    scope: str
    refresh_token: str | None = Field(None, repr=False)
    id_token: str | None = Field(None, repr=False)
    who: Who | None = None
    """Who signed in, if that was said."""
    identity: IdentitySettings
    """Where it can be renewed."""


@frozen
class Saved:
    """Tokens, and the way to the server that gave them: a refresh token goes there and nowhere else."""

    tokens: TokenSet
    identity: IdentitySettings

    @classmethod
    def read(cls, text: str, name: str) -> "Saved":
        """Read a file's text. SettingsError says what is wrong, and shows no token."""
        file = read(SavedFile, text, name)
        tokens = TokenSet(
            access_token=file.access_token,
            expires=file.expires_at,
            refresh_token=file.refresh_token,
            id_token=file.id_token,
            scope=file.scope,
            who=None if file.who is None else SignedIn(**file.who.model_dump()),
            received=file.received_at,
        )
        return cls(tokens, file.identity)

    def text(self) -> str:
        """Write it whole, tokens and all."""
        tokens, who = self.tokens, self.tokens.who
        identity = self.identity.model_dump(mode="json", exclude_unset=True, exclude={"tokens"})
        paths = {name: str(Path(identity[name]).absolute()) for name in PATHS if identity.get(name) is not None}
        members = {
            "access_token": tokens.access_token,
            "token_type": "Bearer",
            "received_at": tokens.received,
            "expires_at": tokens.expires,
            "scope": tokens.scope,
            "refresh_token": tokens.refresh_token,
            "id_token": tokens.id_token,
            "who": None if who is None else asdict(who),
            "identity": {**identity, "authority": str(self.identity.authority.absolute()), **paths},
        }
        return dumps({name: value for name, value in members.items() if value is not None}, indent=1) + "\n"


@contextmanager
def replacing(path: Path, mode: int = 0o600) -> Iterator[Callable[[str], None]]:
    """Give what puts a text in the place of a file, readable by its owner only, or by whom `mode` says.

    It is so from the first byte on. The room for it is made at the beginning, so that what cannot be written is known
    before anything is renewed; a file that nothing was put in place of stays. OSError if it cannot be written.
    """
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:

        def put(text: str) -> None:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            beside.replace(path)

        try:
            yield put
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else renews a file of this folder; OSError if there is no such folder."""
    folder = os.open(path.resolve().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flock(folder, LOCK_EX)
        yield
    finally:
        os.close(folder)
