"""The notifier with a clock and an endpoint that the test plays."""

import pytest
from attrs import define, evolve, field
from twisted.internet.task import Clock

from sipcore_stub.contacts import Policy
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Hss
from sipcore_stub.hss.ifc import Criterion
from sipcore_stub.refusing import refusal
from sipcore_stub.scscf.changes import Change, Contact, Ending, Event
from sipcore_stub.scscf.registrations import Registrations
from sipcore_stub.scscf.watchers import Watcher
from sipcore_stub.scscf.watching import MOST_WATCHERS, Pace, Watching
from tests.sipcore_stub.parts import IMPU, PCSCF, SCSCF, SERVER, SERVER_NAME, Notes, Sent, Wire, subscriber
from tests.sipcore_stub.scscf.test_watchers import BINDING, REGISTRATION, subscribe
from valkit.ids import SeededIds
from valkit.reginfo import RegInfo, read
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.subscription import SubscriptionState

KEY = REGISTRATION.key


@define
class Bureau:
    """A notifier, and the registration of Alice that stands until 3600."""

    servers: bool = True
    clock: Clock = field(factory=Clock)
    wire: Wire = field(factory=lambda: Wire((SCSCF,)))
    registrations: Registrations = field(init=False)
    watching: Watching = field(init=False)

    def __attrs_post_init__(self) -> None:
        hss = Hss([subscriber(Criterion(SERVER_NAME))], SeededIds("bureau"), Notes())
        self.registrations = Registrations(hss, self.clock, lambda _, __: None, self._hear)
        pace, trusted = Pace(Policy(60, 600_000, 600_000), servers=self.servers), [PCSCF.host]
        self.watching = Watching(self.wire, hss, self.registrations, SeededIds(1), self.clock, trusted, pace)
        self.registrations.keep(REGISTRATION)

    def _hear(self, change: Change) -> None:
        self.watching.changed(change)

    def take(self, request: Request, source: Hop = PCSCF) -> Response:
        """Have a SUBSCRIBE answered."""
        return self.watching.subscribe(request, source)

    def watched(self, request: Request | None = None, source: Hop = PCSCF) -> Response:
        """Let somebody begin to watch and take the first document."""
        response = self.take(request or subscribe(), source)
        self.clock.advance(0.005)
        self.wire.take().answered(200)
        return response

    def told(self) -> Sent:
        """Give the one NOTIFY that is under way."""
        return self.wire.take()


def told(sent: Sent) -> tuple[RegInfo, SubscriptionState]:
    """Read what a NOTIFY tells."""
    return read(sent.request.body), SubscriptionState.parse(sent.request.headers.get("Subscription-State") or "")


@pytest.mark.parametrize(
    ("header", "value", "status", "said"),
    [
        ("Require", "recipient-list-subscribe", 420, ("Unsupported", "recipient-list-subscribe")),
        ("Accept", "application/pidf+xml", 406, ("Accept", "application/reginfo+xml")),
        ("Accept", "", 406, ("Accept", "application/reginfo+xml")),
    ],
)
def test_what_cannot_be_done_as_asked_is_refused(header: str, value: str, status: int, said: tuple[str, str]) -> None:
    """An extension that is not known here, or a document that is not written here; and nobody watches then."""
    bureau = Bureau()
    with pytest.raises(Refused) as refused:
        bureau.take(subscribe(**{header: value}))
    answer = refusal(subscribe(), refused.value)
    assert (answer.status, answer.headers.get(said[0])) == (status, said[1])
    bureau.clock.advance(60)
    assert not bureau.wire.sent


@pytest.mark.parametrize("accept", ["text/plain, Application/RegInfo+XML;q=0.5", "application/*", "*/*"])
def test_any_way_to_say_that_the_document_is_taken_will_do(accept: str) -> None:
    """In whatever letters, by range, and among others (RFC 3261 20.1)."""
    assert Bureau().take(subscribe(Accept=accept)).status == 200


def again(response: Response, expires: int, cseq: int = 2) -> Request:
    """Write a SUBSCRIBE in the dialog."""
    return subscribe(To=str(response.to), CSeq=f"{cseq} SUBSCRIBE", Expires=str(expires))


@pytest.fixture
def bureau() -> Bureau:
    """Give a notifier that nobody watches at."""
    return Bureau()


def test_a_subscription_is_answered_and_told_the_whole_state(bureau: Bureau) -> None:
    """200 with Expires, Contact and the recorded route; then a NOTIFY over that route, version 0."""
    response = bureau.take(subscribe())
    assert (response.status, response.expires, response.to.tag is not None) == (200, 3600, True)
    assert response.headers.all("Record-Route") == ("<sip:127.0.0.21:5060;lr>",)
    assert not bureau.wire.sent
    bureau.clock.advance(0.005)
    sent = bureau.told()
    document, state = told(sent)
    assert (sent.to, sent.request.uri) == (PCSCF, "sip:alice@127.0.0.11:5060")
    assert (document.version, document.full, document.registrations[0].aor) == (0, True, IMPU)
    assert (state.state, state.expires, sent.request.headers.get("Event")) == ("active", 3600, "reg")


