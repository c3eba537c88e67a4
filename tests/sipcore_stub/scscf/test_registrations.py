"""What happens to registrations without a REGISTER; the journeys of test_registering take them through the table."""

import pytest
from attrs import define, evolve, field
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent

from sipcore_stub.hss.hss import Flag, Hss, Subscriber
from sipcore_stub.scscf.changes import Change, Ending, Event
from sipcore_stub.scscf.registrar import Effect
from sipcore_stub.scscf.registration import Registration
from sipcore_stub.scscf.registrations import Registrations
from sipcore_stub.scscf.third_party import Happening
from tests.sipcore_stub.parts import IMPI, IMPU, Notes, Phone, subscriber
from tests.sipcore_stub.scscf.test_registration import BINDING
from valkit.ids import SeededIds

KEY = subscriber().key


@define
class Register:
    """Registrations, and those who hear of them."""

    clock: Clock = field(factory=Clock)
    told: list[Happening] = field(factory=list)
    changed: list[Change] = field(factory=list)
    hss: Hss = field(init=False)
    all: Registrations = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.hss = Hss([subscriber()], SeededIds("register"), Notes())
        self.all = Registrations(self.hss, self.clock, self._hear, self.changed.append)

    def _hear(self, _: Subscriber, happening: Happening) -> None:
        self.told.append(happening)


@pytest.fixture
def register() -> Register:
    """Give registrations, of which Alice's stands until 3600."""
    register = Register()
    register.all.keep(Registration(KEY, (BINDING,), last=Phone().register()))
    return register


def test_what_stands_is_known(register: Register) -> None:
    """Whose contacts stand is listed, and the HSS shows it."""
    assert [each.key for each in register.all.standing()] == [KEY]
    assert register.hss.flag(IMPI) is Flag.REGISTERED


@pytest.mark.parametrize("event", [Event.DEACTIVATED, Event.REJECTED, Event.PROBATION])
def test_the_network_ends_it(register: Register, event: Event) -> None:
    """Servers hear Expires 0, watchers why and for how long, and nothing of it is kept."""
    assert register.all.end(KEY, Ending(event, 30))
    assert [happening.expires for happening in register.told] == [0]
    ((contact,),) = [change.contacts for change in register.changed]
    assert (contact.binding, contact.event, contact.retry_after) == (BINDING, event, 30)
    assert register.all.standing() == ()
    assert not register.clock.getDelayedCalls()


def test_what_does_not_stand_cannot_be_ended() -> None:
    """Nobody hears of it."""
    register = Register()
    assert not register.all.end(KEY, Ending())
    assert not register.all.shorten(KEY, 60)
    assert (register.told, register.changed) == ([], [])


def test_shortening_makes_nothing_longer(register: Register) -> None:
    """A contact that runs out sooner anyway keeps its own end."""
    register.all.shorten(KEY, 7200)
    assert register.all.of(KEY).bindings == (BINDING,)
    register.all.shorten(KEY, 60)
    assert register.all.of(KEY).bindings == (evolve(BINDING, until=60.0),)


def test_each_change_is_a_line_in_the_log(register: Register) -> None:
    """It names event, IMPU, IMPI and contact, and seconds where there are any left."""
    with capturedLogs() as events:
        register.all.announce((), register.all.of(KEY), Phone().register(), None, ())
        register.all.end(KEY, Ending(Event.REJECTED))
    (line,) = [event for event in events if event.get("event") == "rejected"]
    assert formatEvent(line) == f"rejected {KEY.set} ({IMPI}) at sip:a@192.0.2.1"


def test_a_contact_that_stands_is_told_with_what_it_has_left(register: Register) -> None:
    """In seconds, as after a REGISTER."""
    with capturedLogs() as events:
        register.all.shorten(KEY, 60)
    (line,) = [event for event in events if event.get("event") == "shortened"]
    assert formatEvent(line) == f"shortened {KEY.set} ({IMPI}) at sip:a@192.0.2.1 for 60 s"


def test_servers_hear_of_the_default_identity_in_place_of_a_barred_one(register: Register) -> None:
    """The IMPU told is one that may be told."""
    request = Phone(impu=KEY.set).register()
    register.all.announce((Effect.TELL_AGAIN,), register.all.of(KEY), request, None, ())
    assert (register.told[0].impu, register.told[0].expires) == (IMPU, 3600)
