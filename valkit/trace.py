"""What happened, in order: the messages between elements and what the elements say of themselves.

A trace is a list that grows; ladders, verdicts, captures and reports are read from it elsewhere. Whoever waits for
something to happen watches it. It takes no time itself: every event comes with its own, in epoch seconds.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from attrs import field, frozen

from valkit.sip import message as sip
from valkit.sip.hop import Hop

Fate = Literal["delivered", "lost", "repeated"]
"""What became of a message on its way: faults of a scenario included."""


@frozen
class Message:
    """A SIP message on its way between two elements."""

    at: float
    source: Hop
    target: Hop
    message: sip.Message
    fate: Fate = "delivered"


def _frozen(fields: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(fields))


@frozen
class Note:
    """Something an element did that no message shows, such as a RES that proved right; never with a secret in it."""

    at: float
    who: str
    """The element: hss, scscf, ue, valserver."""
    what: str
    """What it did, in few and always the same words."""
    fields: Mapping[str, str] = field(factory=dict, converter=_frozen)
    """To whom or what it did so."""


@frozen
class Http:
    """An HTTP request on its way between two elements, or its answer; never with a secret in it."""

    at: float
    source: str
    target: str
    ends: tuple[Hop, Hop]
    """The addresses that it goes from and to."""
    method: str
    """Of the request, also where this is the answer."""
    path: str
    """Of the request, without its query."""
    status: int | None = None
    """None: the request itself."""
    fields: Mapping[str, str] = field(factory=dict, converter=_frozen)
    """What its query, form or JSON body says, fit to be shown."""
    tokens: Mapping[str, str] = field(factory=dict, converter=_frozen, repr=False)
    """Header and claims of each token in it, as JSON, by the member that has it; without its signature it is none."""
    fate: Fate = "delivered"
    document: Any = field(default=None, repr=False)
    """The JSON of its body as values, for whoever judges it and never to be shown whole; None if it has none."""


Event = Message | Note | Http
Observer = Callable[[Note], None]
"""Where an element reports what it did."""


def unobserved(_: Note) -> None:
    """Observe nothing: for an element whose deeds nobody follows."""


class Trace:
    """The events of one run, oldest first."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._watchers: list[Callable[[Event], None]] = []

    def message(self, message: Message) -> None:
        """Take in a message."""
        self._add(message)

    def note(self, note: Note) -> None:
        """Take in a note: this is an `Observer`."""
        self._add(note)

    def http(self, message: Http) -> None:
        """Take in an HTTP message."""
        self._add(message)

    def watch(self, watcher: Callable[[Event], None]) -> Callable[[], None]:
        """Call a watcher with each event from now on; calling what this returns ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def _add(self, event: Event) -> None:
        self.events.append(event)
        for watcher in tuple(self._watchers):
            watcher(event)
