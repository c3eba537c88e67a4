"""The issuer's public keys, from a JWKS file that may change while the server runs (RFC 7517).

The file is looked at every few seconds. A new version that cannot be used changes nothing: the keys from before stay,
and the fault is told once and shown until it is mended.
"""

from collections.abc import Callable
from pathlib import Path

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from valkit.net import files
from valkit.net.trust.errors import UnusableTrust
from valkit.tokens import KeySet, KeyUnusable

Stamp = tuple[int, int, int]


class KeyFile:
    """Keeps `trust` up to date with the file. Raises UnusableTrust if the file gives no keys to begin with."""

    def __init__(self, path: Path, trust: Callable[[KeySet], None]) -> None:
        self._log = Logger()
        self._path = path
        self._trust = trust
        self._stamp: Stamp | None = None
        self.fault: str | None = None
        """Why the file as it is now was not taken; None if it was."""
        self._loop = LoopingCall(self.look)
        if not self._read():
            raise UnusableTrust(f"{self.fault}: {self._hint()}")

    def watch(self, clock: IReactorTime, every: float) -> None:
        """Look at the file so often from now on."""
        self._loop.clock = clock
        self._loop.start(every, now=False)

    def stop(self) -> None:
        """Look no more."""
        if self._loop.running:
            self._loop.stop()

    def look(self) -> None:
        """Read the file if it is another one than before."""
        if self._look_of_it() != self._stamp:
            self.reload()

    def reload(self) -> bool:
        """Read the file now. False if it cannot be used; then `fault` says why, and nothing changes."""
        taken = self._read()
        if not taken:
            self._log.error("{fault}; the keys from before stay in use", fault=self.fault)
        return taken

    def _read(self) -> bool:
        self._stamp = self._look_of_it()
        try:
            keys = KeySet.from_jwks(files.text(self._path))
        except (OSError, UnicodeDecodeError, KeyUnusable) as error:
            self.fault = f"{files.tried(self._path)} gives no keys ({files.why(error)})"
            return False
        self.fault = None
        self._trust(keys)
        return True

    def _hint(self) -> str:
        try:
            pem = files.content(self._path).lstrip().startswith(b"-----BEGIN ")
        except OSError:
            pem = False
        if pem:
            return "this is a PEM key, a JWK Set is wanted: val token mint --jwks-out FILE writes one"
        return "tokens.keys must name a JWKS file with the issuer's public keys"

    def _look_of_it(self) -> Stamp | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
