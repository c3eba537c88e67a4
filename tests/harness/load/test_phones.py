import errno
import re
from typing import Any

import pytest
from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.task import Clock

from harness.errors import EnvironmentFault
from harness.load import phones
from harness.load.orders import Brief, Order
from harness.load.phones import Phones
from harness.load.profile import Profile
from harness.load.users import TEMPLATE, generated
from ue_sim.app import RunningUe
from ue_sim.engine import Answer
from ue_sim.errors import NothingPublished
from ue_sim.wallet import Wallet
from valkit.sip.message import Request
from valkit.trace import Note

REQUEST = Request.create("REGISTER", "sip:x", [("From", "<sip:a@b>;tag=1"), ("To", "<sip:a@b>"), ("Via", "x")])
OK, FORBIDDEN = Answer(REQUEST.answer(200)), Answer(REQUEST.answer(403))


@define
class Ue:
    """A UE whose answers come when the test wants them."""

    observe: Any
    wallet: Wallet = field(factory=Wallet)
    asked: "list[Deferred[Answer]]" = field(factory=list)

    async def register(self, **_: object) -> Answer:
        """Wait for the test."""
        self.asked.append(Deferred())
        return await self.asked[-1]

    async def publish(self) -> Answer:
        """Fail without asking anybody."""
        raise NothingPublished("nothing there")


@define
class Scene:
    """Phones on a clock."""

    clock: Clock
    phones: Phones
    ues: list[Ue]
    stopped: list[int]

    @property
    def asked(self) -> "list[Deferred[Answer]]":
        """What waits for an answer, of every UE."""
        return [each for ue in self.ues for each in ue.asked if not each.called]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Scene:
    """Switch three phones on, of which two may be under way."""
    profile, do = getattr(request, "param", ("1/s 3s", ("register",)))
    clock, ues, stopped = Clock(), list[Ue](), list[int]()

    async def start(*told: Any) -> RunningUe:
        ues.append(Ue(told[-1]))

        async def stop() -> None:
            stopped.append(1)

        ue: Any = ues[-1]
        return RunningUe({}, stop, ue=ue)

    monkeypatch.setattr(phones, "start", start)
    briefs = tuple(Brief(each.phone, "a-token") for each in generated(TEMPLATE, "", 3))
    made = Phones(clock, Order(briefs, Profile.parse(profile), do, in_flight=2, patience=5.0))
    Deferred.fromCoroutine(made.switch_on())
    return Scene(clock, made, ues, stopped)


def working(scene: Scene) -> "Deferred[None]":
    """Begin now."""
    return Deferred.fromCoroutine(scene.phones.work(0.0))


def test_each_journey_begins_at_its_moment_on_the_phone_that_rested_longest(scene: Scene) -> None:
    """With its token in the wallet."""
    working(scene)
    scene.clock.pump([0.5] * 2)
    assert [len(ue.asked) for ue in scene.ues] == [1, 1, 0]
    assert scene.ues[0].wallet.choose(True) == "a-token"


def test_what_succeeds_and_what_fails_is_counted_by_cause(scene: Scene) -> None:
    """With how long it took."""
    ended = working(scene)
    scene.clock.advance(0.25)
    scene.asked[0].callback(OK)
    scene.clock.advance(0.75)
    scene.asked[0].callback(FORBIDDEN)
    scene.clock.advance(1)
    scene.asked[0].callback(OK)
    whole = scene.phones.counted().whole
    assert ended.called
    assert (whole.begun, whole.succeeded, whole.failed, whole.held_back) == (3, 2, 1, 0)
    assert (whole.steps["register"].causes, whole.steps["register"].took.longest) == ({"403 Forbidden": 1}, 0.25)


def test_what_was_counted_is_given_once(scene: Scene) -> None:
    """The next time only what is new."""
    working(scene)
    assert scene.phones.counted().whole.begun == 1
    assert scene.phones.counted().whole.begun == 0


def test_no_more_than_may_be_are_under_way(scene: Scene) -> None:
    """The third journey is held back for good: it does not begin later."""
    working(scene)
    scene.clock.pump([1.0] * 2)
    assert len(scene.asked) == 2
    assert scene.phones.counted().whole.held_back == 1


