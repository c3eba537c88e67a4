"""Two gateways over sockets: a message from one server to the other, and nobody else's."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs

from harness.plans.bridges import free_port
from tests.valserver.migration.test_messages import MESSAGE
from tests.valserver.migration.test_site import Desk
from valkit.ids import SeededIds
from valkit.net.ca import authority_in
from valkit.net.https import HttpsClient
from valkit.net.web import listen
from valserver.errors import CannotStart
from valserver.gateway.app import start
from valserver.gateway.settings import GatewaySettings
from valserver.migration.asking import NextHop
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Outcome, Result
from valserver.migration.site import MigrationSite

reactor: Any = the_reactor
HOME, AWAY = "127.0.0.82", "127.0.1.82"
SERVER = "127.0.0.33"


def settings(
    folder: Path,
    domain: str = "home",
    own: str = HOME,
    other: tuple[str, str, int] = ("partner", AWAY, 1),
    server: str = "https://127.0.0.33:1",
    **more: Any,
) -> GatewaySettings:
    """Tell a gateway."""
    told = {
        "domain": domain,
        "inner": {"host": own.replace(".82", ".81"), "port": 0},
        "outer": {"host": own, "port": 0},
        "tls": {"authority": str(folder / "ca")},
        "server": {"url": server, "names": ["val.example"]},
        "partners": [{"domain": other[0], "url": f"https://{other[1]}:{other[2]}", "names": [other[1]]}],
        "once": "2s",
        "within": "4s",
        **more,
    }
    return GatewaySettings.model_validate(told)


async def test_a_message_goes_over_both_and_its_answer_back(tmp_path: Path) -> None:
    """From the partner's server to the primary's, which sees its own gateway and no one else."""
    authority, desk, port = authority_in(tmp_path / "ca"), Desk(), free_port(HOME)
    tls = evolve(authority.server(SERVER), verify_clients=True)
    server = await listen(reactor, MigrationSite(desk.take).app, SERVER, 0, tls=tls)
    outer = {"outer": {"host": HOME, "port": port}}
    home = await start(
        reactor, reactor, settings(tmp_path, "home", HOME, ("partner", AWAY, 1), server.url, **outer), SeededIds(1)
    )
    told = settings(tmp_path, "partner", AWAY, ("home", HOME, port), "https://127.0.1.33:1")
    away = await start(reactor, reactor, told, SeededIds(1))
    client = HttpsClient(reactor, authority.server("val.example"))
    stranger = HttpsClient(reactor, authority.server("ue.example"))
    inner = str(away.addresses["inner"])
    assert await NextHop(client, inner)(MESSAGE) == Outcome(Result.MIGRATED)
    with pytest.raises(Unavailable, match="403"):
        await NextHop(stranger, inner)(MESSAGE)
    with pytest.raises(Unavailable, match="403"):
        await NextHop(client, str(home.addresses["outer"]))(MESSAGE)
    await home.stop()
    with pytest.raises(Unavailable, match="504"):
        await NextHop(client, inner)(MESSAGE)
    await away.stop()
    await server.close()
    assert desk.heard == [(MESSAGE, frozenset({"127.0.0.81", HOME}))]


async def test_what_does_not_allow_a_start_is_told(tmp_path: Path) -> None:
    """A taken address, certificates that are none."""
    running = await start(reactor, reactor, settings(tmp_path), SeededIds(1))
    taken = int(str(running.addresses["outer"]).rpartition(":")[2])
    told = settings(tmp_path, outer={"host": HOME, "port": taken})
    with pytest.raises(CannotStart, match="choose other addresses"):
        await start(reactor, reactor, told, SeededIds(1))
    await running.stop()
    absent = {"certificate": str(tmp_path / "absent"), "key": str(tmp_path / "absent")}
    told = settings(tmp_path, tls=absent)
    with pytest.raises(CannotStart, match="tls"):
        await start(reactor, reactor, told, SeededIds(1))
