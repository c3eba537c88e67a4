import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from sipcore_stub.contacts import Binding, Policy
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.ere import Ere
from sipcore_stub.hss.hss import Hss, Identity
from sipcore_stub.hss.ifc import (
    CaseIs,
    Criterion,
    DefaultHandling,
    HeaderIs,
    MethodIs,
    SessionCase,
    Trigger,
    TriggerPoint,
)
from sipcore_stub.hss.services import Service, Services
from sipcore_stub.scscf.registering import Registering, Rules
from sipcore_stub.scscf.registrations import Registrations
from sipcore_stub.scscf.scscf import Scscf, for_contact, loose
from sipcore_stub.scscf.watching import Pace, Watching
from tests.sipcore_stub.parts import (
    IMPU,
    PCSCF,
    SCSCF,
    SERVER,
    SERVER_NAME,
    WORK,
    Notes,
    Phone,
    Wire,
    begun,
    publish,
    result_of,
    subscriber,
)
from tests.sipcore_stub.scscf import test_watchers as watchers
from valkit.ids import SeededIds
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response

POC = TriggerPoint((Trigger(MethodIs("PUBLISH")), Trigger(HeaderIs("Event", Ere("^poc-settings")))))
FIRST = Criterion(SERVER_NAME, POC)
SECOND = Criterion("sip:127.0.0.32:5060", POC, priority=1)
STRICT = Criterion(SERVER_NAME, POC, default_handling=DefaultHandling.SESSION_TERMINATED)


@define
class Node:
    """An S-CSCF at which Alice may register, and the servers that the test plays."""

    criteria: tuple[Criterion, ...]
    wire: Wire = field(factory=lambda: Wire((SCSCF,)))
    hss: Hss = field(init=False)
    role: Scscf = field(init=False)

    def __attrs_post_init__(self) -> None:
        hss = self.hss = Hss([subscriber(*self.criteria)], SeededIds("node"), Notes())
        rules = Rules("home.example", "<sip:orig@127.0.0.23:5060;lr>", Policy())
        registrations = Registrations(hss, Clock(), lambda _, __: None)
        registering = Registering(hss, rules, Clock(), Notes(), registrations)
        watching = Watching(self.wire, hss, registrations, SeededIds("node"), Clock(), [PCSCF.host], Pace(Policy()))
        self.role = Scscf(self.wire, hss, registering, registrations, watching, [PCSCF.host])

    def serve(self, request: Request, source: Hop = PCSCF) -> Deferred[Response]:
        """Have a request served."""
        return begun(self.role.serve(request, source))

    def refusal(self, request: Request, source: Hop = PCSCF) -> Cause:
        """Say why a request is refused."""
        return refusal(self.serve(request, source))


def refusal(answer: Deferred[Response]) -> Cause:
    """Say why there is a refusal in place of an answer."""
    with pytest.raises(Refused) as refused:
        result_of(answer)
    return refused.value.cause


def with_alice(*criteria: Criterion) -> Node:
    """Give a node at which Alice is registered."""
    node, phone = Node(criteria), Phone()
    challenge = result_of(node.serve(phone.register()))
    assert result_of(node.serve(phone.answer(challenge))).status == 200
    return node


def message(**changes: str | None) -> Request:
    """Write a MESSAGE of Alice's to another of her identities, as it comes from the P-CSCF."""
    asserted = {"P_Asserted_Identity": f"<{IMPU}>", "CSeq": "1 MESSAGE", "Event": None, "Expires": None}
    sent = publish(**(asserted | changes))
    return Request.create("MESSAGE", WORK, list(sent.headers.items()), sent.body)


PUBLISH = publish(P_Asserted_Identity=f"<{IMPU}>", Route="<sip:orig@127.0.0.23:5060;lr>")


def test_a_publish_reaches_the_server_of_its_criterion() -> None:
    """It is routed there, keeps Request-URI and body, and the answer goes back (figure 5.X.3.2.3-1)."""
    node = with_alice(FIRST)
    answer = node.serve(PUBLISH)
    sent = node.wire.take()
    assert sent.to == SERVER
    assert sent.request.headers.all("Route") == (f"<{SERVER_NAME};lr>",)
    assert (sent.request.uri, sent.request.body) == (PUBLISH.uri, PUBLISH.body)
    assert sent.request.headers.all("P-Asserted-Identity") == (f"<{IMPU}>",)
    sent.answered(200, ("SIP-ETag", "one"))
    assert result_of(answer).headers.get("SIP-ETag") == "one"


