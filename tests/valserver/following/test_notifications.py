"""What a NOTIFY brings about, and what it does not."""

import pytest
from attrs import evolve

from tests.valserver.parts import ALICE, NOW
from tests.valserver.watched import TERMS, accepted, asked, document, notify, standing
from valkit.ids import SeededIds
from valkit.sip import ParseError
from valserver.following.notifications import notified
from valserver.following.subscribing import act, answered
from valserver.following.subscriptions import FIRST_PAUSE, Phase, Step, Watch, asking_again, leaving

IDS = SeededIds(7)


def after(step: Step) -> Watch:
    """Give the subscription that goes on."""
    assert step.watch is not None
    return step.watch


def status(step: Step) -> int:
    """Give the answer to the NOTIFY."""
    assert step.answer is not None
    return step.answer.status


def followed() -> Watch:
    """Give a subscription that was told of an active registration."""
    watch = standing()
    return after(notified(watch, notify(watch, document()), IDS, NOW))


def test_an_active_registration_is_followed() -> None:
    """It is told once."""
    watch = standing()
    step = notified(watch, notify(watch, document()), IDS, NOW)
    assert (status(step), step.ended) == (200, "")
    assert [(event.what, event.impu) for event in step.events] == [("followed", ALICE)]
    again = notified(after(step), notify(watch, document(1, event="refreshed"), cseq=2), IDS, NOW)
    assert (status(again), again.events, again.ended) == (200, (), "")


@pytest.mark.parametrize("event", ["deactivated", "rejected", "probation", "unregistered", "expired"])
def test_a_registration_that_is_over_ends_the_bindings(event: str) -> None:
    """With the word of the reg event package in the cause."""
    watch = followed()
    step = notified(watch, notify(watch, document(1, "terminated", event, full=False), cseq=2), IDS, NOW)
    assert step.ended == f"registration terminated ({event})"


def test_one_that_is_not_known_any_more_is_over() -> None:
    """As the first document after a restart may say."""
    watch = standing()
    assert notified(watch, notify(watch, document(0, "init")), IDS, NOW).ended == "registration terminated"


def test_another_s_end_changes_nothing() -> None:
    """A document about another identity of the set, or about nobody."""
    watch = standing()
    other = document(0, "terminated", "rejected", aor="sip:bob@home.example")
    assert notified(watch, notify(watch, other), IDS, NOW).ended == ""
    assert notified(watch, notify(watch), IDS, NOW).ended == ""


def test_a_pending_subscription_tells_nothing() -> None:
    """What comes before it is authorized is not the state (RFC 6665 4.1.3)."""
    watch = standing()
    step = notified(watch, notify(watch, document(0, "init"), "pending;expires=600"), IDS, NOW)
    assert (status(step), step.ended, step.events) == (200, "", ())


def test_a_dialog_that_is_not_ours_is_unknown() -> None:
    """481, whichever tag is wrong; the bindings stay."""
    watch = followed()
    theirs = notify(watch, document(1, "terminated"), cseq=2)
    for forged in (
        theirs.with_header("From", f"<{ALICE}>;tag=other"),
        theirs.with_header("To", f"<{TERMS.contact}>;tag=other"),
        theirs.with_header("To", f"<{TERMS.contact}>"),
    ):
        step = notified(watch, forged, IDS, NOW)
        assert (status(step), step.watch, step.ended) == (481, watch, "")


def test_an_old_cseq_is_refused() -> None:
    """500, as RFC 3261 12.2.2 says; what it tells is not heard."""
    watch = followed()
    with pytest.raises(ParseError) as caught:
        notified(watch, notify(watch, document(1, "terminated"), cseq=1), IDS, NOW)
    assert caught.value.answer == 500


def test_another_event_package_is_not_ours() -> None:
    """489 names the one that is."""
    watch = followed()
    step = notified(watch, notify(watch, document(1, "terminated"), cseq=2, event="presence"), IDS, NOW)
    assert (status(step), step.ended) == (489, "")


@pytest.mark.parametrize("body", [b"<reginfo/>", b"no XML", document(1, "terminated").replace(b'state="full"', b"")])
def test_a_body_that_cannot_be_read_is_refused(body: bytes) -> None:
    """400, and nobody is unbound."""
    watch = followed()
    with pytest.raises(ParseError) as caught:
        notified(watch, notify(watch, body, cseq=2), IDS, NOW)
    assert caught.value.answer == 400


def test_a_state_that_cannot_be_read_is_refused() -> None:
    """400 as well."""
    watch = followed()
    with pytest.raises(ParseError) as caught:
        notified(watch, notify(watch, document(1), ";;", cseq=2), IDS, NOW)
    assert caught.value.answer == 400


def test_a_notify_may_overtake_the_200() -> None:
    """It makes the dialog; the 200 then says how long (RFC 6665 4.4.1)."""
    watch, request = asked()
    step = notified(watch, notify(request, document(), "active"), IDS, NOW)
    assert [event.what for event in step.events] == ["followed"]
    stands = after(answered(after(step), request, accepted(request), IDS, NOW))
    assert (stands.phase, stands.dialog) == (Phase.STANDING, after(step).dialog)
    assert NOW + 480 <= stands.due <= NOW + 540


