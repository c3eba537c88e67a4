"""A home network in a page: it challenges, checks, and registers whoever proves to hold K. No sockets.

Written for these tests and apart from sipcore_stub, so that the phone is not tested against code that shares its
author's view of TS 24.229 alone.
"""

from collections.abc import Sequence

from attrs import define, field

from ue_sim.usim import Usim
from valkit.aka.digest import Digest, Nonce, parse_auts
from valkit.aka.milenage import Milenage
from valkit.aka.sequence import LAYOUT, synchronised
from valkit.aka.vectors import Vector, generate, open_auts
from valkit.sip.auth import Credentials
from valkit.sip.errors import NoAnswer
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response

K = bytes(range(16))
OPC = bytes(range(16, 32))
IMPI = "alice@home.example"
IMPU = "sip:alice@home.example"
DOMAIN = "home.example"
AMF = bytes.fromhex("8000")
SERVICE_ROUTE = "<sip:orig@scscf.home.example;lr>"

Headers = Sequence[tuple[str, str]]


@define
class Network:
    """Answers REGISTER with a challenge and then 200, any other request with 200."""

    qop: str | None = "auth,auth-int"
    opc: bytes = OPC
    sqn: int = 32
    granted: int | None = None
    """Expires of the 200; None grants what is asked."""
    associated: str = f"<{IMPU}>"
    answers: list[tuple[int, Headers] | NoAnswer] = field(factory=list)
    """What to say to the next requests, before anything else."""
    seen: list[Request] = field(factory=list)
    hops: list[Hop] = field(factory=list)
    vectors: dict[str, Vector] = field(factory=dict)
    """By nonce."""
    info: str | None = None
    """Authentication-Info of the 200."""

    async def send(self, request: Request, hop: Hop) -> Response:
        """Be the transport of an engine."""
        self.hops.append(hop)
        return self.respond(request)

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        self.seen.append(request)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, NoAnswer):
                raise answer
            return request.answer(answer[0], headers=answer[1])
        if request.method == "SUBSCRIBE":
            return request.answer(200, headers=_subscribed(request))
        if request.method == "MESSAGE":
            return request.answer(200)
        return self._register(request) if request.method == "REGISTER" else self._publish(request)

    @property
    def functions(self) -> Milenage:
        """The network's half of the subscriber's key."""
        return Milenage(K, self.opc)

    def challenge(self, request: Request) -> Response:
        """Answer 401 with a fresh vector."""
        self.sqn = LAYOUT.after(self.sqn)
        vector = generate(self.functions, self.sqn.to_bytes(16), self.sqn, AMF)
        nonce = str(Nonce(vector.rand, vector.autn))
        self.vectors[nonce] = vector
        return self.challenged_with(request, nonce)

    def challenged_with(self, request: Request, nonce: str) -> Response:
        """Answer 401 with this nonce, which may have been used."""
        qop = f', qop="{self.qop}"' if self.qop else ""
        text = f'Digest realm="{DOMAIN}", nonce="{nonce}", algorithm=AKAv1-MD5, opaque="o"{qop}'
        return request.answer(401, headers=[("WWW-Authenticate", text)])

    def only_challenge(self, request: Request) -> Response:
        """Challenge, whatever is asked."""
        self.seen.append(request)
        return self.challenge(request)

    def _register(self, request: Request) -> Response:
        said = credentials(request)
        if "auts" in said:
            sqn_ms = open_auts(self.functions, self.vectors[said["nonce"]].rand, parse_auts(said["auts"]))
            self.sqn = synchronised(self.sqn, sqn_ms)
            return self.challenge(request)
        if not said["nonce"]:
            return self.challenge(request)
        return self._granted(request) if said["response"] and self.proven(request) else request.answer(403)

    def proven(self, request: Request) -> bool:
        """Whether the response of this request comes from the RES of the vector it names."""
        said = credentials(request)
        password = self.vectors[said["nonce"]].keys.res
        return Digest.read(said).proves(said["response"], password, request.method, request.body)

    def _granted(self, request: Request) -> Response:
        expires = request.expires if self.granted is None or not request.expires else self.granted
        contact = request.headers.get("Contact")
        listed = [("Contact", f"{contact};expires={expires}")] if expires else []
        headers = [("P-Associated-URI", self.associated), ("Service-Route", SERVICE_ROUTE), *listed]
        headers += [] if self.info is None else [("Authentication-Info", self.info)]
        return request.answer(200, headers=headers)

    def _publish(self, request: Request) -> Response:
        headers = [("Expires", str(request.expires)), ("SIP-ETag", f"e{len(self.seen)}")]
        return request.answer(200, headers=headers)


def _subscribed(request: Request) -> Headers:
    """Grant what a SUBSCRIBE asks for; the P-CSCF stays on the way (RFC 3261 16.6)."""
    recorded = [("Record-Route", str(route)) for route in request.routes[:1]]
    return [*recorded, ("Expires", str(request.expires)), ("Contact", "<sip:192.0.2.23>")]


def card(sqn: int = 0) -> Usim:
    """Give the subscriber's card."""
    return Usim.with_opc(K, OPC, sqn)


def credentials(request: Request) -> dict[str, str]:
    """Give the parameters of Authorization."""
    assert request.authorization is not None, "a REGISTER of TS 24.229 always has Authorization"
    return plain(request.authorization)


def plain(given: Credentials) -> dict[str, str]:
    """Parameters without their quotes."""
    return {name: given.get(name) or "" for name in given.params}
