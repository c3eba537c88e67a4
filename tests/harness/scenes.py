"""Messages and notes of a made-up registration, for tests of what reads traces."""

from itertools import pairwise

from harness.seen.cast import HSS, ICSCF, IDMS, PCSCF, SCSCF, VALSERVER, Cast
from valkit.carriers import val_info
from valkit.sip import Hop, Request, Response
from valkit.sip.message import Message
from valkit.tokens import Grant, SigningKey, mint
from valkit.trace import Event, Fate, Http, Note
from valkit.trace import Message as Sent

HOSTS = {
    "alice": "127.0.0.11",
    PCSCF: "127.0.0.21",
    ICSCF: "127.0.0.22",
    SCSCF: "127.0.0.23",
    VALSERVER: "127.0.0.31",
    IDMS: "127.0.0.3",
}
CAST = Cast({host: name for name, host in HOSTS.items()}, {"alice"})

ALICE = "sip:alice@home.example"
TOKEN = mint(
    SigningKey.generate(),
    Grant("https://idms.home.example", "val-server", "alice", ("dispatch",), "token-1", 1_800_000_000.0),
)


PROOF = "0" * 32


def request(method: str = "REGISTER", cseq: int = 1, *, token: str = "", res: bool = False, **headers: str) -> Request:
    """Make a request of alice's."""
    fields = [
        ("Via", f"SIP/2.0/UDP 127.0.0.11:5060;branch=z9hG4bK{method}{cseq}"),
        ("From", f"<{ALICE}>;tag=a"),
        ("To", f"<{ALICE}>"),
        ("Call-ID", headers.pop("call_id", "one")),
        ("CSeq", f"{cseq} {method}"),
        (
            "Authorization",
            f'Digest username="alice@home.example", {"algorithm=AKAv1-MD5, " * res}response="{PROOF * res}"',
        ),
        *((name.replace("_", "-"), value) for name, value in headers.items()),
    ]
    content_type, body = val_info(token, "phone") if token else (None, b"")
    return Request.create(method, "sip:home.example", fields, body, content_type)


def challenge(to: Request) -> Response:
    """Make the 401 with an AKA challenge."""
    value = 'Digest realm="home.example", nonce="bm9uY2U=", algorithm=AKAv1-MD5'
    return to.answer(401, headers=[("WWW-Authenticate", value)])


def sent(source: str, target: str, message: Message, at: float = 0.0, fate: Fate = "delivered") -> Sent:
    """Send a message from one element to another."""
    return Sent(at, Hop("udp", HOSTS[source], 5060), Hop("udp", HOSTS[target], 5060), message, fate)


def noted(who: str, what: str, at: float = 0.0, **fields: str) -> Note:
    """Note something."""
    return Note(at, who, what, fields)


def passed_on(message: Message, *elements: str, at: float = 0.0) -> list[Event]:
    """Send a message along a row of elements."""
    return [sent(one, other, message, at) for one, other in pairwise(elements)]


def registration(token: str = TOKEN) -> list[Event]:
    """Tell a whole registration with a token, as in figure 5.X.3.2.2-1."""
    first, second = request(), request(cseq=2, token=token, res=True)
    third = request(cseq=1, token=token, call_id="other")
    return [
        *passed_on(first, "alice", PCSCF, ICSCF, SCSCF),
        noted(HSS, "vector issued"),
        noted(HSS, "flag", flag="pending"),
        *passed_on(challenge(first), SCSCF, ICSCF, PCSCF, "alice"),
        noted("alice", "autn verified"),
        *passed_on(second, "alice", PCSCF, ICSCF, SCSCF),
        noted(SCSCF, "res verified"),
        noted(HSS, "flag", flag="registered"),
        *passed_on(second.answer(200), SCSCF, ICSCF, PCSCF, "alice"),
        *passed_on(third, SCSCF, VALSERVER),
        noted(VALSERVER, "bound", val_user_id="alice", val_service_ids="dispatch video"),
        *passed_on(third.answer(200), VALSERVER, SCSCF),
    ]


HTTP_ENDS = (Hop("tls", "127.0.0.1", 40_443), Hop("tls", "127.0.0.3", 30_443))


def asked(method: str, path: str, **fields: str) -> Http:
    """Have alice ask the identity server."""
    return Http(0.0, "alice", IDMS, HTTP_ENDS, method, path, None, fields)


def replied(to: Http, status: int, **fields: str) -> Http:
    """Have it answer."""
    return Http(0.0, to.target, to.source, (to.ends[1], to.ends[0]), to.method, to.path, status, fields)


def log_in() -> list[Event]:
    """Tell a whole log-in, as in figure 5.X.2.3.2-1."""
    first = asked("GET", "/authorize", response_type="code", client_id="phone", scope="openid")
    second = asked("POST", "/login", username="alice", password="(hidden)")
    third = asked("POST", "/token", grant_type="authorization_code", code="(hidden)")
    return [
        noted("alice", "tls established", peer=IDMS),
        first,
        replied(first, 200, form="username, password"),
        second,
        noted(IDMS, "logged in", user="alice"),
        replied(second, 302, code="(hidden)"),
        third,
        replied(third, 200, id_token="alice in dispatch", access_token="alice in dispatch"),
    ]
