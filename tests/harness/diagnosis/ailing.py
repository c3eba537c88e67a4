"""Faults made for real: by the kit's own AKA and Digest with one thing otherwise, for the diagnoses to name.

The keys are sets of TS 35.208, whose OP and OPc are both known.
"""

from collections.abc import Iterable

from harness.diagnosis import findings_in
from harness.diagnosis.cards import Card
from harness.diagnosis.facts import Answered, Challenge, Offered
from tests.vectors.milenage import FULL
from valkit.aka.digest import Algorithm, Digest, Nonce
from valkit.aka.milenage import Milenage
from valkit.aka.settings import SubscriberKeys
from valkit.aka.vectors import Keys, generate
from valkit.sip import Challenge as Offer
from valkit.sip import Credentials, Request

SET = FULL[0]
K, OP, OPC, RAND = (bytes.fromhex(text) for text in (SET.k, SET.op, SET.opc, SET.rand))
AMF = b"\x80\x00"
SQN = 0x0000_0000_1000
RIGHT = Milenage(K, OPC)
SESAME = Card(SubscriberKeys.model_validate({"algorithm": "digest", "password": "sesame"}))
"""A subscriber without a card."""

REALM, IMPI, URI = "home.example", "alice@home.example", "sip:home.example"


def told(**keys: str) -> SubscriberKeys:
    """Give keys as they stand in settings; K is the right one unless another is given."""
    return SubscriberKeys.model_validate({"k": SET.k, **keys})


def card(sqn: int | None = None, amf: bytes | None = None, /, **keys: str) -> Card:
    """Give the card with these keys; the right ones if none are given."""
    return Card(told(**(keys or {"opc": SET.opc})), sqn=sqn, amf=amf)


def challenge(functions: Milenage = RIGHT, known: Card | None = None, sqn: int = SQN, amf: bytes = AMF) -> Challenge:
    """Give a challenge that these functions made, for a card that is known."""
    return Challenge("frame 3", RAND, generate(functions, RAND, sqn, amf).autn, known or card())


def names(facts: Iterable[object]) -> list[str]:
    """Name what is found wrong with these facts."""
    return [finding.name for finding in findings_in(facts)]


NONCE = str(Nonce(RAND, generate(RIGHT, RAND, SQN, AMF).autn))
KEYS: Keys = generate(RIGHT, RAND, SQN, AMF).keys


def offered(algorithm: Algorithm = Algorithm.AKAV1_MD5, **changed: str) -> Offered:
    """Give the challenge as it stands in a 401."""
    values = {"realm": REALM, "nonce": NONCE, "algorithm": str(algorithm), "qop": "auth,auth-int", **changed}
    return Offered("frame 3", Offer.build("Digest", values))


def digest(algorithm: Algorithm = Algorithm.AKAV1_MD5, **changed: str) -> Digest:
    """Give the terms of a right answer, or of one with something changed."""
    right = Digest(algorithm, IMPI, REALM, NONCE, URI, "auth", "00000001", "0a4f113b")
    return Digest._make({**right._asdict(), **changed}.values())


def answered(
    response: str,
    written: Digest | None = None,
    *,
    known: Card | None = None,
    outcome: int | None = 403,
    offers: tuple[Offered, ...] | None = None,
    earlier: tuple[tuple[str, str], ...] = (),
    **parameters: str,
) -> Answered:
    """Give an answer with this response, whose header says what is written."""
    terms = written or digest()
    values = {
        "username": terms.username,
        "realm": terms.realm,
        "nonce": terms.nonce,
        "uri": terms.uri,
        "response": response,
        "algorithm": str(terms.algorithm),
        **({"qop": terms.qop, "nc": terms.nc, "cnonce": terms.cnonce} if terms.qop else {}),
        **parameters,
    }
    credentials = Credentials.build("Digest", values)
    request = Request.create("REGISTER", URI, [("Authorization", str(credentials)), ("CSeq", "2 REGISTER")])
    challenged = (offered(terms.algorithm),) if offers is None else offers
    return Answered("frame 5", request, credentials, challenged, known or card(), outcome, earlier)
