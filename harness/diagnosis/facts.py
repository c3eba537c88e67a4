"""What diagnoses look at: facts, from whichever source they come. Pure values; `extraction` takes them out of evidence.

A fact knows where it was seen, and of a message the message itself. Texts that are hidden, as in our own captures and
reports, are no facts: nothing is said of them.
"""

import re
from collections.abc import Callable

from attrs import field, frozen

from harness.diagnosis.cards import Card
from harness.evidence import Broken, Seen
from sipcore_stub.hss.ifc import Criterion
from valkit.aka.digest import Nonce
from valkit.aka.errors import Malformed
from valkit.sip import Challenge as Offer
from valkit.sip import Credentials, Hop, Message, Request, Response
from valkit.tokens import KeySet, TokenPolicy


@frozen(eq=False)
class Challenge:
    """RAND and AUTN, as the network sent them."""

    place: str
    rand: bytes = field(repr=False)
    autn: bytes = field(repr=False)
    card: Card | None = None
    answered: "Answered | None" = field(default=None, repr=False)
    """What the phone made of it, if that was seen."""


@frozen
class Synchronisation:
    """An AUTS, as the card sent it in answer to a challenge."""

    place: str
    challenge: Challenge
    auts: str = field(repr=False)
    """As written in the `auts` parameter, or as hexadecimal digits."""
    settled: bool = False
    """Whether a later challenge was answered with success: then it did what it is for."""


@frozen
class GivenRes:
    """A RES, or an XRES, that somebody computed."""

    place: str
    challenge: Challenge
    res: bytes = field(repr=False)


@frozen
class Offered:
    """A challenge in SIP: the parameters of WWW-Authenticate, whether or not they hold an AKA nonce."""

    place: str
    offer: Offer

    @property
    def nonce(self) -> str:
        """The nonce as written."""
        return self.offer.get("nonce") or ""

    @property
    def realm(self) -> str:
        """The realm as written."""
        return self.offer.get("realm") or ""

    @property
    def algorithm(self) -> str:
        """The algorithm as written; MD5 where none is (RFC 7616 3.3)."""
        return self.offer.get("algorithm") or "MD5"

    @property
    def qop(self) -> tuple[str, ...]:
        """What qop offers."""
        text = self.offer.get("qop") or ""
        return tuple(word.strip() for word in text.split(",") if word.strip())


@frozen(eq=False)
class Answered:
    """An answer to a challenge, and what became of it."""

    place: str
    request: Request = field(repr=False)
    credentials: Credentials = field(repr=False)
    offers: tuple[Offered, ...]
    """The challenge that it answers, once for each algorithm; none if it was not seen."""
    card: Card | None = None
    outcome: int | None = None
    """The status of the final answer; None if it was not seen."""
    earlier: tuple[tuple[str, str], ...] = ()
    """Nonce and nc of what the same client answered before."""

    @property
    def refused(self) -> bool:
        """Whether the answer was not good enough, as far as that was seen."""
        return self.outcome is None or self.outcome >= 400

    @property
    def is_fresh(self) -> bool:
        """Whether it answers a challenge just made: with a nonce from before, another challenge is no refusal."""
        nonce, offer = self.credentials.get("nonce"), self.offer
        return offer is not None and offer.nonce == nonce and all(nonce != each for each, _ in self.earlier)

    @property
    def offer(self) -> Offered | None:
        """The offer that it answers: of several the one of its algorithm."""
        named = (self.credentials.get("algorithm") or "MD5").lower()
        return next((each for each in self.offers if each.algorithm.lower() == named), next(iter(self.offers), None))

    @property
    def nonce(self) -> Nonce | None:
        """RAND and AUTN of the nonce that it names; None if that holds none."""
        return nonce_in(self.credentials.get("nonce") or "")

    @property
    def places(self) -> tuple[str, ...]:
        """Where it was seen, and the challenge."""
        offer = self.offer
        return (self.place,) if offer is None else (self.place, offer.place)

    @property
    def challenge(self) -> Challenge | None:
        """The challenge that it answers, as its nonce says; None if that holds none."""
        nonce = self.nonce
        return None if nonce is None else Challenge(self.place, nonce.rand, nonce.autn, self.card, self)


