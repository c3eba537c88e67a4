"""What tests of the identity server are made of: a server over TLS on two loopback addresses, and a client for it."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import treq
from argon2 import PasswordHasher
from attrs import define, evolve, field, frozen
from treq.client import HTTPClient
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.interfaces import IReactorTime

from seal.idms.app import IdmsRunning, start
from seal.idms.records import Client, User
from seal.idms.settings import SCOPES, IdmsSettings
from seal.idms.stores.store_memory import MemoryStore
from seal.secrets import digest
from valkit.ids import SystemIds
from valkit.net.clock import ShiftableClock
from valkit.net.https import agent
from valkit.net.tls import Tls
from valkit.tokens.compact import decode, split
from valkit.tokens.strictjson import read_object
from valkit.trace import Note, Trace

reactor: Any = the_reactor

PASSWORD = "correct horse"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What passwords of tests are hashed with: a hash says itself what it cost."""
HASH = CHEAP.hash(PASSWORD)
SECRET = "s3cr3t-of-the-server"
TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of RFC 6238's vectors, in base32."""
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""The verifier of RFC 7636 appendix B."""
RETURN = "http://127.0.0.1/callback"
SIGNED_OUT = "https://app.example/bye?from=val"
APP = Client(
    "app",
    "Dispatch on the phone",
    (RETURN, "com.example.app:/return"),
    scopes=SCOPES,
    post_logout_redirect_uris=(SIGNED_OUT,),
)
SERVER = Client("server", "A server", ("https://rp.example/cb",), "client_secret_basic", digest(SECRET), scopes=SCOPES)
ALICE = User("alice", "sip:alice@home.example", HASH, TOTP, val_service_ids=("dispatch", "telemetry"))
BOB = User("bob", "sip:bob@home.example", HASH, val_service_ids=("dispatch",))
NOBODYS = User("carol", "sip:carol@home.example", HASH)
"""A user without any VAL service."""


def challenge(verifier: str = VERIFIER) -> str:
    """Give the S256 challenge (RFC 7636 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def asking(**changes: str | None) -> dict[str, str]:
    """Give an authorization request as TS 33.434 A.4.2.2 has it; None leaves a parameter out."""
    said = {
        "response_type": "code",
        "client_id": "app",
        "scope": "openid 3gpp:seal:val_service",
        "redirect_uri": RETURN,
        "state": "af0ifjsldkj",
        "nonce": "n-0S6_WzA2Mj",
        "acr_values": "3gpp:acr:password",
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    } | changes
    return {name: value for name, value in said.items() if value is not None}


@frozen
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any = None

    @property
    def redirected(self) -> dict[str, str]:
        """The parameters of the redirect."""
        assert self.status == 302, (self.status, self.text)
        return dict(parse_qsl(urlsplit(self.headers["location"]).query))

    @property
    def form(self) -> dict[str, str]:
        """The hidden fields of the form on the page."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.text)
        return {name: unescape(value) for name, value in found}


@define
class Browser:
    """A client with a jar of cookies."""

    running: IdmsRunning
    cookies: dict[str, str] = field(factory=dict)

    async def send(self, method: str, site: str, path: str, headers: Mapping[str, str], data: bytes | None) -> Answer:
        """Send a request and read its answer whole."""
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        http: Any = HTTPClient(agent(reactor, Tls(self.running.authorities)))
        response = await http.request(
            method,
            f"{self.running.addresses[site]}{path}",
            headers={**headers, **(cookie if self.cookies else {})},
            data=data,
            allow_redirects=False,
        )
        body = await treq.text_content(response)
        heads = {
            name.decode().lower(): b", ".join(values).decode() for name, values in response.headers.getAllRawHeaders()
        }
        for set_cookie in response.headers.getRawHeaders("set-cookie", []):
            name, _, value = set_cookie.partition(";")[0].partition("=")
            if "max-age=0" in set_cookie.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        json = await response.json() if heads.get("content-type") == "application/json" else None
        return Answer(response.code, heads, body, json)

    async def get(self, site: str, path: str, **headers: str) -> Answer:
        """GET a path."""
        return await self.send("GET", site, path, headers, None)

    async def post(self, site: str, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """POST a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.send("POST", site, path, {**kind, **headers}, urlencode(form).encode())

    async def ask(self, **changes: str | None) -> Answer:
        """Send an authorization request."""
        return await self.get("authorization", f"/authorize?{urlencode(asking(**changes))}")

    async def fill_in(self, page: Answer, username: str = "alice", password: str = PASSWORD, **more: str) -> Answer:
        """Fill in the form and send it."""
        form = {**page.form, "username": username, "password": password, **more}
        return await self.post("authorization", "/login", form)

    async def code(self, username: str = "alice", **changes: str | None) -> str:
        """Log in and give the code."""
        answer = await self.ask(**changes)
        if answer.status == 200:
            answer = await self.fill_in(answer, username)
        return answer.redirected["code"]

    async def exchange(self, brought: str, headers: Mapping[str, str] | None = None, **changes: str | None) -> Answer:
        """Bring a code to the token endpoint."""
        said = {
            "grant_type": "authorization_code",
            "code": brought,
            "client_id": "app",
            "redirect_uri": RETURN,
            "code_verifier": VERIFIER,
        } | changes
        form = {name: value for name, value in said.items() if value is not None}
        return await self.post("token", "/token", form, **(headers or {}))

    async def refresh(self, token: str, **changes: str) -> Answer:
        """Bring a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "app"} | changes
        return await self.post("token", "/token", form)

    async def tokens(self, username: str = "alice", **changes: str | None) -> dict[str, Any]:
        """Log in and give the answer with the tokens."""
        answer = await self.exchange(await self.code(username, **changes))
        assert answer.status == 200, answer.text
        return dict(answer.json)


@define
class Home:
    """A server that runs, its clock, and what it has told."""

    running: IdmsRunning
    clock: ShiftableClock
    trace: Trace

    def browser(self) -> Browser:
        """Give a browser that has never been here."""
        return Browser(self.running)

    @property
    def told(self) -> list[str]:
        """What happened, in its own words."""
        return [event.what for event in self.trace.events if isinstance(event, Note)]


def settings(folder: Path, **changes: object) -> IdmsSettings:
    """Give settings with free ports and everything in a folder."""
    return IdmsSettings.model_validate(
        {
            "authorization": {"port": 0},
            "token": {"port": 0},
            "tls": {"authority": str(folder / "ca")},
            "tokens": {"keys": str(folder / "keys")},
            "store": "memory",
        }
        | changes
    )


async def provisioned() -> MemoryStore:
    """Give a store with the clients and users of this module."""
    store = MemoryStore()
    for client in (APP, SERVER):
        await store.add_client(client)
    for user in (ALICE, BOB, NOBODYS):
        await store.add_user(user)
    return store


async def home(folder: Path, **changes: object) -> Home:
    """Start a server with the clients and users of this module."""
    clock = ShiftableClock(reactor)
    trace = Trace()
    shifted: IReactorTime = clock
    running = await start(
        reactor, shifted, settings(folder, **changes), SystemIds(), trace.note, store=await provisioned()
    )
    return Home(running, clock, trace)


async def change_user(at: Home, user_id: str, **changes: Any) -> None:
    """Change a user while the server runs."""
    await at.running.store.change_user(user_id, lambda user: evolve(user, **changes))


def claims(token: str) -> dict[str, Any]:
    """Read the claims of a token without believing them."""
    return read_object(decode(split(token.encode()).payload))
