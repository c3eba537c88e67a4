"""A whole server on real sockets: started, asked over UDP and HTTP, stopped, started again."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import treq
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.web.client import Agent, ResponseFailed

from tests.seal.idms.parts import home
from tests.valserver.parts import ALICE, AUDIENCE, ISSUER, KEY
from tests.valserver.parts import register as built
from valkit.carriers import val_info
from valkit.ids import SeededIds, SystemIds
from valkit.net.ca import Authority
from valkit.net.certificates import TlsSettings
from valkit.net.clock import ShiftableClock
from valkit.net.sip import SipEndpoint
from valkit.sip import Hop, NoAnswer, Request, Response
from valkit.tokens import Grant, jwks, mint
from valkit.trace import Note, Trace
from valserver.app import ServerRunning, start
from valserver.errors import CannotStart
from valserver.service_settings import TokenSettings
from valserver.settings import ServerSettings

reactor: Any = the_reactor


@pytest.fixture
def settings(tmp_path: Path) -> ServerSettings:
    """Give settings for a server on free ports, with its files in a folder of its own."""
    (tmp_path / "keys.json").write_text(jwks(KEY))
    return ServerSettings.model_validate(
        {
            "tokens": {"issuer": ISSUER, "keys": str(tmp_path / "keys.json")},
            "listen": ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"],
            "bindings": {"path": str(tmp_path / "bindings.sqlite")},
            "admin": {"port": 0},
        }
    )


def register(cseq: int = 1, expires: int = 3_600) -> Request:
    """Build a third-party REGISTER with a token that holds now."""
    token = mint(KEY, Grant(ISSUER, AUDIENCE, "alice", ("dispatch",), "j1", reactor.seconds()))
    content_type, body = val_info(token, "phone")
    return built(cseq=cseq, expires=expires).without("Via").with_body(body, content_type)


async def ask(running: ServerRunning, request: Request, listener: str = "sip 1") -> Response:
    """Send a request from an endpoint of its own."""
    endpoint = SipEndpoint(reactor, reactor, SystemIds(), lambda _request, _source: None)
    await endpoint.listen([Hop("udp", "127.0.0.1", 0)])
    try:
        return await endpoint.request(request, Hop.parse(str(running.addresses[listener])))
    finally:
        await endpoint.close()


async def test_a_server_is_reached_over_tls(settings: ServerSettings, tmp_path: Path) -> None:
    """By whoever trusts its authority, and by nobody else."""
    tls = TlsSettings(authority=tmp_path / "ca")
    secure = settings.model_copy(update={"listen": (Hop("tls", "127.0.0.1", 0),), "tls": tls})
    running = await start(reactor, reactor, secure, SeededIds(1))
    where = Hop.parse(str(running.addresses["sip 1"]))
    statuses = []
    for trusted in (tls.client(), Authority.create().trusting()):
        endpoint = SipEndpoint(reactor, reactor, SystemIds(), lambda _request, _source: None, tls=trusted)
        try:
            statuses.append((await endpoint.request(register(), where)).status)
        except NoAnswer as error:
            assert error.cause == "transport"  # noqa: PT017 - one of the two is to end so
        await endpoint.close()
    await running.stop()
    assert statuses == [200]


async def test_certificates_that_cannot_be_used_are_told(settings: ServerSettings, tmp_path: Path) -> None:
    """Before anything listens."""
    tls = TlsSettings(certificate=tmp_path / "none.pem", key=tmp_path / "none-key.pem")
    secure = settings.model_copy(update={"listen": (Hop("tls", "127.0.0.1", 0),), "tls": tls})
    with pytest.raises(CannotStart, match=r"The certificates \(tls\) cannot be used: .*none.pem"):
        await start(reactor, reactor, secure, SeededIds(1))


async def test_a_server_binds_and_remembers(settings: ServerSettings) -> None:
    """Over UDP and TCP; what was answered 200 is there after a restart, and told to whoever observes."""
    trace = Trace()
    running = await start(reactor, reactor, settings, SeededIds(1), observe=trace.note)
    assert (await ask(running, register())).status == 200
    assert (await ask(running, register(2), "sip 2")).status == 200
    await running.stop()
    assert [event.what for event in trace.events if isinstance(event, Note)] == ["bound"]
    again = await start(reactor, reactor, settings, SeededIds(2))
    assert [(binding.impu, binding.val_user_id) for binding in again.bindings] == [(ALICE, "alice")]
    await again.stop()


async def test_a_stranger_s_request_is_not_kept(settings: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered each time it comes, by an endpoint that holds nothing of it."""
    made: list[SipEndpoint] = []

    def making(*arguments: Any, **more: Any) -> SipEndpoint:
        made.append(SipEndpoint(*arguments, **more))
        return made[-1]

    monkeypatch.setattr("valserver.app.SipEndpoint", making)
    nobody = settings.model_copy(update={"trusted_peers": (ip_network("192.0.2.0/24"),)})
    running = await start(reactor, reactor, nobody, SeededIds(1))
    assert [(await ask(running, register())).status, made[0].transactions] == [403, 0]
    await running.stop()


