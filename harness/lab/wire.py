"""Every wire of a lab: what is sent is written into the trace, and faults are done to it on the way.

One `Wire` is the tap of all programs in this process. What they send to each other is seen where it is sent; what comes
from a program of its own is seen where it arrives.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from attrs import define, evolve, field

from harness.seen.cast import Cast
from harness.seen.patterns import HttpPattern, Pattern
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Message, Request
from valkit.sip.transaction import DEFAULT_TIMERS, IMS_UE_TIMERS
from valkit.trace import Fate, Http, Note, Trace
from valkit.trace import Message as Sent

OUTCOMES: Mapping[str, tuple[int, Fate]] = {"lose": (0, "lost"), "hold": (0, "lost"), "repeat": (2, "repeated")}
"""Copies that go out, and what the trace says of it."""

ALL = 1_000_000
"""As many times as there are."""

GIVEN_UP = DEFAULT_TIMERS.lifetime
"""Seconds after which whoever sent a request waits for its answer no longer (RFC 3261 17.1.2.2, Timer F)."""
GIVEN_UP_SLOWLY = IMS_UE_TIMERS.lifetime
"""The same for whoever has the timers of an access network (TS 24.229 table 7.7.1)."""

Key = tuple[str, str]
"""Branch and method: a request on one hop, and its answers (RFC 3261 17.1.3)."""

Effect = Literal["lose", "repeat", "hold", "cut"]


@define
class Fault:
    """What is to be done to some of the messages of a pattern."""

    effect: Effect
    pattern: Pattern | HttpPattern
    skips: int = 0
    """So many of them pass before it begins."""
    left: int = 1
    """So many of them it is done to."""
    done: int = 0

    @property
    def idle(self) -> bool:
        """Whether it was not done to as many as it was meant for."""
        return not self.done or (self.left > 0 and self.done + self.left < ALL)

    def __str__(self) -> str:
        over = "HTTPS" if self.effect == "cut" else "UDP"
        return f"fault.{self.effect} {self.pattern}: met {self.done} of them over {over}, and was meant for more"

    def takes(self, source: str, target: str, message: Message, cast: Cast) -> bool:
        """Whether it is done to this SIP message; counts."""
        fits = isinstance(self.pattern, Pattern) and self.pattern.fits(source, target, message, cast)
        return fits and self._met()

    def takes_http(self, http: Http, cast: Cast) -> bool:
        """Whether it is done to this HTTP message; counts."""
        return isinstance(self.pattern, HttpPattern) and self.pattern.means(http, cast) and self._met()

    def _met(self) -> bool:
        if not self.left:
            return False
        if self.skips:
            self.skips -= 1
            return False
        self.left -= 1
        self.done += 1
        return True


@define
class Wire:
    """The tap of a lab: its trace, its faults, and which requests have no answer yet."""

    keeps: ClassVar[bool] = True
    """Whether the trace is kept, HTTP with it, which need not be told in notes beside it then."""

    cast: Cast
    hosts: frozenset[str]
    """Addresses of programs in this process."""
    now: Callable[[], float]
    """Epoch seconds of the lab's clock."""
    slow: frozenset[str] = frozenset()
    """Addresses of those who have, or may have, the timers of an access network."""
    trace: Trace = field(factory=Trace)
    faults: list[Fault] = field(factory=list)
    _open: dict[Key, tuple[float, str]] = field(factory=dict)
    """Requests without an answer on their hop: when they were sent, and from which host."""
    _calls: set[object] = field(factory=set)
    """HTTP requests without an answer."""
    _held: dict[Key, tuple[float, str]] = field(factory=dict)
    """Those of them that have been held back."""

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Say how many copies go out."""
        effect = self._effect(message, source, target)
        copies, fate = OUTCOMES.get(effect, (1, "delivered"))
        self.trace.message(Sent(self.now(), source, target, message, fate))
        self._keep_account(message, source, effect)
        return copies

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Say whether it arrives; what a program in this process sent was judged when it was sent."""
        if source.host in self.hosts:
            return True
        return self.sending(message, source, target) > 0

    def note(self, note: Note) -> None:
        """Write down what a program noted."""
        self.trace.note(note)

    def http(self, http: Http) -> bool:
        """Write down an HTTP message; say whether it arrives, and is not cut off on its way."""
        cut = any(fault.takes_http(http, self.cast) for fault in self.faults)
        self.trace.http(evolve(http, fate="lost") if cut else http)
        return not cut

    def asking(self, call: object) -> None:
        """Know of an HTTP request that is under way."""
        self._calls.add(call)

    def heard(self, call: object) -> None:
        """Know that it is answered, or given up."""
        self._calls.discard(call)

    @property
    def calling(self) -> bool:
        """Whether an HTTP request is under way: it takes real time, and ends by itself after a while."""
        return bool(self._calls)

    def unanswered(self) -> bool:
        """Whether somebody still waits for an answer that may come."""
        now = self.now()
        return self.calling or any(now - sent < self._given_up(host) for sent, host in self._open.values())

    @property
    def on_our_clock(self) -> bool:
        """Whether a program in this process waits for an answer, so that it is the lab's clock that ends it."""
        return any(host in self.hosts for _, host in self._open.values())

    def let_go(self) -> None:
        """Expect answers to what was held back; its senders send it again."""
        self._open |= self._held
        self._held.clear()

    def _given_up(self, host: str) -> float:
        return GIVEN_UP_SLOWLY if host in self.slow else GIVEN_UP

    def _effect(self, message: Message, source: Hop, target: Hop) -> str:
        """Give what is done to a message; on a stream nothing is, since there nothing gets lost."""
        if source.transport != "udp":
            return ""
        ends = self.cast.name(source), self.cast.name(target)
        return next((fault.effect for fault in self.faults if fault.takes(*ends, message, self.cast)), "")

    def _keep_account(self, message: Message, source: Hop, effect: str) -> None:
        try:
            key = message.via.branch or "", message.cseq.method
        except ParseError:
            return
        if effect == "hold":
            self._held[key] = self._open.pop(key, (self.now(), source.host))
        elif isinstance(message, Request):
            self._open.setdefault(key, (self.now(), source.host))
        elif effect != "lose":
            self._open.pop(key, None)


@define
class Onlooker(Wire):
    """The tap of a lab that people try: it does nothing to what is sent, and keeps no account of it."""

    keeps = False

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Let it pass."""
        self.trace.message(Sent(self.now(), source, target, message))
        return 1

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Let it in; what a program in this process sent was told of when it was sent, and phones are outside."""
        if source.host not in self.hosts or self.cast.name(source) in self.cast.ues:
            self.trace.message(Sent(self.now(), source, target, message))
        return True
