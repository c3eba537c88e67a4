"""What is sent for a subscription, and what follows from each answer."""

import pytest
from attrs import evolve

from tests.valserver.parts import ALICE, NOW
from tests.valserver.watched import TERMS, accepted, asked, document, notify, registration, standing, waiting
from valkit.ids import SeededIds
from valkit.sip import Hop
from valserver.following.notifications import notified
from valserver.following.subscribing import act, answered, own_uri
from valserver.following.subscriptions import FIRST_PAUSE, LONGEST_WAIT, SILENCE, Phase, Watch, begun, leaving

IDS = SeededIds(7)


def followed() -> Watch:
    """Give a subscription that stands and was told of an active registration."""
    watch = standing()
    step = notified(watch, notify(watch, document()), IDS, NOW)
    assert step.watch is not None
    return step.watch


def test_it_begins_at_the_s_cscf_that_registered_the_impu() -> None:
    """Request-URI and To name the IMPU, Route the Contact of the third-party REGISTER."""
    watch, request = asked()
    assert (request.method, request.uri, request.to.uri, request.call_id) == ("SUBSCRIBE", ALICE, ALICE, watch.call_id)
    assert request.headers.all("Route") == ("<sip:127.0.0.23:5060;lr>",)
    assert (request.headers.get("Event"), request.expires) == ("reg", 600_000)
    assert request.headers.get("Accept") == "application/reginfo+xml"
    assert request.headers.get("Contact") == f"<{TERMS.contact}>"
    assert watch.phase is Phase.ASKED


def test_a_loose_route_is_not_marked_twice() -> None:
    """A Contact with lr is taken as it is."""
    watch = begun(ALICE, registration("sip:scscf.home.example;lr"), NOW, IDS, NOW)
    assert asked(watch)[1].headers.all("Route") == ("<sip:scscf.home.example;lr>",)


@pytest.mark.parametrize("registrar", ["tel:+4912", "*", "sip:@"])
def test_a_contact_that_leads_nowhere_is_told(registrar: str) -> None:
    """Nothing is sent, and nobody unbound."""
    step = act(begun(ALICE, registration(registrar), NOW, IDS, NOW), TERMS, IDS, NOW)
    assert (step.send, step.ended) == (None, "")
    assert [(event.what, event.cause) for event in step.events] == [("unfollowed", f"{registrar} leads nowhere")]


@pytest.mark.parametrize("status", [403, 404, 405, 489, 603])
def test_a_refusal_stands_until_the_next_register(status: int) -> None:
    """The binding stays; nothing is due any more."""
    watch, request = asked()
    step = answered(watch, request, request.answer(status), IDS, NOW)
    assert step.watch is not None
    assert (step.watch.phase, step.watch.due, step.ended) == (Phase.REFUSED, float("inf"), "")
    assert [event.what for event in step.events] == ["unfollowed"]


def test_silence_and_overload_are_tried_again_ever_later() -> None:
    """With a pause that doubles, varied by chance; it is told once. Retry-After puts it off further."""
    watch, request = asked()
    step = answered(watch, request, None, IDS, NOW)
    assert [event.cause for event in step.events] == ["no answer"]
    again = step.watch
    assert again is not None
    assert (again.phase, again.failures) == (Phase.WAITING, 1)
    assert again.call_id != watch.call_id
    assert FIRST_PAUSE / 2 <= again.due - NOW <= FIRST_PAUSE * 1.5
    second, request = asked(again)
    step = answered(second, request, request.answer(503), IDS, NOW)
    assert step.events == ()
    assert step.watch is not None
    assert FIRST_PAUSE <= step.watch.due - NOW <= FIRST_PAUSE * 3
    step = answered(second, request, request.answer(503, headers=[("Retry-After", "5000 (soon)")]), IDS, NOW)
    assert step.watch is not None
    assert step.watch.due == NOW + 5_000


def test_a_brief_one_is_asked_for_again_as_long_as_the_notifier_wants() -> None:
    """423 with Min-Expires; one that names nothing longer is a refusal."""
    watch, request = asked()
    step = answered(watch, request, request.answer(423, headers=[("Min-Expires", "700000")]), IDS, NOW)
    assert step.watch is not None
    assert step.watch.due == NOW
    assert asked(step.watch)[1].expires == 700_000
    step = answered(watch, request, request.answer(423), IDS, NOW)
    assert step.watch is not None
    assert step.watch.phase is Phase.REFUSED


@pytest.mark.parametrize(("status", "header"), [(503, "Retry-After"), (423, "Min-Expires")])
def test_no_notifier_puts_it_off_for_ever(status: int, header: str) -> None:
    """What it asks for has bounds, beyond which it is tried again all the same, or with the next REGISTER."""
    watch, request = asked()
    step = answered(watch, request, request.answer(status, headers=[(header, "9999999999")]), IDS, NOW)
    assert step.watch is not None
    if status == 503:
        assert step.watch.due == NOW + LONGEST_WAIT
    else:
        assert (step.watch.phase, step.watch.least) == (Phase.REFUSED, 0)


