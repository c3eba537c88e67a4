"""What must outlive the process, encrypted at rest: one file for each thing, AES-256-GCM under a key from elsewhere.

The key-encryption key stands in a file that only its owner may read, made on first use, or in an environment variable;
whoever has the folder alone has nothing. A file is put in place whole (written beside it, synchronized, renamed), so a
process that dies leaves the old one or the new one. One server holds a folder at a time.

    file = MAGIC || nonce (12 bytes) || ciphertext and tag; MAGIC and the file's name are authenticated with it
"""

import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Self

from attrs import field, frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seal.errors import CannotStart, StoreUnavailable
from valkit.ids import Ids
from valkit.net import files
from valkit.settings import Settings

MAGIC = b"val-kms-1\n"
NONCE = 12
KEY = 32
"""Bytes of the key-encryption key."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class VaultSettings(Settings):
    """Where the master secrets and what VAL servers have provisioned are kept, and what they are encrypted with."""

    folder: Path = Path("val-kms")
    """Folder of the encrypted files; made on first use."""
    key_file: Path = Path("val-kms.key")
    """File with the key-encryption key, 64 hexadecimal digits; made on first use, with mode 600, for its owner alone.
    Keep a copy where the folder's backups are not: without it nothing in them can be read."""
    key_variable: str | None = None
    """Name of the environment variable that has the key-encryption key in place of the file."""


class Unreadable(Exception):
    """A file cannot be decrypted: it is damaged, or encrypted with another key."""


@frozen
class Vault:
    """An open vault."""

    folder: Path
    _aead: AESGCM = field(repr=False)
    _ids: Ids = field(repr=False)
    _lock: int = field(repr=False)

    @classmethod
    def open(cls, settings: VaultSettings, environment: Mapping[str, str], ids: Ids) -> Self:
        """Hold the folder. Raises CannotStart where that cannot be, or where there is no key."""
        lock = _held(settings.folder)  # first: who does not hold the folder makes no key for it
        try:
            return cls(settings.folder, AESGCM(_key(settings, environment, ids)), ids, lock)
        except CannotStart:
            os.close(lock)
            raise

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock)

    def read(self, name: str) -> bytes | None:
        """Give what is kept under this name; None if nothing is. Raises Unreadable, StoreUnavailable."""
        try:
            kept = files.content(self.folder / name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(f"{self.folder / name} cannot be read: {error}") from error
        sealed = kept.removeprefix(MAGIC)
        if len(sealed) == len(kept) or len(sealed) < NONCE:
            raise Unreadable(f"{self.folder / name} is no file of a key management server")
        try:
            return self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], MAGIC + name.encode())
        except InvalidTag:
            raise Unreadable(f"{self.folder / name} is damaged, or encrypted with another key") from None

    def write(self, name: str, content: bytes) -> None:
        """Keep this under a name; it is durable afterwards. Raises StoreUnavailable, and nothing has changed then."""
        nonce = self._ids.nonce(NONCE)
        sealed = MAGIC + nonce + self._aead.encrypt(nonce, content, MAGIC + name.encode())
        if len(sealed) > files.LARGEST:  # it could not be read again
            raise StoreUnavailable(f"{self.folder / name} would become too large")
        try:
            _put(self.folder / name, sealed)
            os.fsync(self._lock)
        except OSError as error:
            raise StoreUnavailable(f"{self.folder / name} cannot be written: {error.strerror}") from error

    def remove(self, name: str) -> None:
        """Keep nothing under a name any more; that is durable afterwards. Raises StoreUnavailable."""
        try:
            (self.folder / name).unlink(missing_ok=True)
            os.fsync(self._lock)
        except OSError as error:
            raise StoreUnavailable(f"{self.folder / name} cannot be removed: {error.strerror}") from error

    def names(self, prefix: str) -> list[str]:
        """Give the names that begin like this."""
        return sorted(path.name for path in self.folder.glob(f"{prefix}*") if not path.name.endswith(".new"))


def _held(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise CannotStart(f"{folder} cannot be used (vault.folder): {error.strerror}") from error
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except OSError:
        os.close(lock)
        raise CannotStart(
            f"{folder} is in use by another key management server (vault.folder): stop that one"
        ) from None
    return lock


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    _write(beside, content)
    beside.replace(path)


def _put_once(path: Path, content: bytes) -> None:
    """Put a file in place unless one is there by then: of two servers with one key file the first makes the key."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        _write(beside, content)
        with suppress(FileExistsError):
            path.hardlink_to(beside)
    finally:
        beside.unlink(missing_ok=True)
    _synchronize(path.parent)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _synchronize(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _key(settings: VaultSettings, environment: Mapping[str, str], ids: Ids) -> bytes:
    if settings.key_variable is not None:
        given = environment.get(settings.key_variable)
        if given is None:
            raise CannotStart(f"The environment has no {settings.key_variable} (vault.key_variable)")
        return _read_key(given, f"The environment variable {settings.key_variable}")
    path = settings.key_file
    try:
        if not path.exists() and not _holds_anything(settings.folder):
            _put_once(path, ids.nonce(KEY).hex().encode() + b"\n")
        if path.stat().st_mode & OTHERS:
            raise CannotStart(f"{path} may be read by others (vault.key_file): chmod 600 {path}")
        return _read_key(files.text(path), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotStart(f"{path} cannot be used as key-encryption key (vault.key_file): {reason}") from error


def _holds_anything(folder: Path) -> bool:
    """Whether something was encrypted already, with a key that must not be made anew."""
    return any(folder.iterdir())


def _read_key(text: str, where: str) -> bytes:
    if not re.fullmatch(f"[0-9A-Fa-f]{{{2 * KEY}}}", text.strip()):
        raise CannotStart(f"{where} has no key-encryption key (expected {2 * KEY} hexadecimal digits)")
    return bytes.fromhex(text.strip())
