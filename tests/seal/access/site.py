"""A SEAL server that says who asked, behind a guard, over TLS on a socket."""

from pathlib import Path
from typing import Any, cast

from attrs import evolve, frozen
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.iweb import IRequest

from seal.access import AccessRefused, AccessSettings, Guard, answer_refusal
from valkit.net.ca import Authority
from valkit.net.web import WebPort, json_answer, listen
from valkit.tokens import Grant, SigningKey, jwks, mint
from valkit.trace import Note

reactor: Any = the_reactor
AUTHORITY = Authority.create()
HOST = "127.0.0.8"
ISSUER = "https://idms.home.example"
SCOPE = "3gpp:seal:key_management_service"
NOW = 1_795_000_000.0
KEY = SigningKey.generate("ES256")


def token(key: SigningKey = KEY, audience: str = "seal", scope: str = f"openid {SCOPE}", **claims: object) -> str:
    """Mint a token that holds unless the claims say otherwise."""
    said = Grant(ISSUER, audience, "alice", ("dispatch",), "j1", NOW, 3_600.0, extra={"scope": scope, **claims})
    return mint(key, said)


class Mirror:
    """Says who asked."""

    app = Klein()

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    @app.route("/who")
    async def who(self, request: Request) -> bytes:
        """Say it."""
        asker = await self.guard.asker(request)
        said = {"user": asker.val_user_id, "asserted": asker.asserted, "keys": asker.claims.get("SKeyProv")}
        return json_answer(request, said)

    @app.handle_errors(AccessRefused)
    def refused(self, request: IRequest, failure: Failure) -> bytes:
        """Refuse."""
        return answer_refusal(cast(Request, request), cast(AccessRefused, failure.value))


@frozen
class Scene:
    """A running server and what it noted."""

    port: WebPort
    guard: Guard
    notes: list[Note]

    @property
    def url(self) -> str:
        """Where to ask."""
        return f"{self.port.url}/who"

    async def close(self) -> None:
        """End it."""
        self.guard.stop()
        await self.port.close()


def settings(folder: Path, **more: object) -> AccessSettings:
    """Give settings that believe tokens signed with our key."""
    keys = folder / "jwks.json"
    keys.write_text(jwks(KEY))
    tokens = {"issuer": ISSUER, "keys": str(keys), "audience": "seal"}
    return AccessSettings.model_validate({"tokens": tokens, **more})


async def serve(told: AccessSettings) -> Scene:
    """Start one."""
    clock, notes = Clock(), list[Note]()
    clock.advance(NOW)
    guard = Guard.of(told, reactor, clock, who="skms", scope=SCOPE, observe=notes.append)
    tls = evolve(AUTHORITY.server(HOST), ask_clients=guard.asks_certificates)
    guard.start()
    return Scene(await listen(reactor, Mirror(guard).app, HOST, 0, tls=tls), guard, notes)
