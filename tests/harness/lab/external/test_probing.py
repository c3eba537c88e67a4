"""Whether somebody is there, asked over real sockets."""

from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  sockets need the real one

from harness.errors import EnvironmentFault
from harness.lab.external import probing
from harness.lab.external.probing import Patience, issuer_is_there, sip_is_there
from valkit.ids import SeededIds
from valkit.net.ca import authority_in
from valkit.net.sip import SipEndpoint
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response

reactor: Any = the_reactor
NOBODY = Hop("tcp", "127.0.0.1", 9)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up soon."""
    monkeypatch.setattr(probing, "WITHIN", 0.3)
    monkeypatch.setattr(probing, "EACH", 0.2)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_whoever_answers_options_is_there_whatever_the_answer(transport: str) -> None:
    """A 403 is an answer."""
    asked: list[Request] = []

    def refuse(request: Request, _: Hop) -> Response:
        asked.append(request)
        return request.answer(403)

    server = SipEndpoint(reactor, reactor, SeededIds(1), refuse)
    [hop, *_] = await server.listen([Hop(transport, "127.0.0.1", 0)])
    await sip_is_there(reactor, SeededIds(2), "the server", hop, "options", None)
    await server.close()
    assert [request.method for request in asked] == ["OPTIONS"]


@pytest.mark.parametrize("at", [NOBODY, NOBODY._replace(transport="udp")])
async def test_who_does_not_answer_is_named_with_what_to_do(at: Hop) -> None:
    """Where nobody listens, by TCP and by UDP."""
    why = rf"The server does not answer OPTIONS at {at} \(.*refused.*Is it running"
    with pytest.raises(EnvironmentFault, match=why):
        await sip_is_there(reactor, SeededIds(2), "the server", at, "options", None)


async def test_somebody_over_tls_is_asked_without_a_certificate_of_our_own(tmp_path: Any) -> None:
    """The answer comes by the connection of the question."""
    authority = authority_in(tmp_path)
    server = SipEndpoint(
        reactor, reactor, SeededIds(1), lambda request, _: request.answer(200), tls=authority.server("127.0.0.1")
    )
    [hop] = await server.listen([Hop("tls", "127.0.0.1", 0)])
    await sip_is_there(reactor, SeededIds(2), "the server", hop, "options", authority.trusting())
    await server.close()


async def test_a_name_that_nobody_has_is_told_as_that() -> None:
    """By the resolver of this machine; once, where once is enough."""
    once = Patience(0, "Look at the name.")
    with pytest.raises(EnvironmentFault, match=r"\(there is no way to nobody.invalid: .*Look at the name"):
        await sip_is_there(reactor, SeededIds(2), "it", Hop("udp", "nobody.invalid", 5060), "options", None, once)


async def test_who_listens_and_says_nothing_is_told_apart() -> None:
    """From a place where nobody is."""
    server = SipEndpoint(reactor, reactor, SeededIds(1), lambda *_: None)
    [hop] = await server.listen([Hop("udp", "127.0.0.1", 0)])
    with pytest.raises(EnvironmentFault, match="silence for"):
        await sip_is_there(reactor, SeededIds(2), "the server", hop, "options", None)
    await server.close()


async def test_a_connection_may_do() -> None:
    """For a server that answers no OPTIONS; with `no`, nobody is asked."""
    server = SipEndpoint(reactor, reactor, SeededIds(1), lambda *_: None)
    [hop] = await server.listen([Hop("tcp", "127.0.0.1", 0)])
    await sip_is_there(reactor, SeededIds(2), "the server", hop, "tcp", None)
    await server.close()
    with pytest.raises(EnvironmentFault, match="takes no connection"):
        await sip_is_there(reactor, SeededIds(2), "the server", NOBODY, "tcp", None)
    await sip_is_there(reactor, SeededIds(2), "the server", NOBODY, "no", None)


async def test_an_identity_server_that_is_not_there_is_told(tmp_path: Any) -> None:
    """With the address that was asked."""
    tls = authority_in(tmp_path).trusting()
    with pytest.raises(EnvironmentFault, match=r"identity server does not show https://127\.0\.0\.1:9/\.well-known"):
        await issuer_is_there(reactor, tls, "https://127.0.0.1:9/.well-known/openid-configuration")
