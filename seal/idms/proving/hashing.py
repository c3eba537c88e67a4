"""Passwords checked and hashed with argon2, in threads of their own (`seal.threads`).

A check costs a fifth of a second of a core on purpose; the reactor must not spend it. A user that does not exist costs
the same.
"""

from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from seal.idms.proving.users import hash_password
from seal.threads import Threads

NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$DBOrPtC8i3nHhpidBGPmog"  # gitleaks:allow
    "$u25Qw2GMYU3SRowBgRTDippFTV24G7e64lsHbDEh7WY"  # gitleaks:allow
)
"""What the password of a user that does not exist is held against: a hash as new ones are made, so that it costs as
much, and made beforehand, so that a start does not."""


class PasswordChecks:
    """Checks passwords; `check` is a `seal.idms.proving.methods.CheckPassword`."""

    def __init__(self, reactor: Any, threads: int, waiting: int, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = NOBODY if hasher is None else hasher.hash("nobody's password")
        self._threads = Threads(reactor, threads, waiting, "argon2")

    async def check(self, password_hash: str, password: str) -> bool:
        """Tell whether this is the password; an empty hash has none, and takes as long. Raises Busy."""
        return await self._threads.run(self._verify, password_hash, password)

    async def hash(self, password: str, old_hash: str = "") -> str:
        """Hash a password, as `users.hash_password` does. Raises Busy, and ValueError as that does."""
        return await self._threads.run(hash_password, password, old_hash, self._hasher)

    def stop(self) -> None:
        """End the threads when they have done what they do."""
        self._threads.stop()

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            self._hasher.verify(password_hash or self._nobody, password.encode())
        except (Argon2Error, InvalidHashError):
            return False
        return bool(password_hash)
