"""How a Digest response can have come about: as it should be, and with one thing otherwise at a time. Pure.

Each way has the name of the diagnosis that speaks of it. `the_way` gives the first that leads to what came.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from attrs import field, frozen

from harness.diagnosis.cards import Card
from harness.diagnosis.facts import Answered, is_hidden
from valkit.aka.digest import NO_PASSWORD, Algorithm, Digest, Nonce
from valkit.aka.errors import AkaError
from valkit.aka.vectors import Keys

RIGHT = "right"
HASHES = (Algorithm.MD5, Algorithm.SHA_256, Algorithm.SHA_512_256)
PADDED = 16
"""Bytes of the buffer that some keep a RES in."""


class Way(NamedTuple):
    """One way to a response."""

    name: str
    what: str
    """What is otherwise, as the end of a sentence."""
    response: str


@frozen
class Computed:
    """An answer whose response can be computed."""

    digest: Digest
    method: str
    body: bytes = field(repr=False)
    keys: Mapping[str, Keys] = field(repr=False)
    """RES, CK and IK, or the password, in each reading of the keys; `given` is the one as told."""

    def ways(self, answered: Answered) -> Iterator[Way]:
        """Give every way, the right one first."""
        yield Way(RIGHT, "", self._with(self.digest))
        for name, what, password in self._passwords():
            yield Way(name, what, self._with(self.digest, password=password))
        for name, what, digest in self._digests(answered):
            yield Way(name, what, self._with(digest))
        yield from self._other_subjects()

    def _with(
        self, digest: Digest, *, password: bytes | None = None, method: str = "", body: bytes | None = None
    ) -> str:
        told = self._password if password is None else password
        return digest.response(told, method or self.method, self.body if body is None else body)

    @property
    def _password(self) -> bytes:
        return self.digest.algorithm.password(self.keys["given"])

    def _passwords(self) -> Iterator[tuple[str, str, bytes]]:
        """Give what else was taken for the password, most of all of a RES."""
        algorithm, keys = self.digest.algorithm, self.keys["given"]
        res = keys.res
        yield "no-password", "an empty password", NO_PASSWORD
        if algorithm.is_aka:
            for text in (res.hex(), res.hex().upper()):
                yield "res-as-text", "the hexadecimal digits of RES in place of its bytes", text.encode()
            yield "res-as-text", "RES in base64 in place of its bytes", b64encode(res)
            if b"\0" in res:
                yield "res-cut", "RES up to its first zero byte", res.partition(b"\0")[0]
            yield "res-padded", f"RES filled up to {PADDED} bytes with zeros", res.ljust(PADDED, b"\0")
            for other in (Algorithm.AKAV1_MD5, Algorithm.AKAV2_MD5, Algorithm.AKAV2_SHA_256):
                if other is not algorithm:
                    yield "aka-version", f"the password of {other}", other.password(keys)
        for name, read in self.keys.items():
            if name != "given":
                yield name, "", algorithm.password(read)

    def _digests(self, answered: Answered) -> Iterator[tuple[str, str, Digest]]:
        """Give what else was put into the Digest than what the header says."""
        told, request, offer = self.digest, answered.request, answered.offer
        for uri in (request.uri, f"sip:{told.realm}", told.uri.partition(";")[0]):
            yield "digest-uri", f"the URI {uri}", told._replace(uri=uri)
        if offer is not None:
            yield "digest-realm", f"the realm {offer.realm}", told._replace(realm=offer.realm)
            yield "digest-nonce", "the nonce of the challenge", told._replace(nonce=offer.nonce)
        yield "digest-qop", "no qop, nc and cnonce, as before RFC 2617", told._replace(qop=None)
        if told.qop is not None:
            other: Digest = told._replace(qop="auth-int" if told.qop == "auth" else "auth")
            yield "digest-qop", f"qop {other.qop}", other
        for nc in (told.nc.lstrip("0") or "0", told.nc.zfill(8), "00000001"):
            yield "digest-nc", f"nc {nc}", told._replace(nc=nc)
        local = told.username.partition("@")[0]
        for username in (local, f"sip:{told.username}", f"{local}@{told.realm}"):
            yield "digest-username", f"the user name {username}", told._replace(username=username)

    def _other_subjects(self) -> Iterator[Way]:
        """Give other methods, bodies and hashes, with the password as it is."""
        for method in ("REGISTER", "INVITE", "PUBLISH"):
            yield Way("digest-method", f"the method {method}", self._with(self.digest, method=method))
        yield Way("digest-qop", "the hash of an empty body", self._with(self.digest, body=b""))
        for algorithm in HASHES:
            if algorithm.new_hash is not self.digest.algorithm.new_hash:
                other = self.digest._replace(algorithm=algorithm)
                yield Way("digest-hash", f"the hash of {algorithm}", self._with(other, password=self._password))


def computed(answered: Answered) -> Computed | None:
    """Take an answer apart; None if it cannot be, is hidden, is an AUTS, or nobody knows the keys."""
    credentials, card = answered.credentials, answered.card
    response = credentials.get("response") or ""
    if card is None or not response or is_hidden(response) or "auts" in credentials.params:
        return None
    try:
        digest = Digest.read({name.lower(): credentials.get(name) or "" for name in credentials.params})
        keys = _keys(card, digest, answered.nonce)
    except AkaError:
        return None
    return Computed(digest, answered.request.method, answered.request.body, keys) if keys else None


def _keys(card: Card, digest: Digest, nonce: Nonce | None) -> dict[str, Keys]:
    """Give what the password is made of, in each reading; nothing if the challenge is not one of the network's."""
    if card.password is not None and not digest.algorithm.is_aka:
        return {"given": Keys(card.password, b"", b"")}
    if nonce is None or not digest.algorithm.is_aka:
        return {}
    keys = {}
    for name, functions in card.readings():
        _, outputs = functions.revealed(nonce.rand, nonce.autn[:6], nonce.autn[6:8])
        keys[name] = Keys(outputs.res, outputs.ck, outputs.ik)
    return keys


@lru_cache(maxsize=1)  # every diagnosis asks, one answer after the other
def the_way(answered: Answered) -> Way | None:
    """Say how the response came about; None if nothing that is tried leads to it, or nothing can be tried."""
    apart = computed(answered)
    if apart is None:
        return None
    response = (answered.credentials.get("response") or "").lower()
    return next((way for way in apart.ways(answered) if way.response == response), None)