def test_a_notifier_may_only_shorten_it() -> None:
    """One that grants more than was asked for is asked again in time (RFC 6665 4.2.1.1)."""
    watch, request = asked()
    step = answered(watch, request, accepted(request, 4_294_967_295), IDS, NOW)
    assert step.watch is not None
    assert step.watch.until == NOW + TERMS.expires


def test_without_a_notify_it_does_not_stand() -> None:
    """64*T1 after the 200 it is given up and begun anew (RFC 6665 4.1.2.4)."""
    watch = standing()
    assert watch.due == NOW + SILENCE
    step = act(watch, TERMS, IDS, watch.due)
    assert step.send is None
    assert [event.cause for event in step.events] == ["no NOTIFY came"]


def test_a_200_without_contact_is_a_failure() -> None:
    """There is no dialog then."""
    watch, request = asked()
    step = answered(watch, request, request.answer(200, headers=[("Expires", "60")]), IDS, NOW)
    assert step.watch is not None
    assert step.watch.phase is Phase.WAITING


def test_it_is_refreshed_in_its_dialog_before_it_runs_out() -> None:
    """After 80 to 90 per cent of its time; the 200 says how long it goes on."""
    watch = followed()
    assert NOW + 480 <= watch.due <= NOW + 540
    step = act(watch, TERMS, IDS, watch.due)
    assert step.send is not None
    assert (step.send.uri, step.send.cseq.number, step.send.to.tag) == ("sip:127.0.0.23:5060", 2, "n")
    assert step.watch is not None
    step = answered(evolve(step.watch, failures=1), step.send, accepted(step.send, 1_000), IDS, NOW + 500)
    assert step.watch is not None
    assert step.watch.failures == 0
    assert NOW + 1_300 <= step.watch.due <= NOW + 1_400


def test_a_notifier_that_knows_it_no_longer_is_asked_in_a_new_dialog() -> None:
    """At once after 481, but only the first time in a row."""
    watch = followed()
    step = act(watch, TERMS, IDS, watch.due)
    assert step.send is not None
    assert step.watch is not None
    again = answered(step.watch, step.send, step.send.answer(481), IDS, NOW).watch
    assert again is not None
    assert (again.phase, again.due, again.dialog) == (Phase.WAITING, NOW, None)
    assert again.call_id != watch.call_id
    later = answered(evolve(step.watch, failures=1), step.send, step.send.answer(481), IDS, NOW).watch
    assert later is not None
    assert later.due > NOW


def test_its_end_is_asked_for_once() -> None:
    """SUBSCRIBE with Expires 0 in the dialog; it is forgotten when no last NOTIFY comes."""
    gone = leaving(followed(), NOW)
    assert gone is not None
    step = act(gone, TERMS, IDS, NOW)
    assert step.send is not None
    assert (step.send.expires, step.send.cseq.number) == (0, 2)
    assert step.watch is not None
    assert answered(step.watch, step.send, accepted(step.send, 0), IDS, NOW).watch == step.watch
    assert answered(step.watch, step.send, step.send.answer(481), IDS, NOW).watch is None
    assert act(step.watch, TERMS, IDS, NOW + SILENCE).watch is None


def test_what_nobody_wants_any_more_ends_with_its_first_answer() -> None:
    """Only the 200 makes the dialog in which it can be ended."""
    watch, request = asked()
    gone = leaving(watch, NOW)
    assert gone is not None
    assert gone.due == float("inf")
    accepting = answered(gone, request, accepted(request), IDS, NOW).watch
    assert accepting is not None
    step = act(accepting, TERMS, IDS, NOW)
    assert step.send is not None
    assert step.send.expires == 0
    assert answered(gone, request, request.answer(200), IDS, NOW).watch is None
    assert answered(gone, request, None, IDS, NOW).watch is None


def test_what_waits_or_is_under_way_does_nothing_else() -> None:
    """A NOTIFY that came first may have made it due; the answer is still to come."""
    watch, _ = asked()
    assert act(evolve(watch, due=NOW), TERMS, IDS, NOW).send is None
    assert leaving(waiting(), NOW) is None


def test_an_address_is_written_as_a_uri() -> None:
    """UDP needs no parameter, an IPv6 address its brackets."""
    assert own_uri(Hop("udp", "::1", 5070)) == "sip:[::1]:5070"
    assert own_uri(Hop("tls", "192.0.2.1", 5071)) == "sip:192.0.2.1:5071;transport=tls"
