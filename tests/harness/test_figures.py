import pytest
from attrs import evolve

from harness.figures import FIGURES, OIDC_FIGURE, PASSWORD_FIGURE, PUBLISH_FIGURE, REGISTER_FIGURE
from harness.signs import read
from harness.story import story
from tests.harness.scenes import CAST, TOKEN, log_in, noted, passed_on, registration, request
from valkit.trace import Event, Http, Message


def test_a_whole_registration_shows_the_figure() -> None:
    """Every step from 1 to 11 is found, and every number stands somewhere."""
    reading = read(REGISTER_FIGURE, story(registration(), CAST), CAST)
    assert reading.missing is None
    assert set(reading.numbers.values()) == {str(number) for number in range(1, 12)}


@pytest.mark.parametrize("gone", range(len(registration())))
def test_a_registration_without_one_event_lacks_a_step(gone: int) -> None:
    """Whatever of it is left out, a step is missing, unless it was only passed on inside the core."""
    events = registration()
    inside = {"pcscf", "icscf", "scscf"}
    event = events.pop(gone)
    names = {CAST.name(event.source), CAST.name(event.target)} if isinstance(event, Message) else set()
    missing = read(REGISTER_FIGURE, story(events, CAST), CAST).missing
    assert (missing is None) == (names != set() and names <= inside)


def test_steps_out_of_order_do_not_count() -> None:
    """A binding that was made before the token came does not show step 10."""
    events = registration()
    bound = next(place for place, event in enumerate(events) if getattr(event, "what", "") == "bound")
    events.insert(0, events.pop(bound))
    missing = read(REGISTER_FIGURE, story(events, CAST), CAST).missing
    assert missing is not None
    assert missing.number == "10"


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
    assert missing.number == "3"


def test_a_log_in_shows_both_its_figures() -> None:
    """The one with user authentication as a box, and the one with its form."""
    general, form = (read(figure, story(log_in(), CAST), CAST) for figure in (OIDC_FIGURE, PASSWORD_FIGURE))
    assert (general.missing, form.missing) == (None, None)
    assert list(general.numbers.values()) == ["1", "2", "3", "4", "5", "6"]
    assert list(form.numbers.values()) == ["1", "2", "3a", "3b", "4", "5", "6"]


@pytest.mark.parametrize("gone", [place for place in range(len(log_in())) if place != 4])
def test_a_log_in_without_one_event_lacks_a_step(gone: int) -> None:
    """Every message of it is one of the figure with the form."""
    events = log_in()
    del events[gone]
    assert read(PASSWORD_FIGURE, story(events, CAST), CAST).missing is not None


def test_an_answer_without_an_id_token_does_not_show_step_6() -> None:
    """It is not enough that the token endpoint answers."""
    *events, last = log_in()
    assert isinstance(last, Http)
    answer = evolve(last, fields={"access_token": "alice in dispatch"})
    missing = read(OIDC_FIGURE, story([*events, answer], CAST), CAST).missing
    assert missing is not None
    assert missing.number == "6"


@pytest.mark.parametrize("name", [name for name, figure in FIGURES.items() if figure.steps[0].number == "1"])
def test_steps_are_numbered_from_one(name: str) -> None:
    """The numbers are the seed's, without a gap."""
    numbers = [int(step.number.rstrip("ab")) for step in FIGURES[name].steps]
    assert list(dict.fromkeys(numbers)) == list(range(1, numbers[-1] + 1))


def test_steps_with_letters_are_those_of_the_seed() -> None:
    """A, B-1, B-2 and C-1 to C-5; in the one figure A may come after B."""
    lettered = {name: [step.number for step in figure.steps] for name, figure in FIGURES.items()}
    service = ["C-1", "C-2", "C-3", "C-4", "C-5"]
    assert lettered["5.X.3.1-1"] == lettered["5.X.3.1-1 in another order"] == service
    assert lettered["5.X.2-1"] == ["A", "B-1", "B-2", *service]
    assert lettered["5.X.2-1, A after B"] == ["B-1", "B-2", "A", *service]