def test_a_change_is_told_as_such(bureau: Bureau) -> None:
    """The next document is partial, with the next version."""
    bureau.watched()
    bureau.clock.advance(5)
    bureau.registrations.shorten(KEY, 60)
    bureau.clock.advance(0.005)
    document, _ = told(bureau.told())
    assert (document.version, document.full) == (1, False)
    assert document.registrations[0].contacts[0].event == "shortened"


def test_changes_that_come_fast_are_told_together(bureau: Bureau) -> None:
    """Not before five seconds after the document before, and the last word on each contact (RFC 3680 4.10)."""
    bureau.watched()
    bureau.registrations.shorten(KEY, 900)
    bureau.registrations.shorten(KEY, 600)
    bureau.clock.advance(4.9)
    assert not bureau.wire.sent
    bureau.clock.advance(0.2)
    document, _ = told(bureau.told())
    assert document.registrations[0].contacts[0].expires == 595


def test_a_document_waits_for_the_answer_to_the_one_before(bureau: Bureau) -> None:
    """A NOTIFY sent again after a loss is not overtaken by the next."""
    bureau.take(subscribe())
    bureau.clock.advance(6)
    first = bureau.told()
    bureau.registrations.shorten(KEY, 600)
    bureau.clock.advance(6)
    assert not bureau.wire.sent
    first.answered(200)
    assert told(bureau.told())[0].version == 1


@pytest.mark.parametrize("event", [Event.REJECTED, Event.DEACTIVATED, Event.PROBATION])
def test_the_end_is_told_at_once_and_ends_what_a_ue_watched(bureau: Bureau, event: Event) -> None:
    """No interval holds it up, and nothing more comes."""
    bureau.watched()
    bureau.registrations.end(KEY, Ending(event, 30))
    bureau.clock.advance(0.005)
    sent = bureau.told()
    document, state = told(sent)
    assert (state.state, state.reason) == ("terminated", "noresource")
    contact = document.registrations[0].contacts[0]
    assert (document.registrations[0].state, contact.event, contact.retry_after) == ("terminated", event.value, 30)
    sent.answered(200)
    bureau.registrations.keep(REGISTRATION)
    bureau.registrations.shorten(KEY, 60)
    bureau.clock.advance(6)
    assert not bureau.wire.sent


def test_a_server_goes_on_watching(bureau: Bureau) -> None:
    """It is told of the end, and of the registration after it."""
    request = subscribe(P_Asserted_Identity=None, Record_Route=None, Contact="<sip:127.0.0.31:5060>")
    bureau.watched(request, SERVER)
    bureau.registrations.end(KEY, Ending())
    bureau.clock.advance(6)
    sent = bureau.told()
    assert (sent.to, told(sent)[1].state) == (SERVER, "active")
    sent.answered(200)
    bureau.registrations.keep(REGISTRATION)
    bureau.registrations.shorten(KEY, 60)
    bureau.clock.advance(6)
    assert told(bureau.told())[0].registrations[0].state == "active"


def test_a_refresh_brings_the_whole_state_and_more_time(bureau: Bureau) -> None:
    """In its dialog, by its tag; the time runs from the refresh."""
    response = bureau.watched()
    bureau.clock.advance(3000)
    assert bureau.take(again(response, 1800)).expires == 1800
    bureau.clock.advance(0.005)
    sent = bureau.told()
    document, state = told(sent)
    assert (document.version, document.full, state.expires) == (1, True, 1800)
    sent.answered(200)
    bureau.registrations.keep(evolve(REGISTRATION, bindings=(evolve(BINDING, until=9999.0),)))
    bureau.clock.advance(1799)
    assert not bureau.wire.sent
    bureau.clock.advance(1)
    bureau.clock.advance(0.005)
    assert told(bureau.told())[1].reason == "timeout"


@pytest.mark.parametrize("first", [False, True])
def test_expires_0_ends_it_with_a_last_document(bureau: Bureau, first: bool) -> None:
    """Of a dialog that was there, or as a single look (RFC 6665 4.4.3)."""
    if first:
        bureau.take(subscribe(Expires="0"))
    else:
        bureau.take(again(bureau.watched(), 0))
    bureau.clock.advance(0.005)
    document, state = told(bureau.told())
    assert (document.full, state.state) == (True, "terminated")


