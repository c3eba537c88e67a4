"""A proxy put together from its settings, over sockets."""

from pathlib import Path
from typing import Any

import pytest

from seal.errors import CannotStart
from seal.proxy.app import start
from seal.proxy.settings import ProxySettings
from tests.seal.proxy.scene import AUTHORITY, BEHIND, HOST, Backend, reactor
from valkit.ids import SeededIds
from valkit.net.ca import authority_in
from valkit.net.https import HttpsClient, HttpsError
from valkit.net.tls import Tls
from valkit.net.web import listen
from valkit.trace import Note


def settings(folder: Path, to: str = f"https://{BEHIND}:1", **more: Any) -> ProxySettings:
    """Give settings with an authority in this folder."""
    servers = [{"hosts": ["skms.home.example"], "to": to}]
    told = {"host": HOST, "port": 0, "tls": {"authority": str(folder / "ca")}, "servers": servers, **more}
    return ProxySettings.model_validate(told)


async def test_a_client_asks_by_way_of_the_proxy(tmp_path: Path) -> None:
    """With the client that all programs use; the proxy shows its certificate to the server."""
    shown = authority_in(tmp_path / "ca").server(BEHIND)
    behind = await listen(
        reactor, Backend().app, BEHIND, 0, tls=Tls(shown.authorities, shown.certificate, shown.key, True)
    )
    notes = list[Note]()
    running = await start(reactor, reactor, settings(tmp_path, behind.url), SeededIds(1), observe=notes.append)
    client = HttpsClient(reactor, Tls(shown.authorities), proxy=str(running.addresses["proxy"]))
    answer = await client.request("PUT", "https://skms.home.example/echo", b"abc")
    assert (answer.status, [note.what for note in notes]) == (200, ["request passed on"])
    refused = await client.get("https://evil.example/")
    assert refused.status == 421
    await running.stop()
    await behind.close()


@pytest.mark.parametrize(("wanted", "shown", "served"), [("required", False, False), ("required", True, True)])
async def test_who_is_to_show_a_certificate_is_not_served_without(
    tmp_path: Path, wanted: str, shown: bool, served: bool
) -> None:
    """The tunnel with mutual certificates (TS 24.547 A.2.1)."""
    running = await start(reactor, reactor, settings(tmp_path, client_certificates=wanted), SeededIds(1))
    authority = authority_in(tmp_path / "ca")
    tls = authority.server("ue.home.example") if shown else authority.trusting()
    client = HttpsClient(reactor, tls, proxy=str(running.addresses["proxy"]))
    try:
        status = (await client.get("https://evil.example/")).status
    except HttpsError:
        status = 0
    await running.stop()
    assert (status == 421) is served


async def test_what_does_not_allow_a_start_is_told(tmp_path: Path) -> None:
    """A taken address, certificates that are none, a partner's authorities that are none."""
    running = await start(reactor, reactor, settings(tmp_path), SeededIds(1))
    port = int(str(running.addresses["proxy"]).rpartition(":")[2])
    with pytest.raises(CannotStart, match="choose another address"):
        await start(reactor, reactor, settings(tmp_path, port=port), SeededIds(1))
    await running.stop()
    absent = {"domain": "p", "hosts": ["p"], "to": "https://p", "authorities": str(tmp_path / "absent.pem")}
    with pytest.raises(CannotStart, match=r"partners\.authorities"):
        await start(reactor, reactor, settings(tmp_path, partners=[absent]), SeededIds(1))
    broken = {"certificate": str(tmp_path / "absent.pem"), "key": str(tmp_path / "absent.pem")}
    with pytest.raises(CannotStart, match="tls"):
        await start(reactor, reactor, settings(tmp_path, tls=broken), SeededIds(1))


async def test_a_partner_is_verified_by_its_own_authorities(tmp_path: Path) -> None:
    """And by nobody else's."""
    behind = await listen(reactor, Backend().app, BEHIND, 0, tls=AUTHORITY.server(BEHIND))
    (tmp_path / "partner.pem").write_bytes(AUTHORITY.pem)
    partner = {"domain": "p", "hosts": ["*.partner.example"], "to": behind.url}
    statuses = []
    for more in ({"authorities": str(tmp_path / "partner.pem")}, {}):
        running = await start(reactor, reactor, settings(tmp_path, partners=[{**partner, **more}]), SeededIds(1))
        client = HttpsClient(reactor, authority_in(tmp_path / "ca").trusting(), proxy=str(running.addresses["proxy"]))
        statuses.append((await client.get("https://cms.partner.example/echo")).status)
        await running.stop()
    await behind.close()
    assert statuses == [200, 502]
