"""Configuration and group management servers over TLS on sockets, their clients, and tokens for them."""

from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import treq
from attrs import field, frozen
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.task import Clock

from seal.cms import app as cms
from seal.cms.settings import CmsSettings
from seal.gms import app as gms
from seal.gms.settings import GmsSettings
from seal.management.app import ManagementRunning
from valkit.ids import SeededIds
from valkit.net.ca import authority_in
from valkit.net.https import HttpsAnswer, HttpsClient
from valkit.net.tls import Tls
from valkit.tokens import Grant, SigningKey, jwks, mint
from valkit.trace import Note

reactor: Any = the_reactor
ISSUER = "https://idms.home.example"
NOW = 1_795_000_000.0
KEY = SigningKey.generate("ES256")
SCOPES = "openid 3gpp:seal:config_management_service 3gpp:seal:group_management_service"
HOSTS = {"cms": "127.0.0.51", "gms": "127.0.0.61"}


class Time(Clock):
    """A clock that stands at a fixed time until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.rightNow = NOW


def token(user: str = "alice", *services: str, key: SigningKey = KEY, scope: str = SCOPES, **claims: object) -> str:
    """Mint a token for a user of these VAL services, `ptt` if none is named."""
    said = Grant(ISSUER, "seal", user, services or ("ptt",), "j1", NOW, 3_600.0, extra={"scope": scope, **claims})
    return mint(key, said)


@frozen
class Scene:
    """A running server, somebody to ask it, and what it noted."""

    running: ManagementRunning
    clock: Time
    notes: list[Note]
    url: str
    _https: HttpsClient
    operator_token: str = field(repr=False)

    async def asks(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        who: str | None = "alice",
        headers: Mapping[str, str] | None = None,
        bearer: str | None = None,
    ) -> HttpsAnswer:
        """Ask; `who` is a user with a token that holds, None for nobody."""
        brought = bearer or (None if who is None else token(who))
        proof = {} if brought is None else {"Authorization": f"Bearer {brought}"}
        return await self._https.request(method, self.url + path, body or None, {**proof, **(headers or {})})

    async def puts(self, path: str, body: Any, media_type: str, who: str = "alice", **conditions: str) -> HttpsAnswer:
        """Put a document."""
        given = {name.replace("_", "-"): value for name, value in conditions.items()}
        return await self.asks("PUT", path, bytes(body), who=who, headers={"Content-Type": media_type, **given})

    async def close(self) -> None:
        """End it."""
        await self.running.stop()


class Start(Protocol):
    """Starts a scene."""

    def __call__(self, **settings: Any) -> Awaitable[Scene]:
        """Start a server with these settings on top."""


def trusting(folder: Path) -> Tls:
    """Give what trusts the servers of this folder."""
    return authority_in(folder / "ca").trusting()


async def serve(kind: str, folder: Path, **more: Any) -> Scene:
    """Start a server of a kind in a folder."""
    keys = folder / "jwks.json"
    keys.write_text(jwks(KEY))
    told = {
        "listen": {"host": HOSTS[kind], "port": 0},
        "tls": {"authority": str(folder / "ca")},
        "access": {"tokens": {"issuer": ISSUER, "keys": str(keys), "audience": "seal"}, **more.pop("access", {})},
        "store": "memory",
        "admin": {
            "port": 0,
            "requesters": [{"name": "operator", "token_file": str(folder / "operator.token"), "operator": True}],
        },
        **more,
    }
    clock, notes, ids = Time(), list[Note](), SeededIds(kind)
    if kind == "cms":
        running = await cms.start(reactor, clock, CmsSettings.model_validate(told), ids, observe=notes.append)
    else:
        running = await gms.start(reactor, clock, GmsSettings.model_validate(told), ids, observe=notes.append)
    https = HttpsClient(reactor, trusting(folder))
    operator = (folder / "operator.token").read_text().strip() if told["admin"] else ""
    return Scene(running, clock, notes, str(running.addresses[kind]), https, operator)


async def operates(scene: Scene, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Ask at the admin address, as the operator; plain HTTP on this host."""
    proof = {"Authorization": f"Bearer {scene.operator_token}"}
    given = {**proof, **{name.replace("_", "-"): value for name, value in headers.items()}}
    url = f"{scene.running.addresses['admin']}{path}"
    answer: Any = await cast(Any, treq).request(method, url, data=body, headers=given, persistent=False)
    return answer.code, await answer.content()
