"""A subscription and the REGISTERs that it lives by."""

from attrs import evolve

from tests.valserver.parts import NOW
from tests.valserver.watched import asked, registration, standing, waiting
from valkit.ids import SeededIds
from valserver.following.subscriptions import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Phase,
    failed,
    heard,
    leaving,
    refresh,
    refused,
)

IDS = SeededIds(7)


def test_the_same_register_again_is_no_news() -> None:
    """A change of the record that no REGISTER made, by a PUBLISH for instance."""
    watch = standing()
    assert heard(watch, watch.registration._replace(grants=()), NOW + 5, IDS) is watch


def test_a_new_register_is_remembered_with_its_time() -> None:
    """An end that is told next may be older; what was doubted before is to be doubted anew."""
    watch = heard(evolve(standing(), doubted=True), registration(cseq=2), NOW + 5, IDS)
    assert (watch.heard_at, watch.doubted, watch.phase) == (NOW + 5, False, Phase.STANDING)


def test_a_new_register_lets_a_refused_one_begin_anew() -> None:
    """And what was told of it is not told again."""
    watch = refused(standing(), "403 Forbidden").watch
    assert watch is not None
    again = heard(watch, registration(cseq=2), NOW + 5, IDS)
    assert (again.phase, again.due, again.said) == (Phase.WAITING, NOW + 5, "unfollowed")
    assert again.call_id != watch.call_id
    assert refused(again, "403 Forbidden").events == ()


def test_pauses_double_and_have_an_end() -> None:
    """However often it failed."""
    for failures, pause in ((0, FIRST_PAUSE), (3, FIRST_PAUSE * 8), (1_000, LONGEST_PAUSE)):
        watch = failed(evolve(standing(), failures=failures), "no answer", IDS, NOW).watch
        assert watch is not None
        assert pause / 2 <= watch.due - NOW <= pause * 1.5


def test_refreshes_spread() -> None:
    """What began together is not refreshed together."""
    moments = {refresh(NOW + 600, NOW, IDS) for _ in range(20)}
    assert len(moments) > 10
    assert all(NOW + 480 <= moment <= NOW + 540 for moment in moments)
    assert refresh(NOW, NOW, IDS) > NOW


def test_what_was_never_asked_leaves_at_once() -> None:
    """What is known to the notifier ends there first."""
    assert leaving(waiting(), NOW) is None
    gone = leaving(standing(), NOW)
    assert gone is not None
    assert (gone.phase, gone.due) == (Phase.LEAVING, NOW)
    under_way = leaving(asked()[0], NOW)
    assert under_way is not None
    assert under_way.phase is Phase.LEAVING