@pytest.mark.parametrize("status", [200, 403, 412, 489])
def test_an_answer_of_the_server_is_the_answer(status: int) -> None:
    """A refusal is the server's word; no other server is asked."""
    node = with_alice(FIRST, SECOND)
    answer = node.serve(PUBLISH)
    node.wire.take().answered(status)
    assert result_of(answer).status == status


def test_the_next_server_is_asked_when_one_fails() -> None:
    """SESSION_CONTINUED: the request goes on as if the first server were not there."""
    node = with_alice(FIRST, SECOND)
    answer = node.serve(PUBLISH)
    node.wire.take().given_up()
    sent = node.wire.take()
    assert sent.to == Hop("udp", "127.0.0.32", 5060)
    sent.answered(200)
    assert result_of(answer).status == 200


def test_no_other_server_is_asked_if_the_session_ends() -> None:
    """SESSION_TERMINATED: the failure is the answer."""
    node = with_alice(STRICT, SECOND)
    answer = node.serve(PUBLISH)
    node.wire.take().answered(500)
    assert result_of(answer).status == 500
    silent = node.serve(PUBLISH)
    node.wire.take().given_up()
    assert refusal(silent) is Cause.NEXT_HOP_SILENT


def test_the_last_failure_is_the_answer() -> None:
    """With no server left, the UE hears what became of its request."""
    node = with_alice(FIRST)
    answer = node.serve(PUBLISH)
    node.wire.take().given_up()
    assert refusal(answer) is Cause.NEXT_HOP_SILENT


def test_without_a_matching_criterion_there_is_no_way() -> None:
    """Another event, or another method, is for no server here."""
    node = with_alice(FIRST)
    assert node.refusal(PUBLISH.with_header("Event", "presence")) is Cause.NO_ROUTE
    assert not node.wire.sent


def test_only_the_core_is_believed() -> None:
    """Whoever sends here past the P-CSCF is refused, REGISTER and PUBLISH alike."""
    node = with_alice(FIRST)
    stranger = Hop("udp", "127.0.0.66", 5060)
    for request in (PUBLISH, Phone().register()):
        assert node.refusal(request, stranger) is Cause.NOT_TRUSTED
    assert not node.wire.sent


def test_an_unregistered_user_is_not_served() -> None:
    """The S-CSCF knows best who is registered."""
    assert Node((FIRST,)).refusal(PUBLISH) is Cause.NOT_REGISTERED


def test_nobody_is_served_without_an_asserted_identity() -> None:
    """From is only what a UE says of itself."""
    assert with_alice(FIRST).refusal(PUBLISH.without("P-Asserted-Identity")) is Cause.NOT_REGISTERED


def test_every_identity_of_the_set_is_served() -> None:
    """Registering one IMPU has registered the others of its set."""
    node = with_alice(FIRST)
    node.serve(PUBLISH.with_header("P-Asserted-Identity", f"<{WORK}>"))
    assert node.wire.take().to == SERVER


def test_a_loop_ends_here() -> None:
    """A server that sends a request back to us gets 482."""
    node = with_alice(FIRST)
    own = "SIP/2.0/UDP 127.0.0.23:5060;branch=z9hG4bKbefore"
    assert node.refusal(PUBLISH.adding("Via", own)) is Cause.LOOP


@pytest.mark.parametrize(
    ("uri", "marked"),
    [
        ("sip:127.0.0.31:5060", "sip:127.0.0.31:5060;lr"),
        ("sip:127.0.0.31;transport=tcp", "sip:127.0.0.31;transport=tcp;lr"),
        ("sip:127.0.0.31;lr", "sip:127.0.0.31;lr"),
    ],
)
def test_a_route_is_that_of_a_loose_router(uri: str, marked: str) -> None:
    """Without lr the Request-URI would be rewritten (RFC 3261 16.12)."""
    assert loose(uri) == marked


def test_a_register_may_be_answered_late() -> None:
    """When what comes first by mistake has come to its end; a refusal waits for nothing."""
    node, first = Node((FIRST,)), Deferred[None]()

    async def before() -> None:
        await first

    node.role._before_answer = before
    answer = node.serve(Phone().register())
    assert not answer.called
    first.callback(None)
    assert result_of(answer).status == 401
    assert node.refusal(Phone(impi="bob@home.example").register()) is Cause.UNKNOWN_USER


