"""AKA as Digest authentication in SIP (RFC 3310, RFC 4169, with the hashes of RFC 8760).

Knows the nonce that carries RAND and AUTN, the password that RES is, and the digests of both directions; knows no
header syntax (`valkit.sip.auth`) and no state. Passwords and bodies are bytes: a RES may hold any byte, zero included.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from hmac import compare_digest
from hmac import digest as hmac
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self

from valkit.aka.errors import Malformed
from valkit.aka.vectors import AUTN_SIZE, AUTS_SIZE, Keys

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

RAND_SIZE = 16

Qop = Literal["auth", "auth-int"]


class Algorithm(Enum):
    """The values of the `algorithm` parameter: the version of AKA in it, 0 for none, and the hash of the Digest."""

    AKAV1_MD5 = "AKAv1-MD5", 1, hashlib.md5
    AKAV2_MD5 = "AKAv2-MD5", 2, hashlib.md5
    AKAV2_SHA_256 = "AKAv2-SHA-256", 2, hashlib.sha256
    MD5 = "MD5", 0, hashlib.md5
    SHA_256 = "SHA-256", 0, hashlib.sha256
    SHA_512_256 = "SHA-512-256", 0, partial(hashlib.new, "sha512_256")

    def __init__(self, token: str, version: int, new_hash: Callable[..., "HASH"]) -> None:
        self.token = token
        self.version = version
        self.new_hash = new_hash

    def __str__(self) -> str:
        return self.token

    @classmethod
    def named(cls, token: str) -> "Algorithm":
        """Give the algorithm of this token, in any case (RFC 3261 7.3.1). Raises Malformed if there is none."""
        algorithm = BY_TOKEN.get(token.lower())
        if algorithm is None:
            raise Malformed(f"algorithm {token!r} is not known")
        return algorithm

    @property
    def is_aka(self) -> bool:
        """Whether its nonce carries RAND and AUTN."""
        return self.version > 0

    def password(self, keys: Keys) -> bytes:
        """Give the Digest password: RES itself (RFC 3310 3.3), or what RFC 4169 3 derives from RES, IK and CK."""
        if self.version < 2:
            return keys.res
        return b64encode(hmac(keys.res + keys.ik + keys.ck, b"http-digest-akav2-password", self.new_hash))

    def session(self, keys: Keys) -> tuple[bytes, bytes]:
        """Give CK and IK for what is protected after the authentication, masked with AKAv2 (RFC 4169 3)."""
        if self.version < 2:
            return keys.ck, keys.ik
        ck = hmac(keys.ck, b"http-digest-akav2-cipherkey", self.new_hash)
        return ck, hmac(keys.ik, b"http-digest-akav2-integritykey", self.new_hash)

    def hex(self, octets: bytes) -> str:
        """Hash, giving hexadecimal digits. MD5 is the specification's; its weakness is why RFC 8760 adds others."""
        return self.new_hash(octets, usedforsecurity=False).hexdigest()


BY_TOKEN: Final = {algorithm.token.lower(): algorithm for algorithm in Algorithm}

AKA: Final = frozenset(algorithm for algorithm in Algorithm if algorithm.is_aka)

NO_PASSWORD = b""
"""The password of a request that carries `auts` (RFC 3310 3.4)."""


class Nonce(NamedTuple):
    """What an AKA nonce carries (RFC 3310 3.2)."""

    rand: bytes
    autn: bytes
    server_data: bytes = b""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read base64(RAND || AUTN || server data). Raises Malformed."""
        octets = _base64(text, "nonce")
        if len(octets) < RAND_SIZE + AUTN_SIZE:
            raise Malformed(f"nonce carries {len(octets)} bytes: too few for RAND and AUTN")
        return cls(octets[:16], octets[16:32], octets[32:])

    def __str__(self) -> str:
        return b64encode(self.rand + self.autn + self.server_data).decode()


def parse_auts(text: str) -> bytes:
    """Read the `auts` parameter, 14 bytes (RFC 3310 3.4). Raises Malformed."""
    octets = _base64(text, "auts")
    if len(octets) != AUTS_SIZE:
        raise Malformed(f"auts carries {len(octets)} bytes, not {AUTS_SIZE}")
    return octets


class Digest(NamedTuple):
    """The terms both sides put into a digest, one field for each parameter of the header (RFC 7616 3.4)."""

    algorithm: Algorithm
    username: str
    """The IMPI."""
    realm: str
    nonce: str
    uri: str
    """As sent in the header, which need not be the Request-URI."""
    qop: Qop | None = None
    nc: str = "00000001"
    cnonce: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Self:
        """From the parameters of an Authorization header. Raises Malformed if one is missing or has no such value."""
        algorithm = Algorithm.named(parameters.get("algorithm", "MD5"))
        try:
            username, realm, nonce, uri = (parameters[name] for name in ("username", "realm", "nonce", "uri"))
            qop = _qop(parameters.get("qop"))
            nc, cnonce = (parameters["nc"], parameters["cnonce"]) if qop else ("", "")
        except KeyError as missing:
            raise Malformed(f"credentials have no {missing.args[0]}") from None
        return cls(algorithm, username, realm, nonce, uri, qop, nc, cnonce)

    def response(self, password: bytes, method: str, body: bytes = b"") -> str:
        """Give the client's proof (RFC 7616 3.4.1); with qop auth-int it covers the body."""
        h = self.algorithm.hex
        secret = h(_octets(f"{self.username}:{self.realm}:") + password)
        subject = f"{method}:{self.uri}"
        if self.qop == "auth-int":
            subject += f":{h(body)}"
        return h(_octets(f"{secret}:{self._middle()}:{h(_octets(subject))}"))

    def rspauth(self, password: bytes, body: bytes = b"") -> str:
        """Give the server's proof of Authentication-Info: no method, and the answer's body (RFC 7616 3.5)."""
        return self.response(password, "", body)

    def proves(self, response: str, password: bytes, method: str, body: bytes = b"") -> bool:
        """Say whether this response comes from this password; takes the same time wherever they differ."""
        return compare_digest(_octets(response.lower()), self.response(password, method, body).encode())

    def _middle(self) -> str:
        return self.nonce if self.qop is None else f"{self.nonce}:{self.nc}:{self.cnonce}:{self.qop}"


def _qop(text: str | None) -> Qop | None:
    match text:
        case None | "auth" | "auth-int":
            return text
        case _:
            raise Malformed(f"qop {text!r} is neither auth nor auth-int")


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _base64(text: str, name: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise Malformed(f"{name} is not base64") from None
