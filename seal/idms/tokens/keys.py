"""The keys that sign tokens: on disk with mode 600, rotated with overlap, published as a JWK Set.

Each key is a file `ALGORITHM-SECONDS-KID.pem`, so the folder itself says in which order they came, and whoever can
write to it can rotate while the server runs. The youngest key of an algorithm signs. The one before it stays published
until no token of it can be alive any more, then its file is removed.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen
from twisted.logger import Logger

from seal.errors import CannotStart
from valkit.tokens import KeySet, KeyUnusable, SigningKey, jwks

_FILE = re.compile(r"(?P<algorithm>[A-Za-z0-9]+)-(?P<made>[0-9]{1,12})-(?P<kid>[\w-]+)\.pem", re.ASCII)
_log = Logger()


@frozen
class Kept:
    """A key, when it was made, and its file."""

    made: int
    key: SigningKey
    path: Path


class KeyRing:
    """The keys in a folder; one is made for each algorithm that has none. CannotStart where they cannot be had."""

    def __init__(self, folder: Path, algorithms: Iterable[str], overlap: float, now: float) -> None:
        self._folder = folder
        self._overlap = overlap
        self._kept: tuple[Kept, ...] = ()
        self._told: frozenset[Path] = frozenset()
        """Files that are no keys, of which that was told."""
        try:
            wanted = dict.fromkeys(algorithms)
            if wanted:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.look()
            for algorithm in wanted:
                if not self._of(algorithm):
                    self.rotate(algorithm, now)
        except (OSError, KeyUnusable) as error:
            raise CannotStart(f"The signing keys in {folder} cannot be used: {error}") from error

    def signer(self, algorithm: str) -> SigningKey:
        """Give the key that signs with this algorithm now."""
        return self._of(algorithm)[-1].key

    def rotate(self, algorithm: str, now: float) -> SigningKey:
        """Put a new key in the place of the one that signs, which stays published while its tokens live."""
        key = SigningKey.generate(algorithm)
        made = max(int(now), *(kept.made + 1 for kept in self._of(algorithm)), 0)
        path = self._folder / f"{algorithm}-{made}-{key.kid}.pem"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key.pem())
        self._keep([*self._kept, Kept(made, key, path)])
        return key

    def look(self) -> None:
        """See which keys there are now: others may have rotated. A file that is none is passed over, and told once."""
        known = {kept.path: kept for kept in self._kept}
        found, odd = [], set[Path]()
        for path in sorted(self._folder.glob("*.pem")):
            try:
                found.append(known.get(path) or _kept(path))
            except (OSError, ValueError) as error:
                odd.add(path)
                if path not in self._told:
                    _log.error("{path} is passed over: {error}", path=path, error=error)
        self._told = frozenset(odd)
        self._keep(found)

    def forget(self, now: float) -> None:
        """Remove keys of which no token can be alive: replaced for longer than the overlap."""
        for old, successor in self._succession():
            if successor is not None and successor.made + self._overlap < now:
                old.path.unlink(missing_ok=True)
                self._keep(kept for kept in self._kept if kept is not old)

    def jwks(self) -> str:
        """Give the public halves as a JWK Set, those that sign now first."""
        return jwks(*self.signing())

    def signing(self) -> tuple[SigningKey, ...]:
        """Give all keys, those that sign now first."""
        return tuple(kept.key for kept in reversed(self._kept))

    def key_set(self) -> KeySet:
        """Give what verifies our own tokens."""
        return KeySet.from_jwks(self.jwks())

    def _of(self, algorithm: str) -> list[Kept]:
        return [kept for kept in self._kept if kept.key.algorithm == algorithm]

    def _keep(self, kept: Iterable[Kept]) -> None:
        self._kept = tuple(sorted(kept, key=lambda each: (each.made, each.key.kid)))

    def _succession(self) -> list[tuple[Kept, Kept | None]]:
        """Pair each key with the one that took its place."""
        pairs: list[tuple[Kept, Kept | None]] = []
        for algorithm in {kept.key.algorithm for kept in self._kept}:
            row = self._of(algorithm)
            pairs.extend(zip(row, [*row[1:], None], strict=True))
        return pairs


def _kept(path: Path) -> Kept:
    """Read a key. OSError, ValueError if there is none."""
    named = _FILE.fullmatch(path.name)
    if named is None:
        raise ValueError("its name is not that of a key of ours (expected ALGORITHM-SECONDS-KID.pem)")
    return Kept(int(named["made"]), SigningKey.from_text(path.read_text("ascii"), named["algorithm"]), path)
