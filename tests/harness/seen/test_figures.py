import pytest
from attrs import evolve

from harness.seen.cast import CMS, GMS, IDMS, KMS, PROXY
from harness.seen.figures import FIGURES, OIDC_FIGURE, PASSWORD_FIGURE, PUBLISH_FIGURE, REGISTER_FIGURE
from harness.seen.signs import read
from harness.seen.story import story
from tests.harness.scenes import CAST, TOKEN, asked, log_in, noted, passed_on, registration, replied, request, sent
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
    log_in = ["A-1", "A-2", "A-3"]
    assert lettered["5.X.2-1"] == [*log_in, "B-1", "B-2", *service]
    assert lettered["5.X.2-1, A after B"] == ["B-1", "B-2", *log_in, *service]


GIVEN = {"periods": "1", "group_keys": "gmk-1"}
FIRE = "/xcap/dispatch/global/byGroupID/sip:fire@home.example"
PROFILE = "/xcap/dispatch/users/alice/user-profile"
LABELLED = [
    ("C-1", None, None),
    ("C-5", GMS, "/groups"),
    ("C-5", GMS, FIRE),
    ("C-5", GMS, "/group-keys"),
    ("C-4", CMS, PROFILE),
    ("C-2", KMS, "/keymanagement/identity/v1/init"),
    ("C-2", KMS, "/keymanagement/identity/v1/keyprov"),
]
"""By which number each exchange is known, whom it reaches by way of the proxy, and its path."""
LAB = evolve(
    CAST, by_host={**CAST.by_host, **{f"127.0.0.{n}": name for n, name in enumerate((KMS, CMS, GMS, PROXY), 70)}}
)


def exchanged(server: str, path: str) -> list[Event]:
    """Have alice ask a server by way of the proxy, and be answered."""
    first = evolve(asked("GET", path), target=PROXY)
    second = evolve(first, source=PROXY, target=server)
    keys: list[Event] = [noted(KMS, "keys given", periods="1")] if path.endswith("/keyprov") else []
    return [first, second, *keys, replied(second, 200, **GIVEN), replied(first, 200, **GIVEN)]


def authorization() -> tuple[list[Event], list[str | None]]:
    """Tell user service authorization for two services, and the number that each event has to have."""
    events: list[Event] = [noted("alice", "tls established", peer=PROXY)]
    numbers: list[str | None] = ["C-1"]
    given: list[Event] = [
        noted(GMS, "tls established", peer=KMS),
        evolve(asked("POST", "/keyprov/g"), source=GMS, target=KMS),
    ]
    for _ in range(2):
        for number, server, path in LABELLED[1:]:
            assert server is not None
            assert path is not None
            events += [*given, noted(KMS, "keys given", periods="")] if path == "/group-keys" else []
            numbers += [None] * (3 * (path == "/group-keys"))
            told = exchanged(server, path)
            events += told
            numbers += [number] * len(told)
        publish = request("PUBLISH", token=TOKEN, call_id=str(len(events)))
        answer = publish.answer(200)
        events += [sent("alice", "valserver", publish), noted("valserver", "bound"), sent("valserver", "alice", answer)]
        numbers += ["C-3"] * 3
    return events, numbers


def test_each_message_of_an_authorization_has_its_number() -> None:
    """The phone's and the proxy's, in whatever order, and once more for a second VAL service; others have none."""
    events, numbers = authorization()
    reading = read(FIGURES["5.X.3.1-1 in another order"], story(events, LAB), LAB)
    assert reading.missing is None
    assert [reading.numbers.get(at) for at in range(len(events))] == numbers


@pytest.mark.parametrize("lacking", ["periods", "group_keys"])
def test_an_answer_without_keys_shows_no_authorization(lacking: str) -> None:
    """C-2 are the user's keys, and C-5 has the group's."""
    told = [
        evolve(each, fields={name: value for name, value in each.fields.items() if name != lacking})
        if isinstance(each, Http)
        else each
        for each in authorization()[0]
    ]
    missing = read(FIGURES["5.X.3.1-1 in another order"], story(told, LAB), LAB).missing
    assert missing is not None
    assert missing.number == {"periods": "C-2", "group_keys": "C-5"}[lacking]


def test_the_whole_registration_is_b_1() -> None:
    """The first REGISTER and its challenge, too; what the core tells the VAL server is B-2."""
    moments = story(registration(), CAST)
    numbers = read(FIGURES["5.X.2-1, A after B"], moments, CAST).numbers
    told = [numbers.get(moment.at) for moment in moments]
    assert told == ["B-1"] * 9 + ["B-2", None, "B-2"]


def test_a_log_in_is_a_1_to_a_3() -> None:
    """Tunnel, authentication with its form, delivery."""
    done = [noted(IDMS, "tokens issued"), noted("alice", "signed in")]
    numbers = read(FIGURES["5.X.2-1"], story([*log_in(), *done], CAST), CAST).numbers
    assert [numbers.get(at) for at in range(10)] == ["A-1", *["A-2"] * 5, *["A-3"] * 4]


def test_the_code_flow_is_step_1_of_the_exchange() -> None:
    """From the authentication request on."""
    numbers = read(FIGURES["5.X.4.2-2"], story(log_in(), CAST), CAST).numbers
    assert [numbers.get(at) for at in range(8)] == [None, *["1"] * 7]
