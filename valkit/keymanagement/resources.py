"""Where one asks a key management server for what (TS 33.180 D.2.1): a path becomes a value, and a value a path."""

import re
from collections.abc import Callable, Mapping
from unicodedata import normalize
from urllib.parse import quote, unquote_to_bytes

from attrs import frozen

from valkit.keymanagement.errors import NoResource, Unreadable
from valkit.keymanagement.times import ntp, read_ntp

ROOT = "/keymanagement/identity/v1"
LONGEST = 255
"""Bytes of the longest URI of a user or group."""

_CACHE = re.compile("[0-9]{1,9}", re.ASCII)


@frozen
class Init:
    """KMS Initialize: the KMS certificate of one's own domain."""

    @property
    def path(self) -> str:
        """Where it is asked for."""
        return f"{ROOT}/init"


@frozen
class KeyProv:
    """KMS KeyProvision: key sets of a user."""

    uri: str | None = None
    """Whose; without it, of whoever asks."""
    at: float | None = None
    """For when, in epoch seconds; without it, for now and what comes next. Only with a URI."""

    @property
    def path(self) -> str:
        """Where it is asked for."""
        whose = "" if self.uri is None else f"/{quote(self.uri, safe='')}"
        return f"{ROOT}/keyprov{whose}" + ("" if self.at is None else f"/{ntp(self.at)}")


@frozen
class CertCache:
    """KMS CertCache: the KMS certificates of other domains."""

    held: int | None = None
    """The number of the cache that the client has already."""

    @property
    def path(self) -> str:
        """Where it is asked for."""
        return f"{ROOT}/certcache" + ("" if self.held is None else f"/{self.held}")


@frozen
class Provision:
    """Key material that a VAL server provisions for a user or group (TS 33.434 5.8); the path is ours."""

    uri: str

    @property
    def path(self) -> str:
        """Where it is sent."""
        return f"{ROOT}/provision/{quote(self.uri, safe='')}"


Resource = Init | KeyProv | CertCache | Provision


def read(path: str) -> Resource:
    """Read a path as it is on the wire, without a query. Raises NoResource, Unreadable."""
    before, root, rest = path.partition(f"{ROOT}/")
    name, *said = rest.split("/")
    kind, most = _KINDS.get(name, (Init, -1))
    if before or not root or len(said) > most:
        raise NoResource("there is nothing at this path")
    if name == "provision" and not said:
        raise NoResource("a URI is needed behind this path: whose key it is")
    return kind(*said)


def checked_uri(text: str) -> str:
    """Give the URI of a user or group if it is fit to be one. Raises Unreadable.

    It must be in Normalization Form KC, as which it is hashed into a UID: of two that differ in form only, one would
    get the keys of the other.
    """
    fit = text.isprintable() and " " not in text and 0 < len(text.encode("utf-8", "replace")) <= LONGEST
    if not fit or normalize("NFKC", text) != text:
        raise Unreadable(f"a URI of a user or group is not 1 to {LONGEST} printable bytes in Normalization Form KC")
    return text


def _uri(segment: str) -> str:
    try:
        return checked_uri(unquote_to_bytes(segment).decode())
    except UnicodeError:
        raise Unreadable("a URI of a user or group is no UTF-8 text") from None


def _keyprov(uri: str | None = None, at: str | None = None) -> KeyProv:
    return KeyProv(None if uri is None else _uri(uri), None if at is None else read_ntp(at))


def _certcache(held: str | None = None) -> CertCache:
    if held is not None and not _CACHE.fullmatch(held):
        raise Unreadable("the number of a certificate cache is not a number")
    return CertCache(None if held is None else int(held))


def _provision(uri: str) -> Provision:
    return Provision(_uri(uri))


_KINDS: Mapping[str, tuple[Callable[..., Resource], int]] = {
    "init": (Init, 0),
    "keyprov": (_keyprov, 2),
    "certcache": (_certcache, 1),
    "provision": (_provision, 1),
}
"""What reads the segments behind each name, and how many there may be."""
