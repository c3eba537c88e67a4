"""What any engine does, over sockets: one set of tests, which each SIP stack has to pass on each of its transports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from attrs import define, field, frozen
from twisted.internet import reactor as the_reactor  # noqa: TID251  a SIP stack in another process needs the real one

from tests.ue_sim.network import IMPU, SERVICE_ROUTE, Network, credentials
from tests.ue_sim.pjsua.presence import require_pjsua2
from tests.ue_sim.test_settings import settings
from ue_sim import conduct
from ue_sim.app import start
from ue_sim.engine import Body
from ue_sim.ue import UE
from valkit.carriers import find_tokens
from valkit.ids import SeededIds
from valkit.net.sip import SipEndpoint
from valkit.net.tls import Tls
from valkit.sip.headers import STAR
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.sip.uri import SipUri

reactor: Any = the_reactor
DUTY = "sip:alice.duty@home.example"


@frozen
class Kind:
    """A SIP stack and a transport."""

    engine: str
    transport: str
    folder: Path
    authority: trustme.CA = field(factory=trustme.CA, repr=False)


@define
class Home:
    """A phone that is on, and the network it is in."""

    ue: UE
    network: Network
    core: SipEndpoint

    @property
    def registers(self) -> list[Request]:
        """Every REGISTER so far."""
        return [request for request in self.network.seen if request.method == "REGISTER"]


@pytest.fixture(params=["native-udp", "native-tcp", "native-tls", "pjsua2-udp", "pjsua2-tcp", "pjsua2-tls"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    """Give each stack with each transport that it has."""
    engine, _, transport = request.param.partition("-")
    if engine == "pjsua2":
        require_pjsua2()
    return Kind(engine, transport, tmp_path)


@asynccontextmanager
async def home(kind: Kind, more: str = "", network: Network | None = None, sqn: int = 0) -> AsyncIterator[Home]:
    """Be a network on a socket, and switch on a phone in it that holds one token."""
    network = network or Network()
    core = SipEndpoint(reactor, reactor, SeededIds(2), lambda request, _: network.respond(request), tls=_tls(kind))
    wanted = [Hop(kind.transport, "127.0.0.1", 0)]
    (hop, *_) = await core.listen(wanted if kind.transport != "udp" else [*wanted, Hop("tcp", "127.0.0.1", 0)])
    told = (
        f"  sqn: '{sqn:x}'\ncore: {hop}\nengine: {kind.engine}\ntls: {{authorities: {kind.folder / 'ca.pem'}}}\n{more}"
    )
    phone = await start(reactor, reactor, settings(told), SeededIds(1))
    phone.ue.wallet.put("token-1")
    try:
        yield Home(phone.ue, network, core)
    finally:
        await phone.stop()
        await core.close()


def _tls(kind: Kind) -> Tls:
    """Give the network a certificate that the phone trusts."""
    kind.authority.cert_pem.write_to_path(kind.folder / "ca.pem")
    shown = kind.authority.issue_cert("127.0.0.1")
    chain = b"".join(each.bytes() for each in shown.cert_chain_pems)
    return Tls(kind.authority.cert_pem.bytes(), chain, shown.private_key_pem.bytes())


async def test_a_challenge_is_answered_in_the_same_call(kind: Kind) -> None:
    """Call-ID of the 401, the next CSeq, and a RES that the network has computed too (TS 24.229 5.1.1.5.1)."""
    async with home(kind) as at:
        assert str(await at.ue.register()) == "200 OK"
        first, second = at.registers
        assert (credentials(first)["nonce"], credentials(first)["response"]) == ("", "")
        assert first.call_id == second.call_id
        assert second.cseq.number == first.cseq.number + 1
        assert at.network.proven(second)
        assert at.ue.registered is not None


async def test_the_token_goes_with_the_proof_and_not_before(kind: Kind) -> None:
    """As a body of the second REGISTER, byte for byte, so that auth-int covers it."""
    async with home(kind) as at:
        assert (await at.ue.register(token=True)).ok
        first, second = at.registers
        assert first.body == b""
        carried = find_tokens(second)
        assert carried is not None
        assert carried.token == "token-1"
        assert credentials(second)["qop"] == "auth-int"


async def test_a_token_may_stand_beside_the_proof(kind: Kind) -> None:
    """A second Authorization, of the scheme Bearer, in each REGISTER."""
    async with home(kind, "register_headers: {Authorization: Bearer token-1}\n") as at:
        assert (await at.ue.register()).ok
        schemes = [[text.split()[0] for text in each.headers.all("Authorization")] for each in at.registers]
        assert schemes == [["Digest", "Bearer"], ["Digest", "Bearer"]]


async def test_one_call_id_serves_from_the_first_to_the_last(kind: Kind) -> None:
    """Register, renew, leave and register again: CSeq counts on, a nonce is counted as long as it lasts."""
    async with home(kind) as at:
        for verb in (at.ue.register, at.ue.reregister, at.ue.deregister, at.ue.register):
            assert (await verb()).ok
        assert len({each.call_id for each in at.registers}) == 1
        numbers = [each.cseq.number for each in at.registers]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert [credentials(each)["nc"] for each in at.registers[1:4]] == ["00000001", "00000002", "00000003"]
        assert [each.expires for each in at.registers] == [600_000] * 3 + [0] + [600_000] * 2


async def test_what_was_asked_last_is_asked_again(kind: Kind) -> None:
    """Expires is there each time, also where it is what was granted before."""
    async with home(kind, network=Network(granted=60)) as at:
        for _ in range(2):
            answer = await at.ue.register(expires=60)
            assert (answer.status, answer.expires) == (200, 60)
        assert [each.expires for each in at.registers] == [60, 60, 60]


async def test_too_brief_an_interval_is_asked_for_longer(kind: Kind) -> None:
    """423: once more, for as long as Min-Expires says, with everything that was in it (RFC 3261 10.2.8)."""
    async with home(kind) as at:
        at.network.answers = [(423, [("Min-Expires", "900")])]
        assert (await at.ue.register(expires=60, token=True)).ok
        assert [each.expires for each in at.registers] == [60, 900, 900]
        assert all(each.authorization for each in at.registers)
        assert find_tokens(at.registers[-1]) is not None


async def test_a_card_ahead_of_the_network_is_synchronised(kind: Kind) -> None:
    """AUTS brings a second challenge, in the same call."""
    async with home(kind, sqn=9600) as at:
        assert (await at.ue.register()).ok
        assert ["auts" in credentials(each) for each in at.registers] == [False, True, False]
        assert len({each.call_id for each in at.registers}) == 1


async def test_a_phone_leaves_for_all_of_its_users_phones(kind: Kind) -> None:
    """Contact is a star, and Expires 0."""
    async with home(kind) as at:
        await at.ue.register()
        assert (await at.ue.deregister(everywhere=True)).ok
        assert (at.registers[-1].headers.get("Contact"), at.registers[-1].expires) == ("*", 0)
        assert at.ue.registered is None


async def test_each_identity_has_a_registration_of_its_own(kind: Kind) -> None:
    """Two Call-IDs; and the phone publishes as the one registered last."""
    async with home(kind) as at:
        at.network.associated = f"<{IMPU}>, <{DUTY}>"
        for impu in (IMPU, DUTY):
            assert (await at.ue.register(impu=impu)).ok
        assert len({each.call_id for each in at.registers}) == 2
        assert (await at.ue.publish()).ok
        assert at.network.seen[-1].from_.uri == DUTY
        assert at.network.seen[-1].headers.get("P-Preferred-Identity") == f"<{DUTY}>"


async def test_publications_take_the_route_of_the_registration(kind: Kind) -> None:
    """P-CSCF, then Service-Route; token and settings in one body; each names the entity tag before it."""
    async with home(kind) as at:
        await at.ue.register()
        for verb in (at.ue.publish, at.ue.publish, at.ue.refresh, at.ue.log_off):
            assert (await verb()).ok
        published = at.network.seen[2:]
        assert [str(each.routes[1]) for each in published] == [SERVICE_ROUTE] * 4
        assert [bool(each.headers.get("SIP-If-Match")) for each in published] == [False, True, True, True]
        assert [find_tokens(each) is not None for each in published] == [True, True, False, False]
        assert published[0].content_type is not None
        assert published[0].content_type.name == "multipart/mixed"
        assert b"<answer-mode>automatic</answer-mode>" in published[0].body
        assert [each.expires for each in published] == [(1 << 32) - 1] * 3 + [0]


async def test_an_instant_message_takes_the_route_of_the_registration(kind: Kind) -> None:
    """RFC 3428 4: to another user, in the name of one's own identity, and without a Contact."""
    async with home(kind) as at:
        await at.ue.register()
        assert (await at.ue.message(to="sip:bob@home.example", body=Body("text/plain", b"Hello, Bob"))).ok
        sent = at.network.seen[-1]
        assert (sent.method, sent.uri, sent.body) == ("MESSAGE", "sip:bob@home.example", b"Hello, Bob")
        assert (sent.from_.uri, sent.to.uri, str(sent.content_type)) == (IMPU, "sip:bob@home.example", "text/plain")
        assert str(sent.routes[1]) == SERVICE_ROUTE
        assert sent.headers.get("P-Preferred-Identity") == f"<{IMPU}>"
        assert "Contact" not in sent.headers


