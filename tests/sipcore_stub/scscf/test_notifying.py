import pytest
from attrs import define, evolve, field
from twisted.internet.task import Clock
from twisted.logger import capturedLogs

from sipcore_stub.hss.hss import Key
from sipcore_stub.hss.ifc import Criterion, DefaultHandling, MethodIs, RegistrationType, Trigger, TriggerPoint
from sipcore_stub.scscf.notifying import Manner, Notifying, is_failure
from sipcore_stub.scscf.third_party import STANDARD, CallId, Happening, Identities, Shape
from tests.sipcore_stub.parts import IMPU, SCSCF, SERVER, SERVER_NAME, WORK, Phone, Wire, begun, subscriber
from valkit.ids import SeededIds
from valkit.sip.hop import Hop

NEW = Happening(RegistrationType.INITIAL, IMPU, 3600, Phone().register())
GONE = evolve(NEW, kind=RegistrationType.GONE, expires=0)
CONTINUED = Criterion(SERVER_NAME)
TERMINATED = Criterion(SERVER_NAME, default_handling=DefaultHandling.SESSION_TERMINATED)
OTHER = Criterion("sip:127.0.0.32:5060;transport=tcp", priority=1)
INITIAL_ONLY = Criterion(
    SERVER_NAME, TriggerPoint((Trigger(MethodIs("REGISTER", frozenset({RegistrationType.INITIAL}))),))
)


@define
class Desk:
    """Third-party registration, and the servers that the test plays."""

    clock: Clock = field(factory=Clock)
    wire: Wire = field(factory=lambda: Wire((SCSCF,)))
    ended: list[Key] = field(factory=list)
    shape: Shape = STANDARD
    manner: Manner | None = None
    notifying: Notifying = field(init=False)

    def __attrs_post_init__(self) -> None:
        manner = self.manner or Manner(0.5, self.shape)
        self.notifying = Notifying(self.wire, SeededIds("desk"), self.clock, manner, self.ended.append)

    def tell(self, happening: Happening, *criteria: Criterion) -> None:
        """Tell the servers of these criteria, and let the wait before it pass."""
        self.notifying.tell(subscriber(*criteria), happening)
        self.clock.advance(0.5)


@pytest.fixture
def desk() -> Desk:
    """Give a desk that has told nobody."""
    return Desk()


def test_a_server_hears_after_the_200_has_left(desk: Desk) -> None:
    """Step 9 comes after step 8: nothing is sent before the wait is over."""
    desk.notifying.tell(subscriber(CONTINUED), NEW)
    desk.clock.advance(0.4)
    assert not desk.wire.sent
    desk.clock.advance(0.1)
    sent = desk.wire.take()
    assert (sent.to, sent.request.uri, sent.request.expires) == (SERVER, SERVER_NAME, 3600)


def test_each_server_hears_by_its_own_transport(desk: Desk) -> None:
    """All whose criteria match, none waiting for another."""
    desk.tell(NEW, OTHER, CONTINUED)
    assert [sent.to for sent in desk.wire.sent] == [SERVER, Hop("tcp", "127.0.0.32", 5060)]


def test_a_criterion_may_want_some_kinds_only(desk: Desk) -> None:
    """One that asks for initial registrations does not hear of the end."""
    desk.tell(GONE, INITIAL_ONLY)
    assert not desk.wire.sent


def test_a_server_hears_in_order(desk: Desk) -> None:
    """The end of a registration waits until its beginning has been answered, however often that is repeated."""
    desk.tell(NEW, CONTINUED)
    desk.tell(GONE, CONTINUED)
    beginning = desk.wire.take()
    assert beginning.request.expires == 3600
    beginning.answered(200)
    assert desk.wire.take().request.expires == 0


def test_a_silent_server_holds_up_no_other(desk: Desk) -> None:
    """Order is kept for each server by itself."""
    desk.tell(NEW, CONTINUED, OTHER)
    desk.wire.sent.pop().answered(200)
    desk.tell(GONE, CONTINUED, OTHER)
    assert [sent.request.expires for sent in desk.wire.sent] == [3600, 0]


@pytest.mark.parametrize("status", [200, 302, 403, 404, 423, 480])
def test_an_answer_ends_nothing(desk: Desk, status: int) -> None:
    """A server that refuses has not failed (TS 24.229 5.4.1.7)."""
    desk.tell(NEW, TERMINATED)
    desk.wire.take().answered(status)
    assert desk.ended == []


