"""Parameters into facts: keys into a card, RAND and AUTN into a challenge, a token with what is asked of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import field, frozen
from pydantic import ValidationError

from harness.consulting.errors import NotUsable
from harness.consulting.opening import text_of
from harness.consulting.secrets import octets
from harness.diagnosis.cards import Card
from harness.diagnosis.facts import Asked, Challenge, Fact, GivenRes, Offered, Synchronisation, TokenSeen, nonce_in
from harness.explaining import claimed
from valkit.aka.settings import KEYS, SubscriberKeys
from valkit.net import files
from valkit.sip import Challenge as Offer
from valkit.tokens import KeySet, KeyUnusable, TokenPolicy, TokenRejected
from valkit.tokens.claims import REQUIRED
from valkit.tokens.keys import ALGORITHMS

SIZES = {"k": (16, 32), "op": (16,), "opc": (16,), "top": (32,), "topc": (32,)}
"""Bytes of each key."""


@frozen
class Authentication:
    """What is given of an authentication, each as it was written."""

    keys: Mapping[str, str] = field(factory=dict, repr=False)
    """k, op, opc, top, topc or password."""
    sqn: str | None = None
    amf: str | None = None
    nonce: str | None = None
    rand: str | None = None
    autn: str | None = None
    res: str | None = field(default=None, repr=False)
    auts: str | None = None

    def card(self) -> Card | None:
        """Give the card with these keys. Raises NotUsable."""
        told: dict[str, object] = {name: self.keys[name] for name in KEYS if self.keys.get(name)}
        if not told:
            return None
        for name in set(told) & set(SIZES):
            told[name] = octets(str(told[name]), name, *SIZES[name]).hex()
        told["algorithm"] = "digest" if "password" in told else "tuak" if {"top", "topc"} & set(told) else "milenage"
        try:
            keys = SubscriberKeys.model_validate(told)
        except ValidationError as error:
            raise NotUsable(f"the keys given: {error.errors(include_input=False)[0]['msg']}") from None
        amf = None if self.amf is None else octets(self.amf, "amf", 2)
        return Card(keys, sqn=None if self.sqn is None else sequence_number(self.sqn), amf=amf)

    def facts(self) -> Iterator[Fact]:
        """Give what can be looked at. Raises NotUsable."""
        card, nonce = self.card(), None if self.nonce is None else nonce_in(self.nonce)
        if self.nonce is not None and nonce is None:
            yield Offered("--nonce", Offer.build("Digest", {"nonce": self.nonce, "algorithm": "AKAv1-MD5"}))
        rand = octets(self.rand, "rand") if self.rand else nonce.rand if nonce else b""
        autn = octets(self.autn, "autn") if self.autn else nonce.autn if nonce else b""
        challenge = Challenge("--nonce" if nonce else "--autn", rand, autn, card)
        if rand and autn:
            yield challenge
        if self.res is not None:
            self._require(rand, "res")
            yield GivenRes("--res", challenge, octets(self.res, "res"))
        if self.auts is not None:
            self._require(rand, "auts")
            yield Synchronisation("--auts", challenge, self.auts)

    def _require(self, rand: bytes, name: str) -> None:
        if not rand or not self.keys:
            raise NotUsable(f"--{name} says nothing without the keys and --nonce or --rand")


def sequence_number(text: str) -> int:
    """Read an SQN: 12 hexadecimal digits, or a number. Raises NotUsable."""
    try:
        sqn = int(text, 16) if len(text) == 12 or text.startswith("0x") else int(text)
    except ValueError:
        sqn = -1
    if not 0 <= sqn < 1 << 48:
        raise NotUsable(f"--sqn {text[:20]} is no sequence number (expected 12 hexadecimal digits, or a number)")
    return sqn


@frozen
class Demands:
    """What is asked of tokens on the command line; what is not given is asked of no token."""

    jwks: Path | None = None
    issuer: str | None = None
    audience: str | None = None
    scope: str | None = None

    @property
    def are_none(self) -> bool:
        """Whether nothing is asked, but perhaps keys given."""
        return self.issuer is None and self.audience is None and self.scope is None

    def keys(self) -> KeySet | None:
        """Read the keys; None if none are given. Raises NotUsable, OSError."""
        return None if self.jwks is None else key_set(self.jwks)

    def asked(self, keys: KeySet | None, token: str) -> tuple[Asked, ...]:
        """Give who judges this token with these keys; nobody if nothing is given."""
        if keys is None and self.are_none:
            return ()
        policy = TokenPolicy(
            issuer=self.issuer if self.issuer is not None else _claimed(token, "iss"),
            audience=self.audience if self.audience is not None else _claimed(token, "aud"),
            scope=self.scope or TokenPolicy("", "").scope,
            algorithms=frozenset(ALGORITHMS),
            required=REQUIRED,
        )
        return (Asked(policy, keys),)


def _claimed(token: str, name: str) -> str:
    try:
        return claimed(token, name)
    except TokenRejected:
        return ""


def key_set(path: Path) -> KeySet:
    """Read a JWKS file. Raises NotUsable, OSError."""
    try:
        return KeySet.from_jwks(text_of(path, files.LARGEST))
    except KeyUnusable as error:
        raise NotUsable(f"{path}: {str(error).rstrip('.')}") from None


def token_seen(token: str, place: str, at: float, asked: tuple[Asked, ...]) -> TokenSeen:
    """Give a token that was handed over by itself, to be judged at this time."""
    return TokenSeen(place, token, at, asked)