@pytest.mark.parametrize("engine", ["native", "pjsua2"])
async def test_an_instant_message_to_the_phone_is_answered(engine: str, tmp_path: Path) -> None:
    """RFC 3428 7: 200 without a Contact, whatever is in it."""
    if engine == "pjsua2":
        require_pjsua2()
    async with home(Kind(engine, "udp", tmp_path)) as at:
        await at.ue.register()
        contacts = at.registers[-1].contacts
        assert contacts is not STAR
        address = contacts[0].address
        assert isinstance(address, SipUri)
        headers = [("From", "<sip:bob@home.example>;tag=b"), ("To", f"<{IMPU}>"), ("Call-ID", "m")]
        headers += [("CSeq", "1 MESSAGE"), ("Max-Forwards", "70")]
        sent = Request.create("MESSAGE", contacts[0].uri, headers, b"\x01\x02", "application/vnd.3gpp.sms")
        answer = await at.core.request(sent, address.hop())
        assert answer.status == 200
        assert "Contact" not in answer.headers


async def test_a_registration_is_watched_over_its_route(kind: Kind) -> None:
    """SUBSCRIBE to the reg event package, again, and for no longer (TS 24.229 5.1.1.3)."""
    async with home(kind) as at:
        await at.ue.register()
        for expires in (600, 900, 0):
            answer = await at.ue.subscribe(expires=expires)
            assert (answer.status, answer.expires) == (200, expires)
        asked = [each for each in at.network.seen if each.method == "SUBSCRIBE"]
        assert [(each.headers.get("Event"), each.expires) for each in asked] == [("reg", 600), ("reg", 900), ("reg", 0)]
        assert str(asked[0].routes[1]) == SERVICE_ROUTE
        assert len({each.call_id for each in asked}) == 1