@frozen
class Asked:
    """Whose tokens a server believes, and what it asks of them."""

    policy: TokenPolicy
    keys: KeySet | None = None
    service: str = ""
    carriers: frozenset[str] | None = None
    """In what tokens are looked for; None: in any."""


@frozen
class TokenSeen:
    """A token, wherever it came from."""

    place: str
    token: str = field(repr=False)
    at: float | None
    """When it was seen, or when it is judged; None if nobody knows."""
    asked: tuple[Asked, ...] = ()
    """Each issuer that is believed by a server; none if it is not known who judges."""
    carrier: str = ""
    """In what it was; empty if it was given by itself."""


@frozen
class TokenPlace:
    """A message with something in it that looks like a token, or like a document that should hold one."""

    seen: Seen
    looked: frozenset[str]
    """The carriers that the server looks into."""
    unanswered: bool = False
    """Whether no answer to it was seen, though the same server answered others later."""


@frozen
class ThirdParty:
    """A third-party REGISTER, with the REGISTER of the UE that it tells of, as far as they were seen."""

    seen: Seen
    own: Seen | None = None
    """The UE's REGISTER."""
    granted: Seen | None = None
    """The 2xx to it."""

    @property
    def place(self) -> str:
        """Where it was seen."""
        return self.seen.spot.place

    @property
    def request(self) -> Request:
        """The message."""
        assert isinstance(self.seen.message, Request)
        return self.seen.message

    @property
    def leaves(self) -> bool:
        """Whether it tells of a de-registration."""
        return (self.request.headers.get("Expires") or "").strip() == "0"


@frozen
class Arrived:
    """A REGISTER or PUBLISH as it came to a VAL server whose settings are known."""

    seen: Seen
    trusts: Callable[[str], bool] = field(repr=False)
    """Whether the server trusts this host."""


@frozen
class Exchange:
    """A request with its final answer."""

    request: Seen
    """Where it was seen first."""
    answer: Seen | None = None
    arrived: Seen | None = None
    """The request where it was seen last: as the server got it."""
    granted: bool = False
    """Whether this request of a client, or a later one of the same call, was granted."""
    within: bool = False
    """Whether it arrived where who sends is to be known: by way of a proxy, at the server, or from whom that trusts."""

    @property
    def sent(self) -> Request:
        """The request as a message."""
        assert isinstance(self.request.message, Request)
        return self.request.message

    @property
    def places(self) -> tuple[str, ...]:
        """Where request and answer were seen."""
        return (self.request.spot.place, *(() if self.answer is None else (self.answer.spot.place,)))

    @property
    def status(self) -> int | None:
        """The status of the answer."""
        return self.answer.message.status if self.answer and isinstance(self.answer.message, Response) else None


@frozen
class Unanswered:
    """Requests of one method that nobody answered, on their way from a host to a place."""

    method: str
    source: Hop
    target: Hop
    places: tuple[str, ...]
    """Where each was seen first."""
    transmissions: int
    seconds: float
    """From the first transmission to the last."""
    silence: float
    """From the first transmission to the end of the capture."""
    largest: int
    """Bytes."""
    notices: tuple[str, ...] = ()
    """What ICMP says of it."""


@frozen
class Criteria:
    """The initial filter criteria of a subscriber, as an HSS has them."""

    place: str
    criteria: tuple[Criterion, ...]
    faults: tuple[str, ...] = ()
    """What is wrong with the document, each with its line."""
    servers: frozenset[tuple[str, int]] = frozenset()
    """Where the VAL servers are whose settings are known, by host and port."""


Fact = (
    Challenge
    | Synchronisation
    | GivenRes
    | Offered
    | Answered
    | TokenSeen
    | TokenPlace
    | ThirdParty
    | Arrived
    | Exchange
    | Seen
    | Broken
    | Unanswered
    | Criteria
)


def nonce_in(text: str) -> Nonce | None:
    """Give RAND and AUTN of a nonce; None if it holds none."""
    try:
        return Nonce.parse(text)
    except Malformed:
        return None


_hides = re.compile(rb"\((?:hidden|token)[ .)]").search


def hides(message: Message) -> bool:
    """Whether something in the message stands in place of a secret."""
    return _hides(bytes(message)) is not None


def is_hidden(text: str) -> bool:
    """Whether a text stands in place of a secret, as `valkit.redaction` puts it."""
    return text.startswith("(") or not text.strip("x.")
