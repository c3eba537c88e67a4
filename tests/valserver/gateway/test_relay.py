"""Where messages go, and how often they are tried."""

from typing import Any

import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valserver.migration.test_messages import MESSAGE
from valkit.net.web import HttpError
from valkit.trace import Note
from valserver.gateway.relay import PAUSE, Peer, Relay
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Act, Message, Outcome, Result

END = evolve(MESSAGE, act=Act.END, by="home")
YES = Outcome(Result.MIGRATED)


@define
class Hop:
    """A next hop that fails so many times first, and takes as long for it as it is given, or less."""

    fails: int = 0
    takes: float = 0.0
    clock: Clock = field(factory=Clock)
    asked: list[Message] = field(factory=list)
    given: list[float] = field(factory=list)

    async def __call__(self, message: Message, within: float) -> Outcome:
        """Answer, or not."""
        self.asked.append(message)
        self.given.append(within)
        self.clock.advance(min(self.takes, within))
        if len(self.asked) <= self.fails:
            raise Unavailable("nobody there")
        return YES


@define
class Scene:
    """The gateway of the home domain."""

    server: Hop = field(factory=Hop)
    partner: Hop = field(factory=Hop)
    clock: Clock = field(factory=Clock)
    notes: list[Note] = field(factory=list)
    at_once: int = 10
    relay: Relay = field(init=False)

    def __attrs_post_init__(self) -> None:
        behind: Any = self.server
        beyond: Any = self.partner
        server, partner = Peer(frozenset({"val"}), behind), Peer(frozenset({"gw"}), beyond)
        self.relay = Relay("home", server, {"partner": partner}, 6.0, 3, self.at_once, self.clock, self.notes.append)

    def outcome(self, work: Any, seconds: int = 3) -> Any:
        """Give what comes of it."""
        found: list[object] = []
        Deferred.fromCoroutine(work).addBoth(found.append)
        self.clock.pump([PAUSE] * int(seconds / PAUSE))
        return getattr(found[0], "value", found[0]) if found else None


def test_a_partners_request_goes_in_and_our_servers_end_goes_out() -> None:
    """Each as it came, said anew."""
    scene = Scene()
    assert scene.outcome(scene.relay.inward(MESSAGE, frozenset({"gw", "x"}))) == YES
    assert scene.outcome(scene.relay.outward(END, frozenset({"val"}))) == YES
    assert (scene.server.asked, scene.partner.asked) == ([MESSAGE], [END])


@pytest.mark.parametrize(
    ("side", "message", "names"),
    [
        ("inward", MESSAGE, {"stranger"}),
        ("inward", MESSAGE, set()),
        ("inward", MESSAGE, {"val"}),
        ("inward", evolve(MESSAGE, partner_domain="third"), {"gw"}),
        ("inward", evolve(MESSAGE, home_domain="third"), {"gw"}),
        ("inward", END, {"gw"}),
        ("outward", END, {"gw"}),
        ("outward", END, set()),
        ("outward", evolve(END, partner_domain="third"), {"val"}),
        ("outward", MESSAGE, {"val"}),
    ],
)
def test_nothing_else_goes_anywhere(side: str, message: Message, names: set[str]) -> None:
    """Who is not known by certificate, who speaks for another domain, and who wants to go through to a third one."""
    scene = Scene()
    refused = scene.outcome(getattr(scene.relay, side)(message, frozenset(names)))
    assert isinstance(refused, HttpError)
    assert refused.status == 403
    assert (scene.server.asked, scene.partner.asked) == ([], [])
    assert [note.what for note in scene.notes] == ["migration message refused"]


def test_what_is_not_answered_is_asked_again() -> None:
    """The same message, so often and so long as it is told; then the other side hears that there is no answer."""
    scene = Scene(server=Hop(fails=2))
    assert scene.outcome(scene.relay.inward(MESSAGE, frozenset({"gw"}))) == YES
    assert scene.server.asked == [MESSAGE] * 3
    gone = Scene(server=Hop(fails=9))
    assert isinstance(gone.outcome(gone.relay.inward(MESSAGE, frozenset({"gw"}))), Unavailable)
    assert len(gone.server.asked) == 3
    assert gone.notes[-1].what == "next hop unavailable"


@pytest.mark.parametrize(("takes", "given"), [(3.0, [6.0, 2.9]), (20.0, [6.0]), (5.95, [6.0])])
def test_each_try_has_what_the_ones_before_have_left(takes: float, given: list[float]) -> None:
    """So that all of them together take no longer than they may."""
    clock = Clock()
    scene = Scene(server=Hop(fails=9, takes=takes, clock=clock), clock=clock)
    assert isinstance(scene.outcome(scene.relay.inward(MESSAGE, frozenset({"gw"}))), Unavailable)
    assert scene.server.given == pytest.approx(given)
    assert sum(min(takes, each) for each in given) <= scene.relay.within


def test_only_so_many_are_under_way() -> None:
    """A further one is told to come again."""
    scene = Scene(at_once=0)
    refused = scene.outcome(scene.relay.inward(MESSAGE, frozenset({"gw"})))
    assert isinstance(refused, HttpError)
    assert refused.status == 503