async def test_a_phone_may_answer_wrongly(kind: Kind) -> None:
    """A RES that no K gives, and no response at all, are refused by the network."""
    async with home(kind) as at:
        assert (await at.ue.register(conduct=conduct.wrong_res())).status == 403
        assert (await at.ue.register(conduct=conduct.no_response())).status == 403
        assert (await at.ue.register()).ok


async def test_headers_that_no_stack_writes_may_be_changed(kind: Kind) -> None:
    """Put in, put in place of what the phone would say, and left out."""
    changed = conduct.both(conduct.header("P-Asserted-Identity", "<sip:bob@home.example>"), conduct.header("Event"))
    async with home(kind) as at:
        await at.ue.register(conduct=conduct.header("Supported", "gruu"))
        await at.ue.publish(conduct=changed)
        assert at.network.seen[0].headers.get("Supported") == "gruu"
        published = at.network.seen[-1]
        assert [each.uri for each in published.p_asserted_identities] == ["sip:bob@home.example"]
        assert published.headers.get("Event") is None


@pytest.mark.parametrize("kind", ["native-tcp", "native-tls", "pjsua2-tcp", "pjsua2-tls"], indirect=True)
async def test_where_nobody_is_nothing_comes(kind: Kind) -> None:
    """A broken transport is told as 503, and that nothing was received (RFC 3261 8.1.3.1)."""
    async with home(kind) as at:
        at.ue.engine._proxy = at.ue.engine._proxy._replace(port=9)  # type: ignore[attr-defined]  # every engine's
        answer = await at.ue.register()
        assert (answer.status, answer.received) == (503, False)
