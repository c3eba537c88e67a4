"""What a UE puts into Authorization, pure: Digest answered by a card (RFC 3310, TS 24.229 5.1.1.5) or a password.

Knows challenges and credentials; counts the uses of a nonce. What a REGISTER looks like, and when one is sent, is
`registration`'s.
"""

from base64 import b64encode
from collections.abc import Iterable

from attrs import define, field, frozen

from ue_sim.usim import Card, MacFailure, Outcome, Success, SyncFailure
from valkit.aka.digest import NO_PASSWORD, Algorithm, Digest, Nonce, Qop
from valkit.aka.errors import Malformed
from valkit.aka.vectors import Keys
from valkit.ids import Ids
from valkit.sip.auth import Challenge, Credentials
from valkit.sip.errors import ParseError
from valkit.sip.message import Response

CNONCE_SIZE = 8

NO_AKA = Nonce(b"", b"")
"""What a nonce carries that is one of Digest alone."""


@frozen
class Offer:
    """A challenge of a kind the UE can answer."""

    realm: str
    nonce: str
    algorithm: Algorithm
    qops: frozenset[str]
    """Empty: the server knows no qop (RFC 2069)."""
    opaque: str | None

    @classmethod
    def read(cls, challenge: Challenge) -> "Offer":
        """From WWW-Authenticate. Raises Malformed if it is not Digest, or has no algorithm and nonce to go together."""
        realm, nonce = challenge.get("realm"), challenge.get("nonce") or ""
        if challenge.scheme.lower() != "digest" or realm is None:
            raise Malformed("the challenge is not Digest, or names no realm")
        algorithm = Algorithm.named(challenge.get("algorithm") or "MD5")
        if algorithm.is_aka:
            Nonce.parse(nonce)
        qops = frozenset(qop.strip() for qop in (challenge.get("qop") or "").split(",")) - {""}
        return cls(realm, nonce, algorithm, qops, challenge.get("opaque"))

    def qop(self, body: bytes) -> Qop | None:
        """Covers the body, hence the token, as far as the S-CSCF, if there is one and the server can."""
        if body and "auth-int" in self.qops:
            return "auth-int"
        return next((qop for qop in ("auth", "auth-int") if qop in self.qops), None)


def chosen_offer(challenges: Iterable[Challenge], known: frozenset[Algorithm]) -> Offer | None:
    """Give the one to answer: the first that we know (RFC 8760 2.4), but AKAv2 rather than AKAv1 (RFC 4169 4.1)."""
    offers = [offer for offer in map(_read, challenges) if offer is not None and offer.algorithm in known]
    if offers and offers[0].algorithm.version == 1:
        offers.sort(key=lambda offer: offer.algorithm.version != 2)
    return offers[0] if offers else None


def _read(challenge: Challenge) -> Offer | None:
    try:
        return Offer.read(challenge)
    except Malformed:
        return None


@frozen
class Reply:
    """What is said to a challenge, in as many requests as it serves."""

    offer: Offer
    password: bytes | None = field(repr=False)
    """None: MAC-A was wrong, so the response is empty (TS 24.229 5.1.1.5.3)."""
    auts: bytes | None = None

    @classmethod
    def to(cls, offer: Offer, outcome: Outcome) -> "Reply":
        """Put what the card said into the terms of Digest."""
        match outcome:
            case Success(res, ck, ik):
                return cls(offer, offer.algorithm.password(Keys(res, ck, ik)))
            case SyncFailure(auts):
                return cls(offer, NO_PASSWORD, auts)
            case MacFailure():
                return cls(offer, None)

    @property
    def lasts(self) -> bool:
        """Whether later requests may count on the same nonce."""
        return self.password is not None and self.auts is None


@define
class Login:
    """How one registration proves who it is: nothing to say yet, or a reply and how often it was used."""

    impi: str
    domain: str
    """The home domain: realm until a challenge names one, and the registrar's name."""
    _ids: Ids
    _reply: Reply | None = None
    _uses: int = 0
    _sent: tuple[Digest, bytes] | None = field(default=None, repr=False)
    """The terms and the password of the last proof."""

    @property
    def registrar(self) -> str:
        """Request-URI of a REGISTER, and the `uri` of its digest."""
        return f"sip:{self.domain}"

    @property
    def proves(self) -> bool:
        """Whether the next request carries a proof; one with a RES means that the network has proved itself by AUTN."""
        return self._reply is not None and self._reply.lasts

    def challenged(self, offer: Offer, card: Card) -> Outcome:
        """Let the card judge RAND and AUTN; what it says goes into the requests from here on."""
        nonce = Nonce.parse(offer.nonce) if offer.algorithm.is_aka else NO_AKA
        outcome = card.challenge(nonce.rand, nonce.autn)
        self._reply, self._uses = Reply.to(offer, outcome), 0
        return outcome

    def forget(self) -> None:
        """Begin anew: the next request carries no proof."""
        self._reply = None

    def keep_what_lasts(self) -> None:
        """After a success, drop a reply that was good for one request only."""
        if self._reply and not self._reply.lasts:
            self.forget()

    def disproved_by(self, response: Response) -> bool:
        """Say whether a 2xx has a proof of the network that the password does not give (RFC 7616 3.5)."""
        try:
            info = response.authentication_info
        except ParseError:
            return True
        rspauth = info.get("rspauth") if info else None
        if rspauth is None or self._sent is None:
            return False
        digest, password = self._sent
        return rspauth.lower() != digest.rspauth(password, response.body)

    def authorization(self, method: str, body: bytes) -> Credentials:
        """Give the credentials of the next request."""
        if self._reply is None:
            return self._credentials(self.domain, {"nonce": "", "response": ""})
        self._uses += 1
        offer = self._reply.offer
        return self._credentials(offer.realm, self._proof(self._reply, method, body) | _echo(offer, self._reply.auts))

    def _proof(self, reply: Reply, method: str, body: bytes) -> dict[str, str]:
        nonce = {"nonce": reply.offer.nonce}
        if reply.password is None:
            return nonce | {"response": ""}
        digest = self._digest(reply.offer, body)
        self._sent = digest, reply.password
        counted = {"qop": digest.qop, "nc": digest.nc, "cnonce": digest.cnonce} if digest.qop else {}
        return nonce | {"response": digest.response(reply.password, method, body)} | counted

    def _digest(self, offer: Offer, body: bytes) -> Digest:
        cnonce = self._ids.nonce(CNONCE_SIZE).hex()
        uses = f"{self._uses:08x}"
        return Digest(
            offer.algorithm, self.impi, offer.realm, offer.nonce, self.registrar, offer.qop(body), uses, cnonce
        )

    def _credentials(self, realm: str, proof: dict[str, str]) -> Credentials:
        return Credentials.build("Digest", {"username": self.impi, "realm": realm, "uri": self.registrar} | proof)


def _echo(offer: Offer, auts: bytes | None) -> dict[str, str]:
    """Give back what came, and the AUTS."""
    opaque = {} if offer.opaque is None else {"opaque": offer.opaque}
    resync = {} if auts is None else {"auts": b64encode(auts).decode()}
    return {"algorithm": str(offer.algorithm)} | opaque | resync
