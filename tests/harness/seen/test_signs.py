from typing import Any

from attrs import evolve

from harness.seen.cast import IDMS, UE, VALSERVER
from harness.seen.figures import REGISTER_FIGURE
from harness.seen.signs import Arrow, Call, Figure, FigureStep, act, read
from harness.seen.story import story
from tests.harness.scenes import CAST, TOKEN, asked, noted, registration, request, sent


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


def test_what_belongs_to_a_step_has_its_number_from_its_turn_on() -> None:
    """Each time that it occurs; what shows the step once more, where the step is repeated. None of it is missed."""
    once, twice = FigureStep("1", "", (act(UE, "a"),)), FigureStep("2", "", (act(UE, "b"),), also=(act(UE, "c"),))
    figure = Figure("f", "", (once, twice))
    moments = story([noted("alice", what) for what in "cabcbac"], CAST)
    assert read(figure, moments, CAST).numbers == {1: "1", 2: "2", 3: "2", 6: "2"}
    repeated = evolve(figure, steps=(once, evolve(twice, repeats=True)))
    assert read(repeated, moments, CAST).numbers == {1: "1", 2: "2", 3: "2", 4: "2", 6: "2"}
    assert read(evolve(repeated, ordered=False), moments, CAST).numbers == {
        0: "2",
        1: "1",
        2: "2",
        3: "2",
        4: "2",
        6: "2",
    }
    both = evolve(figure, steps=(evolve(once, also=(act(UE, "b", "c"),)), twice))
    assert read(both, moments, CAST).numbers == {0: "1", 1: "1", 2: "2", 3: "1", 4: "1", 6: "1"}
    assert read(figure, moments[:2], CAST).missing == twice


def test_a_register_may_be_asked_for_its_token() -> None:
    """One without it is another."""
    sign = Arrow(UE, "core", "REGISTER", token=True)
    without, having = (story([sent("alice", "pcscf", request(token=token))], CAST)[0] for token in ("", TOKEN))
    assert not sign.fits(without, CAST)
    assert sign.fits(having, CAST)


def test_a_path_may_be_a_pattern() -> None:
    """Where a document is, whatever its VAL service."""
    sign = Call(UE, IDMS, "/xcap/*/byGroupID/*")
    group, profile = story([asked("GET", "/xcap/a/global/byGroupID/g"), asked("GET", "/xcap/a/users/b/c")], CAST)
    assert sign.fits(group, CAST)
    assert not sign.fits(profile, CAST)


def test_a_note_may_say_one_of_several_things() -> None:
    """In one of its fields."""
    sign = act(UE, "tls established", peer=(IDMS, "proxy"), version="?*")
    told: list[dict[str, Any]] = [
        {"peer": IDMS, "version": "TLSv1.3"},
        {"peer": "kms", "version": "TLSv1.3"},
        {"peer": IDMS, "version": ""},
        {},
    ]
    fits = [sign.fits(story([noted("alice", "tls established", **fields)], CAST)[0], CAST) for fields in told]
    assert fits == [True, False, False, False]


def test_what_one_sends_of_whom_nothing_is_seen_comes_in_any_order() -> None:
    """Its answer to the phone and its REGISTER to the VAL server are read from two sockets; the rest follows."""
    moments = list(story(registration(), CAST))
    told = next(at for at, moment in enumerate(moments) if REGISTER_FIGURE.steps[8].shown_by[0].fits(moment, CAST))
    answered = next(at for at, moment in enumerate(moments) if REGISTER_FIGURE.steps[7].shown_by[0].fits(moment, CAST))
    moments[answered], moments[told] = moments[told], moments[answered]
    seen = read(REGISTER_FIGURE, tuple(moments), CAST, lambda name: name in {"core", "hss", "scscf"})
    assert seen.missing is None
    ours = read(REGISTER_FIGURE, tuple(moments), CAST)
    assert ours.missing is REGISTER_FIGURE.steps[8]
    assert ours.early


def test_a_message_that_never_arrived_shows_no_step() -> None:
    """One that arrived when it was sent again does."""
    message = request()
    lost, came = sent("alice", "pcscf", message, fate="lost"), sent("alice", "pcscf", message, at=0.5)
    sign = Arrow(UE, "core", "REGISTER")
    [never] = story([lost], CAST)
    [later] = story([lost, came], CAST)
    assert not sign.fits(never, CAST)
    assert sign.fits(later, CAST)