def test_a_gap_is_filled_by_asking_for_all() -> None:
    """A refresh brings a full document (RFC 3680 4.7)."""
    watch = followed()
    step = notified(watch, notify(watch, document(3, event="refreshed", full=False), cseq=2), IDS, NOW)
    assert after(step).due == NOW


def test_a_version_that_goes_back_is_asked_about_in_another_subscription() -> None:
    """One absurd version would make every later document an old one; where NOTIFYs are in order, versions are too."""
    watch = followed()
    absurd = after(notified(watch, notify(watch, document(4_294_967_295), cseq=2), IDS, NOW))
    step = notified(absurd, notify(watch, document(3, "terminated"), cseq=3), IDS, NOW)
    assert (status(step), step.ended, [event.what for event in step.events]) == (200, "", ["unfollowed"])
    begun = after(step)
    assert (begun.phase, begun.view.version, begun.due <= NOW + 1.5 * FIRST_PAUSE) == (Phase.WAITING, -1, True)
    again = standing(begun)
    assert notified(again, notify(again, document(4, "terminated")), IDS, NOW + 90).ended


def test_a_notify_may_only_shorten_the_subscription() -> None:
    """So that it is refreshed in time, whatever it says."""
    watch = standing()
    told = notify(watch, document(), "active;expires=4294967295")
    assert after(notified(watch, told, IDS, NOW)).until == NOW + TERMS.expires


def test_an_end_told_right_after_a_register_is_asked_for_once_more() -> None:
    """It may be older than the REGISTER; only a full document that was asked for since is believed."""
    watch = evolve(followed(), heard_at=NOW)
    doubted = notified(watch, notify(watch, document(1, "terminated", full=False), cseq=2), IDS, NOW + 1)
    assert (doubted.ended, after(doubted).due) == ("", NOW + 1)
    asking = act(after(doubted), TERMS, IDS, NOW + 1)
    assert asking.send is not None
    still = notified(
        after(asking), notify(watch, document(2, "terminated", "expired", full=False), cseq=3), IDS, NOW + 1
    )
    assert still.ended == ""
    assert notified(after(still), notify(watch, document(3, "init"), cseq=4), IDS, NOW + 2).ended
    back = notified(after(still), notify(watch, document(3), cseq=4), IDS, NOW + 2)
    assert (back.ended, after(back).doubted) == ("", False)


def test_an_end_that_the_store_could_not_take_in_is_told_again() -> None:
    """The subscription asks for all once more, and believes it."""
    watch = evolve(asking_again(followed(), NOW + 10), heard_at=NOW)
    assert notified(watch, notify(watch, document(1, "init"), cseq=2), IDS, NOW + 11).ended


@pytest.mark.parametrize("reason", ["rejected", "noresource"])
def test_a_subscription_that_is_ended_for_good_leaves_the_bindings(reason: str) -> None:
    """It is told, and not asked for before the next REGISTER (RFC 6665 4.1.3)."""
    watch = followed()
    step = notified(watch, notify(watch, b"", f"terminated;reason={reason}", cseq=2), IDS, NOW)
    assert (status(step), step.ended, after(step).phase) == (200, "", Phase.REFUSED)
    assert [event.cause for event in step.events] == [f"the subscription was ended: {reason}"]


def test_a_subscription_that_ends_for_now_begins_again() -> None:
    """At once after timeout and deactivated, later after giveup and probation."""
    watch = followed()
    for reason in ("timeout", "deactivated"):
        step = notified(watch, notify(watch, b"", f"terminated;reason={reason}", cseq=2), IDS, NOW)
        assert (after(step).phase, after(step).due, step.events) == (Phase.WAITING, NOW, ())
    step = notified(watch, notify(watch, b"", "terminated;reason=probation;retry-after=900", cseq=2), IDS, NOW)
    assert after(step).due == NOW + 900
    assert [event.what for event in step.events] == ["unfollowed"]


def test_an_end_of_both_ends_the_bindings() -> None:
    """Registration and subscription; the next attempt waits, for it is wanted only if nothing could be unbound."""
    watch = followed()
    told = notify(watch, document(1, "terminated", "rejected"), "terminated;reason=noresource", cseq=2)
    step = notified(watch, told, IDS, NOW)
    assert (step.ended, after(step).phase) == ("registration terminated (rejected)", Phase.WAITING)
    assert after(step).due > NOW


def test_a_doubted_end_is_believed_when_the_core_refuses_to_say_more() -> None:
    """It ended the subscription with the registration, and knows of neither now."""
    watch = evolve(followed(), heard_at=NOW)
    told = notify(watch, document(1, "terminated", "rejected"), "terminated;reason=noresource", cseq=2)
    step = notified(watch, told, IDS, NOW + 1)
    assert (step.ended, after(step).phase, after(step).due) == ("", Phase.WAITING, NOW + 1)
    again, request = asked(after(step))
    assert answered(again, request, request.answer(404), IDS, NOW + 1).ended == "registration terminated"


def test_the_last_notify_is_answered() -> None:
    """Of a subscription that nobody wants any more; then nothing is left of it."""
    gone = leaving(followed(), NOW)
    assert gone is not None
    step = notified(gone, notify(gone, document(1, "terminated"), cseq=2), IDS, NOW)
    assert (status(step), step.ended) == (200, "")
    last = notified(after(step), notify(gone, b"", "terminated;reason=timeout", cseq=3), IDS, NOW)
    assert (status(last), last.watch) == (200, None)
