"""The whole core, from the UE's wire to the application server's, on a network in memory."""

from typing import Any

import pytest
from attrs import define, field
from twisted.internet.error import CannotListenError

from sipcore_stub.app import CoreRunning, start
from sipcore_stub.hss.hss import Flag
from sipcore_stub.settings import CoreSettings
from tests.sipcore_stub.parts import IMPI, IMPU, SERVER_NAME, Phone, publish
from tests.support import Awaited, Network, element, result_of
from tests.vectors.milenage import FULL
from valkit.ids import SeededIds
from valkit.net.sip import SipEndpoint
from valkit.settings import read
from valkit.sip.hop import Hop
from valkit.sip.message import Message, Request, Response, parse
from valkit.trace import Note

SETTINGS = f"""
domain: home.example
third_party: {{after: 50ms}}
subscribers:
  - impi: {IMPI}
    k: {FULL[0].k}
    opc: {FULL[0].opc}
    impus: [{IMPU}]
filter_criteria:
  - method: REGISTER
    server_name: {SERVER_NAME}
    default_handling: DEFAULT
  - method: PUBLISH
    event: poc-settings
    server_name: {SERVER_NAME}
    priority: 1
"""


@define
class Wiretap:
    """Takes down what the core's elements send."""

    sent: list[tuple[Hop, Message]] = field(factory=list)

    def sending(self, message: Message, _: Hop, target: Hop) -> int:
        """Take a message down, and let it go."""
        self.sent.append((target, message))
        return 1

    def received(self, *_: object) -> bool:
        """Let everything arrive."""
        return True


@define
class Lab:
    """A core, a UE's endpoint and an application server."""

    default_handling: str = "SESSION_CONTINUED"
    network: Network = field(factory=Network)
    notes: list[Note] = field(factory=list)
    served: list[Request] = field(factory=list)
    tap: Wiretap = field(factory=Wiretap)
    core: CoreRunning = field(init=False)
    ue: SipEndpoint = field(init=False)
    server: SipEndpoint = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.network.delay = 0.001
        self.ue = element(self.network, "127.0.0.11", lambda request, source: None)
        self.server = element(self.network, "127.0.0.31", self._serve)
        settings = read(CoreSettings, SETTINGS.replace("DEFAULT", self.default_handling), "core.yaml")
        clock, ids = self.network.clock, SeededIds("core")
        self.core = result_of(start(self.network, clock, settings, ids, self.notes.append, self.tap))

    def _serve(self, request: Request, _: Hop) -> Response:
        self.served.append(request)
        return request.answer(200, headers=[("SIP-ETag", "one")])

    def ask(self, request: Request, seconds: float = 1.0) -> Any:
        """Send a request of the UE, let time pass, and give what came of it."""
        answer = Awaited(self.ue.request(request.without("Via"), Hop("udp", "127.0.0.21", 5060)))
        self.network.run(seconds)
        return answer.result

    def registered(self, phone: Phone, expires: int = 600_000, body: bytes = b"") -> Response:
        """Register a phone, or take its registration back."""
        challenge = self.ask(phone.register(expires))
        answer = self.ask(phone.answer(challenge, expires, body))
        assert isinstance(answer, Response)
        return answer

    @property
    def flag(self) -> Flag:
        """The registration flag."""
        return self.core.hss.flag(IMPI)

    def told(self, *whats: str) -> list[str]:
        """Give in order what the core reported, only of these kinds, with the value of a flag."""
        return [note.fields.get("flag", note.what) for note in self.notes if note.what in whats]


def test_a_registration_step_by_step() -> None:
    """Figure 5.X.3.2.2-1: vector and flag, challenge, proof, flag, 200, third-party REGISTER with the token inside."""
    lab = Lab()
    assert lab.registered(Phone(), body=b"the token").status == 200
    assert lab.told("vector issued", "flag", "res verified") == [
        "vector issued",
        "pending",
        "res verified",
        "registered",
    ]
    (register,) = lab.served
    assert (register.method, register.to.uri, register.expires) == ("REGISTER", IMPU, 600_000)
    assert register.from_.uri == register.headers.all("Contact")[0].strip("<>") == "sip:127.0.0.23:5060"
    inner = parse(register.body)
    assert isinstance(inner, Request)
    assert inner.body == b"the token"
    assert inner.headers.all("Path") == ("<sip:term@127.0.0.21:5060;lr>",)


