"""What the tests of the core share: a subscriber, a phone that can misbehave, and an endpoint without a network."""

from base64 import b64encode
from collections.abc import Coroutine
from typing import Any, TypeVar

from attrs import define, field, frozen
from twisted.internet.defer import Deferred

from sipcore_stub.hss.hss import Identity, Subscriber
from sipcore_stub.hss.ifc import Criterion
from tests.vectors.milenage import FULL
from valkit.aka.digest import NO_PASSWORD, Digest, Nonce
from valkit.aka.functions import Functions
from valkit.aka.milenage import Milenage
from valkit.aka.vectors import accept, build_auts
from valkit.sip.auth import Credentials
from valkit.sip.errors import NoAnswer
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response, parse

T = TypeVar("T")

DOMAIN = "home.example"
IMPI = "alice@home.example"
IMPU = "sip:alice@home.example"
WORK = "sip:alice.work@home.example"
BARRED = "sip:alice.barred@home.example"

UE = Hop("udp", "127.0.0.11", 5060)
PCSCF = Hop("udp", "127.0.0.21", 5060)
ICSCF = Hop("udp", "127.0.0.22", 5060)
SCSCF = Hop("udp", "127.0.0.23", 5060)
SERVER = Hop("udp", "127.0.0.31", 5060)
SERVER_NAME = "sip:127.0.0.31:5060"


def card() -> Milenage:
    """Give the functions of the key that phone and HSS share, TS 35.208 set 1."""
    return Milenage(bytes.fromhex(FULL[0].k), bytes.fromhex(FULL[0].opc))


def subscriber(*criteria: Criterion) -> Subscriber:
    """Give Alice, with two identities of which one is barred, and a further one."""
    identities = (Identity(BARRED, barred=True), Identity(IMPU), Identity(WORK))
    return Subscriber(IMPI, card(), b"\x80\x00", 0, identities, criteria)


@define
class Phone:
    """Writes REGISTERs as a UE does, and as it should not."""

    impi: str = IMPI
    impu: str = IMPU
    contact: str = "<sip:alice@127.0.0.11:5060>"
    call_id: str = "first"
    cseq: int = 0
    functions: Functions = field(factory=card)

    def register(self, expires: int | None = 600_000, body: bytes = b"", **changes: str | None) -> Request:
        """Write a REGISTER without proof; changes replace headers, `_` standing for `-`, None taking one out."""
        return self._register(expires, body, {"nonce": "", "response": ""}, changes)

    def answer(
        self, challenge: Response, expires: int | None = 600_000, body: bytes = b"", **changes: str | None
    ) -> Request:
        """Answer a challenge rightly."""
        digest = self._digest(challenge)
        response = digest.response(self._password(digest), "REGISTER", body)
        return self._proven(digest, response, expires, body, **changes)

    def rspauth(self, challenge: Response) -> str:
        """Compute what the core answers with if it knows RES too."""
        digest = self._digest(challenge)
        return digest.rspauth(self._password(digest))

    def wrong(self, challenge: Response) -> Request:
        """Answer a challenge with a wrong RES."""
        digest = self._digest(challenge)
        return self._proven(digest, digest.response(b"wrong", "REGISTER"), 600_000)

    def silent(self, challenge: Response) -> Request:
        """Answer a challenge as a UE does that finds its MAC wrong: with nothing (TS 24.229 5.1.1.5.3)."""
        return self._proven(self._digest(challenge), "", 600_000)

    def out_of_step(self, challenge: Response, sqn_ms: int, auts: str | None = None) -> Request:
        """Answer a challenge with an AUTS for this SQN_MS, or with another text in its place."""
        digest = self._digest(challenge)
        made = build_auts(self.functions, Nonce.parse(digest.nonce).rand, sqn_ms)
        request = self._proven(digest, digest.response(NO_PASSWORD, "REGISTER"), 600_000)
        credentials = request.headers.get("Authorization")
        return request.with_header("Authorization", f'{credentials}, auts="{auts or b64encode(made).decode()}"')

    @staticmethod
    def sqn(challenge: Response) -> int:
        """Read the sequence number of a challenge."""
        nonce = Nonce.parse((challenge.challenge and challenge.challenge.get("nonce")) or "")
        return accept(card(), nonce.rand, nonce.autn).sqn

    def _password(self, digest: Digest) -> bytes:
        nonce = Nonce.parse(digest.nonce)
        return digest.algorithm.password(accept(self.functions, nonce.rand, nonce.autn).keys)

    def _digest(self, response: Response) -> Digest:
        challenge = response.challenge
        assert challenge is not None, response
        values = {name: challenge.get(name) or "" for name in ("realm", "nonce", "algorithm")}
        offered = challenge.get("qop")
        if offered:
            values |= {"qop": offered.rpartition(",")[2], "nc": "00000001", "cnonce": "0a4f113b"}
        return Digest.read({"username": self.impi, "uri": f"sip:{DOMAIN}"} | values)

    def _proven(
        self, digest: Digest, response: str, expires: int | None, body: bytes = b"", **changes: str | None
    ) -> Request:
        values = {"nonce": digest.nonce, "response": response, "algorithm": str(digest.algorithm)}
        if digest.qop:
            values |= {"qop": digest.qop, "nc": digest.nc, "cnonce": digest.cnonce}
        return self._register(expires, body, values, changes)

    def _register(
        self, expires: int | None, body: bytes, values: dict[str, str], changes: dict[str, str | None]
    ) -> Request:
        self.cseq += 1
        terms = {"username": self.impi, "realm": DOMAIN, "uri": f"sip:{DOMAIN}"}
        headers: dict[str, str | None] = {
            "Via": f"SIP/2.0/UDP 127.0.0.11:5060;branch=z9hG4bK{self.call_id}{self.cseq}",
            "Max-Forwards": "70",
            "From": f"<{self.impu}>;tag=ue",
            "To": f"<{self.impu}>",
            "Call-ID": self.call_id,
            "CSeq": f"{self.cseq} REGISTER",
            "Contact": self.contact,
            "Expires": None if expires is None else str(expires),
            "Supported": "path",
            "Authorization": str(Credentials.build("Digest", terms | values)),
        }
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        given = [(name, value) for name, value in headers.items() if value is not None]
        return received(Request.create("REGISTER", f"sip:{DOMAIN}", given, body, "text/plain" if body else None))