def test_a_machine_that_comes_late_begins_all_that_is_due_and_says_how_late(scene: Scene) -> None:
    """So that its lag is not taken for the system's."""
    working(scene)
    scene.clock.advance(1.75)
    lag = scene.phones.counted().whole.lag
    assert (len(lag), lag.longest) == (2, 0.75)


def test_who_does_not_answer_has_failed_and_the_phone_goes_on(scene: Scene) -> None:
    """After the patience that was told."""
    ended = working(scene)
    scene.clock.pump([1.0] * 8)
    whole = scene.phones.counted().whole
    assert whole.steps["register"].causes == {"no answer in 5 s": 2}
    assert ended.called


def test_a_challenge_that_the_card_refuses_is_told_as_that(scene: Scene) -> None:
    """Not as the core's 401 or 403."""
    working(scene)
    scene.ues[0].observe(Note(0.0, "ue", "autn refused", {"cause": "mac"}))
    scene.asked[0].callback(FORBIDDEN)
    (cause,) = scene.phones.counted().whole.steps["register"].causes
    assert cause == "AUTN refused by the UE: its MAC is wrong (another K, or OP for OPc?)"


@pytest.mark.parametrize("scene", [("1/s 1s", ("register", "publish", "register"))], indirect=True)
def test_a_journey_ends_with_the_step_that_fails(scene: Scene) -> None:
    """What the UE itself cannot do is a cause as well."""
    working(scene)
    scene.asked[0].callback(OK)
    whole = scene.phones.counted().whole
    assert whole.steps["publish"].causes == {"NothingPublished: nothing there": 1}
    assert (whole.failed, len(whole.steps["register"].took)) == (1, 1)


def test_a_journey_that_crashes_has_failed(scene: Scene) -> None:
    """Whatever it is: its kind and its words are the cause, without a token that is in them."""
    ended = working(scene)
    scene.asked[0].errback(ValueError("client_secret=swordfish is odd"))
    scene.clock.pump([1.0] * 8)
    whole = scene.phones.counted().whole
    assert ended.called
    assert (whole.failed, whole.under_way) == (3, 0)
    assert "ValueError: client_secret=(hidden) is odd" in whole.steps["register"].causes


def test_what_is_given_up_has_not_failed(scene: Scene) -> None:
    """At Ctrl-C nothing more begins, and it ends at once."""
    ended = working(scene)
    scene.phones.stop()
    scene.clock.pump([1.0] * 5)
    whole = scene.phones.counted().whole
    assert ended.called
    assert (whole.begun, whole.failed, whole.under_way) == (1, 0, 1)


def test_every_phone_is_switched_off(scene: Scene) -> None:
    """Each lets go of its sockets."""
    Deferred.fromCoroutine(scene.phones.switch_off())
    assert len(scene.stopped) == 3


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EMFILE, "raise `ulimit -n`"),
        (errno.EADDRINUSE, "of its own with --addresses"),
        (errno.EADDRNOTAVAIL, "has no such address"),
    ],
)
async def test_too_few_sockets_are_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, number: int, advice: str
) -> None:
    """And with how many there were."""

    async def start(*_: Any) -> RunningUe:
        raise CannotListenError("127.0.0.1", 0, OSError(number, "No more"))

    monkeypatch.setattr(phones, "start", start)
    order = Order((Brief(generated(TEMPLATE, "", 1)[0].phone),), Profile.parse("1/s 1s"), ("register",), 1, 1.0)
    with pytest.raises(EnvironmentFault, match=rf"0 of 1 UEs .* {re.escape(advice)}"):
        await Phones(Clock(), order).switch_on()


async def test_more_ues_than_may_have_sockets_are_told_before_one_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how many processes would do."""
    monkeypatch.setattr(phones, "open_files", lambda: 109)
    briefs = tuple(Brief(each.phone) for each in generated(TEMPLATE, "", 7))
    order = Order(briefs, Profile.parse("7/s 1s"), ("register",), 1, 1.0)
    with pytest.raises(EnvironmentFault, match=r"7 UEs of a process may need 21 sockets, .* 3 times as many processes"):
        await Phones(Clock(), order).switch_on()