def test_the_200_reaches_the_ue_before_the_server_hears() -> None:
    """Step 8 comes before step 9 on the wire."""
    lab = Lab()
    lab.registered(Phone())
    targets = [target.host for target, _ in lab.tap.sent]
    assert targets[-3:] == ["127.0.0.21", "127.0.0.11", "127.0.0.31"]


def test_the_keys_never_reach_the_ue() -> None:
    """CK and IK go from S-CSCF to P-CSCF; on the way to the UE they are gone."""
    lab = Lab()
    lab.ask(Phone().register())
    challenges = {target.host: message.challenge for target, message in lab.tap.sent if isinstance(message, Response)}
    shown = {host: challenge is not None and challenge.get("ck") is not None for host, challenge in challenges.items()}
    assert shown == {"127.0.0.22": True, "127.0.0.21": True, "127.0.0.11": False}


def test_a_publication_step_by_step() -> None:
    """Figure 5.X.3.2.3-1: PUBLISH through the core with an asserted identity, the server's answer back to the UE."""
    lab = Lab()
    lab.registered(Phone())
    answer = lab.ask(publish())
    assert (answer.status, answer.headers.get("SIP-ETag")) == (200, "one")
    request = lab.served[-1]
    assert (request.method, request.uri, request.body) == ("PUBLISH", "sip:val@home.example", b"settings")
    assert request.headers.all("P-Asserted-Identity") == (f"<{IMPU}>",)


def test_a_wrong_res_leads_to_403_and_no_word_to_any_server() -> None:
    """Step 9 happens only after successful authentication."""
    lab, phone = Lab(), Phone()
    assert lab.ask(phone.wrong(lab.ask(phone.register()))).status == 403
    lab.network.run(10)
    assert (lab.served, lab.flag) == ([], Flag.NOT_REGISTERED)


def test_an_unknown_user_gets_403() -> None:
    """The I-CSCF refuses in the name of the HSS."""
    lab = Lab()
    assert lab.ask(Phone(impi="bob@home.example").register()).status == 403


def test_the_end_of_a_registration_is_told() -> None:
    """De-registration: 200 without contacts, then Expires 0 to the server."""
    lab, phone = Lab(), Phone()
    lab.registered(phone)
    answer = lab.registered(phone, 0)
    assert (answer.status, answer.contacts, lab.flag) == (200, (), Flag.NOT_REGISTERED)
    assert [(request.method, request.expires) for request in lab.served] == [("REGISTER", 600_000), ("REGISTER", 0)]
    assert lab.ask(publish()).status == 403


def test_a_registration_that_runs_out_is_told() -> None:
    """Nobody refreshes: after its time the server hears Expires 0 from us."""
    lab = Lab()
    lab.registered(Phone(), 3600)
    lab.network.run(3600)
    assert lab.flag is Flag.NOT_REGISTERED
    assert [request.expires for request in lab.served] == [3600, 0]


def test_lost_datagrams_change_nothing() -> None:
    """Each datagram is lost the first time; the outcome is the same, and the server hears once."""
    lab = Lab()
    seen: set[bytes] = set()

    def first_time(datagram: Any) -> bool:
        fresh = datagram.data not in seen
        seen.add(datagram.data)
        return fresh

    lab.network.loses = first_time
    phone = Phone()
    challenge = lab.ask(phone.register(), 30)
    assert lab.ask(phone.answer(challenge), 30).status == 200
    lab.network.run(30)
    assert lab.told("vector issued") == ["vector issued"]
    assert [request.expires for request in lab.served] == [600_000]