@pytest.mark.parametrize("status", [408, 500, 503])
def test_a_failure_ends_the_registration_if_so_configured(desk: Desk, status: int) -> None:
    """SESSION_TERMINATED: 408 and 5xx end it. SESSION_CONTINUED: nothing does."""
    desk.tell(NEW, CONTINUED)
    desk.wire.take().answered(status)
    assert desk.ended == []
    desk.tell(NEW, TERMINATED)
    desk.wire.take().answered(status)
    assert desk.ended == [subscriber().key]


def test_silence_is_told_long_before_it_is_a_failure(desk: Desk) -> None:
    """Whoever forgot to start the server sees it after a second; of one that has answered nothing is said."""
    with capturedLogs() as said:
        desk.tell(NEW, CONTINUED)
        desk.wire.take().answered(200)
        desk.clock.advance(5)
        assert not any("does not answer yet" in str(event["log_format"]) for event in said)
        desk.tell(GONE, CONTINUED)
        desk.clock.advance(1)
    assert [event["server"] for event in said if "does not answer yet" in str(event["log_format"])] == [SERVER_NAME]


def test_silence_is_a_failure(desk: Desk) -> None:
    """No answer at all counts as 408 does."""
    desk.tell(NEW, TERMINATED)
    desk.wire.take().given_up()
    assert desk.ended == [subscriber().key]


def test_the_failure_of_an_end_ends_nothing(desk: Desk) -> None:
    """A de-registration that a server does not take never leads to another one."""
    desk.tell(GONE, TERMINATED)
    desk.wire.take().given_up()
    assert desk.ended == []


def test_once_closed_nobody_is_told(desk: Desk) -> None:
    """Neither what was about to be told, nor what an unanswered message would lead to."""
    desk.tell(NEW, TERMINATED)
    desk.notifying.tell(subscriber(OTHER), NEW)
    desk.notifying.close()
    assert not desk.clock.getDelayedCalls()
    desk.wire.take().given_up()
    desk.clock.advance(1)
    assert (desk.wire.sent, desk.ended) == ([], [])


def test_one_call_for_a_registration_from_beginning_to_end() -> None:
    """Where a core keeps Call-ID and tag, CSeq counts, and the next registration begins anew."""
    desk = Desk(shape=Shape(call_id=CallId.KEPT))
    requests = []
    for happening in (NEW, NEW, GONE, NEW):
        desk.tell(happening, CONTINUED)
        requests.append(desk.wire.sent[0].request)
        desk.wire.take().answered(200)
    assert [request.cseq.number for request in requests] == [1, 2, 3, 1]
    assert len({(request.call_id, request.from_.tag) for request in requests[:3]}) == 1
    assert requests[3].call_id != requests[0].call_id


def test_each_time_another_call() -> None:
    """As a rule a third-party REGISTER has a Call-ID of its own, and CSeq 1 for ever."""
    desk = Desk()
    desk.tell(NEW, CONTINUED, OTHER)
    calls = [(sent.request.call_id, sent.request.cseq.number) for sent in desk.wire.sent]
    assert len(set(calls)) == 2
    assert {number for _, number in calls} == {1}


def test_some_cores_tell_of_each_identity() -> None:
    """One REGISTER for each of the set that may be told; one that is barred is not."""
    desk = Desk(shape=Shape(identities=Identities.EACH))
    desk.tell(NEW, CONTINUED)
    assert [sent.request.to.uri for sent in desk.wire.sent] == [IMPU, WORK]


def test_what_counts_as_failure() -> None:
    """408 and everything from 500 up."""
    assert [status for status in (200, 403, 407, 408, 409, 499, 500, 599, 603) if is_failure(status)] == [
        408,
        500,
        599,
        603,
    ]


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_server_is_told_so_often(times: int) -> None:
    """Never and twice are a core's mistakes; each REGISTER has a Call-ID of its own, one after the other."""
    desk = Desk(manner=Manner(0.5, times=times))
    desk.tell(NEW, CONTINUED)
    heard = []
    for _ in range(times):
        sent = desk.wire.take()
        heard.append(sent.request.call_id)
        sent.answered(200)
    assert (len(set(heard)), desk.wire.sent) == (times, [])


def test_servers_may_be_told_before_the_200() -> None:
    """At once, and whoever waits for it goes on when all have answered."""
    desk = Desk(manner=Manner(before=True))
    desk.notifying.tell(subscriber(CONTINUED, OTHER), NEW)
    settled = begun(desk.notifying.settled())
    for sent in desk.wire.sent:
        assert not settled.called
        sent.answered(200)
    assert settled.called
    assert begun(desk.notifying.settled()).called
