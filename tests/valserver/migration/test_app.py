"""A VAL server with migration, over sockets: who is heard on its side for the gateway."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs

from tests.valserver.migration.test_messages import MESSAGE
from valkit.ids import SeededIds
from valkit.net.ca import authority_in
from valkit.net.https import HttpsClient
from valkit.tokens import SigningKey, jwks
from valserver.app import start
from valserver.errors import CannotStart
from valserver.migration.asking import NextHop
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Outcome, Result
from valserver.settings import ServerSettings

reactor: Any = the_reactor


def settings(folder: Path, **more: Any) -> ServerSettings:
    """Tell a server."""
    (folder / "jwks.json").write_text(jwks(SigningKey.generate()))
    return ServerSettings.model_validate(
        {
            "tokens": {"issuer": "https://idms", "keys": str(folder / "jwks.json")},
            "listen": ["udp:127.0.0.31:0"],
            "tls": {"authority": str(folder / "ca")},
            "bindings": {"store": "memory"},
            "admin": {"port": 0},
            "migration": {
                "domain": "home",
                "gateway": "https://127.0.0.81:1",
                "gateway_names": ["gateway.home"],
                "host": "127.0.0.33",
                "port": 0,
                "path": str(folder / "migrations.sqlite"),
                "partners": [{"domain": "partner", "users": ["*"]}],
                **more,
            },
        }
    )


async def test_the_gateway_is_heard_and_nobody_else(tmp_path: Path) -> None:
    """And what it was told is there after a restart."""
    running = await start(reactor, reactor, settings(tmp_path), SeededIds(1))
    authority, url = authority_in(tmp_path / "ca"), str(running.addresses["migration"])
    with pytest.raises(Unavailable, match="403"):
        await NextHop(HttpsClient(reactor, authority.server("ue.home")), url)(MESSAGE)
    hop = NextHop(HttpsClient(reactor, authority.server("gateway.home")), url)
    assert await hop(MESSAGE) == Outcome(Result.MIGRATED)
    await running.stop()
    told = settings(tmp_path, partners=[{"domain": "partner"}])  # nobody may go any more, but who is gone is gone
    again = await start(reactor, reactor, told, SeededIds(1))
    hop = NextHop(HttpsClient(reactor, authority.server("gateway.home")), str(again.addresses["migration"]))
    assert await hop(MESSAGE) == Outcome(Result.MIGRATED)
    await again.stop()


async def test_a_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """With the setting."""
    (tmp_path / "migrations.sqlite").write_text("no database at all, but long enough to be looked at")
    with pytest.raises(CannotStart, match=r"migration\.path"):
        await start(reactor, reactor, settings(tmp_path), SeededIds(1))