def test_a_large_register_takes_tcp_all_the_way() -> None:
    """A token makes the REGISTER too long for UDP; every hop changes to TCP, and the server gets all of it."""
    lab = Lab()
    assert lab.registered(Phone(), body=b"t" * 2000).status == 200
    (register,) = lab.served
    assert b"t" * 2000 in register.body
    assert register.via.transport == "TCP"


@pytest.mark.parametrize(
    ("default_handling", "flag"),
    [("SESSION_CONTINUED", Flag.REGISTERED), ("SESSION_TERMINATED", Flag.NOT_REGISTERED)],
)
def test_a_server_that_is_down(default_handling: str, flag: Flag) -> None:
    """The UE is registered without waiting; then the default handling decides whether it stays so."""
    lab = Lab(default_handling)
    result_of(lab.server.close())
    assert lab.registered(Phone()).status == 200
    assert lab.flag is Flag.REGISTERED
    lab.network.run(100)
    assert lab.flag is flag


def test_what_is_sent_to_the_scscf_directly_is_refused() -> None:
    """Past the P-CSCF nobody registers or publishes, whatever identity is asserted."""
    lab = Lab()
    lab.registered(Phone())
    forged = publish(P_Asserted_Identity=f"<{IMPU}>").without("Via")
    answer = Awaited(lab.ue.request(forged, Hop("udp", "127.0.0.23", 5060)))
    lab.network.run(1)
    assert answer.result.status == 403
    assert len(lab.served) == 1


def test_a_strangers_invite_is_answered_once() -> None:
    """At S- and I-CSCF nothing is kept of it, so that its 403 is not sent again and again to whoever its Via names."""
    lab = Lab()
    headers = [
        ("Via", "SIP/2.0/UDP 127.0.0.99:7000;branch=z9hG4bKcall"),
        ("From", "<sip:stranger@home.example>;tag=1"),
        ("To", f"<{IMPU}>"),
        ("Call-ID", "call"),
        ("CSeq", "1 INVITE"),
    ]
    for host in ("127.0.0.22", "127.0.0.23"):
        lab.tap.sent.clear()
        lab.network.carry(("127.0.0.99", 7000), (host, 5060), bytes(Request.create("INVITE", IMPU, headers)))
        lab.network.run(40)
        assert [message.status for _, message in lab.tap.sent if isinstance(message, Response)] == [403]


def test_it_says_where_it_is_reached() -> None:
    """Each element has its address, by name."""
    assert Lab().core.addresses == {
        "pcscf": Hop("udp", "127.0.0.21", 5060),
        "icscf": Hop("udp", "127.0.0.22", 5060),
        "scscf": Hop("udp", "127.0.0.23", 5060),
    }


def test_stopping_leaves_nothing_behind() -> None:
    """No socket and no timer remains, and the addresses can be taken again."""
    lab = Lab()
    lab.registered(Phone())
    stopped = Awaited(lab.core.stop())
    lab.network.run(1)
    assert stopped.result is None
    settings = read(CoreSettings, SETTINGS.replace("DEFAULT", "SESSION_CONTINUED"), "core.yaml")
    again = result_of(start(lab.network, lab.network.clock, settings, SeededIds("again")))
    result_of(again.stop())
    for endpoint in (lab.ue, lab.server):
        result_of(endpoint.close())
    lab.network.run(100)
    assert not lab.network.clock.getDelayedCalls()


def test_an_address_that_is_taken_stops_the_start() -> None:
    """The elements opened before it are closed again."""
    network = Network()
    taken = element(network, "127.0.0.21", lambda request, source: None)
    settings = read(CoreSettings, SETTINGS.replace("DEFAULT", "SESSION_CONTINUED"), "core.yaml")
    with pytest.raises(CannotListenError):
        result_of(start(network, network.clock, settings, SeededIds("core")))
    assert network.at("udp", ("127.0.0.23", 5060)) is None
    assert network.at("udp", ("127.0.0.21", 5060)) is not None
    result_of(taken.close())