async def test_time_ends_a_registration(settings: ServerSettings) -> None:
    """By the clock that was handed in, not by the reactor's."""
    clock = ShiftableClock(reactor)
    running = await start(reactor, clock, settings, SeededIds(1))
    assert (await ask(running, register(expires=600))).status == 200
    clock.advance(599)
    assert len(running.bindings) == 1
    clock.advance(2)
    assert not running.bindings
    await running.stop()


async def test_the_admin_address_answers_and_streams(settings: ServerSettings) -> None:
    """A stream that is open ends with the server."""
    running = await start(reactor, reactor, settings, SeededIds(1))
    agent: Any = Agent(reactor)
    ready = await treq.get(f"{running.addresses['admin']}/ready", agent=agent)
    assert (await ready.json())["ready"]
    stream = await treq.get(f"{running.addresses['admin']}/events", agent=agent)
    received: list[bytes] = []
    ended = treq.collect(stream, received.append)
    await ask(running, register())
    await running.stop()
    with pytest.raises(ResponseFailed):
        await ended
    assert b"event: bound" in b"".join(received)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Twisted leaves it to the collector
async def test_a_taken_address_is_told_with_what_to_do(settings: ServerSettings) -> None:
    """And everything that was opened is closed again."""
    first = await start(reactor, reactor, settings, SeededIds(1))
    listen = (Hop.parse(str(first.addresses["sip 1"])),)
    bindings = settings.bindings.model_copy(update={"store": "memory"})
    with pytest.raises(CannotStart, match="choose other addresses"):
        await start(
            reactor, reactor, settings.model_copy(update={"listen": listen, "bindings": bindings}), SeededIds(2)
        )
    await first.stop()


async def test_a_second_server_on_the_same_file_does_not_start(settings: ServerSettings) -> None:
    """Two would overwrite each other."""
    first = await start(reactor, reactor, settings, SeededIds(1))
    with pytest.raises(CannotStart, match="in use by another server"):
        await start(reactor, reactor, settings, SeededIds(2))
    await first.stop()


async def test_keys_come_from_an_identity_server_and_stay_when_it_goes(
    settings: ServerSettings, tmp_path: Path
) -> None:
    """By discovery over TLS; before it is there, only requests without a token are served, and readiness says so."""
    at = await home(tmp_path)
    issuer = str(at.running.addresses["token"])
    (tmp_path / "authority.pem").write_bytes(at.running.authorities)
    told = {
        "issuer": issuer,
        "discovery_url": f"{issuer}/.well-known/openid-configuration",
        "authorities": str(tmp_path / "authority.pem"),
    }
    running = await start(
        reactor, at.clock, settings.model_copy(update={"tokens": TokenSettings.model_validate(told)}), SeededIds(1)
    )
    access_token = (await at.browser().tokens())["access_token"]
    first = await ask(running, built(access_token).without("Via"))
    await at.running.stop()
    again = await ask(running, built(access_token, cseq=2).without("Via"))
    assert (first.status, again.status) == (200, 200)
    assert [binding.val_user_id for binding in running.bindings] == ["sip:alice@home.example"]
    at.clock.advance(600)
    await reloaded(running, 409)
    assert (await ask(running, built(access_token, cseq=3, expires=0).without("Via"))).status == 200
    await running.stop()


async def reloaded(running: ServerRunning, status: int) -> None:
    """Have the keys fetched now, and see how that ends."""
    response = await treq.post(f"{running.addresses['admin']}/keys/reload", agent=Agent(reactor))
    assert response.code == status, await response.text()
    await response.content()
