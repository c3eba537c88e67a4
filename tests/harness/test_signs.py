from attrs import evolve

from harness.cast import IDMS, UE, VALSERVER
from harness.figures import REGISTER_FIGURE
from harness.signs import Arrow, Call, act, read
from harness.story import story
from tests.harness.scenes import CAST, registration, request, sent


def test_where_the_order_is_free_each_step_may_come_at_any_time() -> None:
    """In its order the same story lacks the step that came too late."""
    moments = story(registration(), CAST)
    turned = evolve(REGISTER_FIGURE, steps=tuple(reversed(REGISTER_FIGURE.steps)))
    missing = read(turned, moments, CAST).missing
    assert missing is not None
    assert missing.number == "10"
    assert read(evolve(turned, ordered=False), moments, CAST).missing is None


def test_where_the_order_is_free_each_step_still_has_to_come() -> None:
    """One that did not occur is named."""
    moments = story([event for event in registration() if getattr(event, "what", "") != "bound"], CAST)
    missing = read(evolve(REGISTER_FIGURE, ordered=False), moments, CAST).missing
    assert missing is not None
    assert missing.number == "10"


def test_what_nobody_shows_is_not_missed() -> None:
    """A message is hidden where both ends are, what somebody does by itself where that one is."""
    hidden = {VALSERVER, IDMS}.__contains__
    assert act(VALSERVER, "bound").hidden(hidden)
    assert not Arrow(UE, VALSERVER, "PUBLISH").hidden(hidden)
    assert Call(VALSERVER, IDMS, "/jwks").hidden(hidden)
    moments = story([event for event in registration() if getattr(event, "what", "") != "bound"], CAST)
    assert read(REGISTER_FIGURE, moments, CAST, hidden).missing is None


def test_a_message_that_never_arrived_shows_no_step() -> None:
    """One that arrived when it was sent again does."""
    message = request()
    lost, came = sent("alice", "pcscf", message, fate="lost"), sent("alice", "pcscf", message, at=0.5)
    sign = Arrow(UE, "core", "REGISTER")
    [never] = story([lost], CAST)
    [later] = story([lost, came], CAST)
    assert not sign.fits(never, CAST)
    assert sign.fits(later, CAST)