def test_an_end_that_is_asked_for_while_a_document_is_under_way_is_told_too(bureau: Bureau) -> None:
    """The answer to the one before is not taken for the answer to the last one."""
    response = bureau.watched()
    bureau.registrations.shorten(KEY, 600)
    bureau.clock.advance(6)
    sent = bureau.told()
    bureau.take(again(response, 0))
    sent.answered(200)
    bureau.clock.advance(0.005)
    assert told(bureau.told())[1] == SubscriptionState("terminated", reason="timeout")


@pytest.mark.parametrize("status", [408, 481, 500])
def test_who_does_not_take_it_is_told_no_more(bureau: Bureau, status: int) -> None:
    """The subscription is gone, and so are its timers (RFC 6665 4.2.2)."""
    bureau.take(subscribe())
    bureau.clock.advance(0.005)
    bureau.told().answered(status)
    bureau.registrations.shorten(KEY, 600)
    bureau.clock.advance(6)
    assert not bureau.wire.sent


def test_who_does_not_answer_is_told_no_more(bureau: Bureau) -> None:
    """As after a failure."""
    bureau.take(subscribe())
    bureau.clock.advance(0.005)
    bureau.told().given_up()
    bureau.registrations.shorten(KEY, 600)
    bureau.clock.advance(6)
    assert not bureau.wire.sent


@pytest.mark.parametrize(
    ("request_", "cause"),
    [
        (subscribe(To=f"<{IMPU}>;tag=unknown"), Cause.NO_SUCH_DIALOG),
        (subscribe(Expires="30"), Cause.TOO_BRIEF),
        (subscribe().with_uri("sip:nobody@home.example"), Cause.UNKNOWN_USER),
    ],
    ids=("an unknown dialog", "too brief", "an unknown user"),
)
def test_what_is_refused(bureau: Bureau, request_: Request, cause: Cause) -> None:
    """Nothing is kept of it."""
    with pytest.raises(Refused) as refused:
        bureau.take(request_)
    assert refused.value.cause is cause


def test_servers_may_be_kept_out() -> None:
    """A core that lets no application server watch says 403; the P-CSCF is served as ever."""
    bureau = Bureau(servers=False)
    with pytest.raises(Refused) as refused:
        bureau.take(subscribe(P_Asserted_Identity=None, Record_Route=None), SERVER)
    assert refused.value.cause is Cause.NOT_TO_WATCH
    assert bureau.take(subscribe()).status == 200


def test_a_refresh_that_was_overtaken_is_refused(bureau: Bureau) -> None:
    """500, by the rules of a dialog."""
    response = bureau.watched()
    with pytest.raises(ParseError) as error:
        bureau.take(again(response, 1800, cseq=1))
    assert error.value.answer == 500


def test_what_no_document_can_hold_ends_the_subscription(bureau: Bureau) -> None:
    """Its watcher is told that it is over, and not left waiting for ever."""
    bureau.watched()
    spoilt = evolve(BINDING, call_id="\x01")
    bureau.registrations.keep(evolve(REGISTRATION, bindings=(spoilt,)))
    bureau.watching.changed(Change(KEY, (Contact(spoilt, Event.REGISTERED),)))
    bureau.clock.advance(5)
    notify = bureau.told()
    document, state = told(notify)
    assert (state.state, state.reason, document.registrations) == ("terminated", "giveup", ())
    notify.answered(200)
    bureau.watching.changed(Change(KEY, (Contact(BINDING, Event.REFRESHED),)))
    bureau.clock.advance(60)
    assert not bureau.wire.sent


def test_watchers_are_bounded(bureau: Bureau) -> None:
    """One registration has so many of a kind and no more; a user who takes all of his is watched all the same."""
    for number in range(MOST_WATCHERS[Watcher.UE]):
        bureau.take(subscribe(Call_ID=f"watch-{number}"))
    with pytest.raises(Refused) as refused:
        bureau.take(subscribe(Call_ID="one-more"))
    assert refused.value.cause is Cause.NOT_TO_WATCH
    assert bureau.take(subscribe(Call_ID="server"), SERVER).status == 200
    assert bureau.take(subscribe(Call_ID="pcscf", P_Asserted_Identity=f"<sip:{PCSCF.host}>")).status == 200


def test_only_the_reg_event_is_ours() -> None:
    """Another package, or another method, goes its way by filter criteria."""
    assert Watching.serves(subscribe())
    assert Watching.serves(subscribe(Event="reg;id=1"))
    assert not Watching.serves(subscribe(Event="xcap-diff"))
    assert not Watching.serves(subscribe(Event=None))


def test_closing_leaves_no_timer(bureau: Bureau) -> None:
    """A core that stops tells nobody."""
    bureau.take(subscribe())
    bureau.watching.close()
    bureau.registrations.close()
    assert not bureau.clock.getDelayedCalls()
