import pytest
from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from sipcore_stub.contacts import Policy
from sipcore_stub.ere import Ere
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss import Hss
from sipcore_stub.ifc import Criterion, DefaultHandling, HeaderIs, MethodIs, Trigger, TriggerPoint
from sipcore_stub.registering import Registering, Rules
from sipcore_stub.registrations import Registrations
from sipcore_stub.scscf import Scscf, loose
from sipcore_stub.services import Service, Services
from sipcore_stub.watching import Pace, Watching
from tests.sipcore_stub import test_watchers as watchers
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
from valkit.ids import SeededIds
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
    role: Scscf = field(init=False)

    def __attrs_post_init__(self) -> None:
        hss = Hss([subscriber(*self.criteria)], SeededIds("node"), Notes())
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
