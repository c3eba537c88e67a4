import pytest

from harness.figures import FIGURES, PUBLISH_FIGURE, REGISTER_FIGURE, read
from harness.story import story
from tests.harness.scenes import CAST, TOKEN, noted, passed_on, registration, request
from valkit.trace import Event, Note


def test_a_whole_registration_shows_the_figure() -> None:
    """Every step from 1 to 11 is found, and every number stands somewhere."""
    reading = read(REGISTER_FIGURE, story(registration(), CAST), CAST)
    assert reading.missing is None
    assert set(reading.numbers.values()) == set(range(1, 12))


@pytest.mark.parametrize("gone", range(len(registration())))
def test_a_registration_without_one_event_lacks_a_step(gone: int) -> None:
    """Whatever of it is left out, a step is missing, unless it was only passed on inside the core."""
    events = registration()
    inside = {"pcscf", "icscf", "scscf"}
    event = events.pop(gone)
    names = set() if isinstance(event, Note) else {CAST.name(event.source), CAST.name(event.target)}
    missing = read(REGISTER_FIGURE, story(events, CAST), CAST).missing
    assert (missing is None) == (names != set() and names <= inside)


def test_steps_out_of_order_do_not_count() -> None:
    """A binding that was made before the token came does not show step 10."""
    events = registration()
    bound = next(place for place, event in enumerate(events) if getattr(event, "what", "") == "bound")
    events.insert(0, events.pop(bound))
    missing = read(REGISTER_FIGURE, story(events, CAST), CAST).missing
    assert missing is not None
    assert missing.number == 10


def test_publish_shows_its_figure() -> None:
    """PUBLISH through the core, binding, 200 back through the core."""
    publish = request("PUBLISH", token=TOKEN)
    events: list[Event] = [
        *passed_on(publish, "alice", "pcscf", "scscf", "valserver"),
        noted("valserver", "bound"),
        *passed_on(publish.answer(200), "valserver", "scscf", "pcscf", "alice"),
    ]
    assert read(PUBLISH_FIGURE, story(events, CAST), CAST).missing is None


def test_a_refused_publish_does_not_show_its_figure() -> None:
    """Step 3 is a 200 and no other answer."""
    publish = request("PUBLISH", token=TOKEN)
    events: list[Event] = [
        *passed_on(publish, "alice", "pcscf", "scscf", "valserver"),
        noted("valserver", "bound"),
        *passed_on(publish.answer(403), "valserver", "scscf", "pcscf", "alice"),
    ]
    missing = read(PUBLISH_FIGURE, story(events, CAST), CAST).missing
    assert missing is not None
    assert missing.number == 3


@pytest.mark.parametrize("name", FIGURES)
def test_steps_are_numbered_from_one(name: str) -> None:
    """The numbers are the seed's, without a gap."""
    numbers = [step.number for step in FIGURES[name].steps]
    assert numbers == list(range(1, len(numbers) + 1))