def test_a_subscription_to_a_registration_is_for_the_notifier() -> None:
    """Whoever sends it: it says itself whom it trusts; other packages go by filter criteria."""
    node = Node((FIRST,))
    assert node.refusal(watchers.subscribe(), Hop("udp", "192.0.2.66", 5060)) is Cause.NOT_TRUSTED
    assert result_of(node.serve(watchers.subscribe())).status == 200


def test_a_request_for_a_service_goes_to_its_server() -> None:
    """Where no filter criterion leads; a criterion that does comes first, and what is nobody's is 404."""
    node = with_alice()
    node.role._services = Services.of([Service("sip:val!.*!@home.example", "sip:127.0.0.41:5060")])
    answer = node.serve(PUBLISH)
    sent = node.wire.take()
    assert (sent.to, sent.request.uri) == (Hop("udp", "127.0.0.41", 5060), "sip:val@home.example")
    sent.answered(200)
    assert result_of(answer).status == 200
    assert node.refusal(PUBLISH.with_uri("sip:other@home.example")) is Cause.NO_ROUTE


def test_an_instant_message_reaches_the_contact_of_its_user() -> None:
    """Telling as whom the UE is called (TS 24.229 5.4.3.3)."""
    node = with_alice(FIRST)
    answer = node.serve(message())
    sent = node.wire.take()
    assert sent.request.uri == "sip:alice@127.0.0.11:5060"
    assert sent.request.headers.get("P-Called-Party-ID") == f"<{WORK}>"
    assert sent.request.headers.get("P-Asserted-Identity") == f"<{IMPU}>"
    sent.answered(200)
    assert result_of(answer).status == 200


def test_it_goes_by_the_way_that_the_register_brought() -> None:
    """Its Path (RFC 3327 5.4)."""
    path = ("<sip:term@127.0.0.21:5060;lr>", "<sip:edge.home.example;lr>")
    sent = for_contact(message(), Binding(NameAddr.parse("<sip:alice@127.0.0.11>"), path, "c", 1, 60.0))
    assert (sent.headers.all("Route"), sent.uri) == (path, "sip:alice@127.0.0.11")


def test_who_calls_stays_private_if_they_wish_so() -> None:
    """RFC 3325 7: only towards the UE."""
    node = with_alice(FIRST)
    node.serve(message(Privacy="header; ID"))
    assert "P-Asserted-Identity" not in node.wire.take().request.headers


def test_an_instant_message_to_a_contact_that_fails_is_told_as_that() -> None:
    """There is no other contact to try."""
    node = with_alice(FIRST)
    answer = node.serve(message())
    node.wire.take().given_up()
    assert refusal(answer) is Cause.NEXT_HOP_SILENT


def test_whom_nobody_has_is_not_found_and_who_is_away_is_unavailable() -> None:
    """TS 24.229 5.3.2.1: 404 and 480."""
    node = with_alice(FIRST)
    bob = evolve(subscriber(), impi="bob@home.example", identities=(Identity("sip:bob@home.example"),))
    barred = evolve(bob, impi="eve@home.example", identities=(Identity("sip:eve@home.example", barred=True),))
    node.hss._owners |= {"sip:bob@home.example": bob, "sip:eve@home.example": barred}
    assert node.refusal(message().with_uri("sip:nobody@home.example")) is Cause.NO_ROUTE
    assert node.refusal(message().with_uri("sip:eve@home.example")) is Cause.NO_ROUTE
    assert node.refusal(message().with_uri("sip:bob@home.example")) is Cause.AWAY
    assert not node.wire.sent


def test_a_server_of_the_users_criteria_takes_an_instant_message() -> None:
    """Of the one who sends it, and then of the one it is for; one that fails leaves it to the next hop."""
    taken = Criterion(SERVER_NAME, TriggerPoint((Trigger(CaseIs(SessionCase.TERMINATING_REGISTERED)),)))
    node = with_alice(taken)
    answer = node.serve(message())
    sent = node.wire.take()
    assert (sent.to, sent.request.uri) == (SERVER, WORK)
    sent.answered(202)
    assert result_of(answer).status == 202
    answer = node.serve(message())
    node.wire.take().given_up()
    node.wire.take().answered(200)
    assert result_of(answer).status == 200