def received(request: Request) -> Request:
    """Give a request as it comes off the wire."""
    message = parse(bytes(request))
    assert isinstance(message, Request)
    return message


def publish(**changes: str | None) -> Request:
    """Write a PUBLISH as a UE does; changes as in `Phone.register`."""
    headers: dict[str, str | None] = {
        "Via": "SIP/2.0/UDP 127.0.0.11:5060;branch=z9hG4bKpublish",
        "Max-Forwards": "70",
        "From": f"<{IMPU}>;tag=ue",
        "To": f"<{IMPU}>",
        "Call-ID": "publication",
        "CSeq": "1 PUBLISH",
        "Event": "poc-settings",
        "Expires": "3600",
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    given = [(name, value) for name, value in headers.items() if value is not None]
    return received(Request.create("PUBLISH", "sip:val@home.example", given, b"settings", "text/plain"))


@frozen
class Sent:
    """A request that an element has sent, waiting for its answer."""

    request: Request
    to: Hop
    answer: Deferred[Response]

    def answered(self, status: int, *headers: tuple[str, str]) -> None:
        """Answer it, through the Via that an endpoint would have put on top."""
        below = self.request.adding("Via", "SIP/2.0/UDP 127.0.0.99;branch=z9hG4bKhop", first=True)
        self.answer.callback(below.answer(status, headers=headers))

    def given_up(self) -> None:
        """Let its time run out."""
        self.answer.errback(NoAnswer("timeout"))


@define
class Wire:
    """An endpoint without a network: what is sent waits here until the test answers it."""

    addresses: tuple[Hop, ...]
    sent: list[Sent] = field(factory=list)

    async def request(self, request: Request, to: Hop) -> Response:
        """Keep a request, and wait."""
        waiting = Sent(request, to, Deferred())
        self.sent.append(waiting)
        return await waiting.answer

    def take(self) -> Sent:
        """Give the one request that was sent since the last time."""
        (only,) = self.sent
        self.sent.clear()
        return only


def begun(coroutine: Coroutine[Any, Any, T]) -> Deferred[T]:
    """Start something that may have to wait."""
    return Deferred.fromCoroutine(coroutine)


def result_of(deferred: Deferred[T]) -> T:
    """Give the result of what has come to its end; its exception is raised."""
    results: list[T] = []
    failures: list[BaseException] = []
    deferred.addCallbacks(results.append, lambda failure: failures.append(failure.value))
    if failures:
        raise failures[0]
    assert results, "it is still waiting"
    return results[0]


@define
class Notes:
    """Takes down what elements tell."""

    told: list[tuple[str, str, dict[str, str]]] = field(factory=list)

    def __call__(self, who: str, what: str, /, **fields: str) -> None:
        """Take down one thing."""
        self.told.append((who, what, fields))

    def of(self, *whats: str) -> list[str]:
        """Give in order what was told, only of these kinds, with the value of a flag."""
        return [fields.get("flag", what) for _, what, fields in self.told if what in whats]
