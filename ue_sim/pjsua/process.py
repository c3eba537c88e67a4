"""One child process with PJSIP in it: started, asked, and mourned when it dies.

What crosses the pipe is a JSON object per line, as `child.serving` says. Whatever ends the process ends every question
that is open with a StackDied that says how it ended. One that has stopped answering is killed; nothing waits for ever.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from signal import SIGKILL
from typing import Any

from attrs import asdict, define, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as Overdue
from twisted.internet.error import ProcessDone, ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from ue_sim.errors import NoStack, StackDied
from ue_sim.pjsua.orders import Order
from valkit.sip.hop import Hop

COMMAND = (sys.executable, "-m", "ue_sim.pjsua.child")

STARTING = 20.0
"""Seconds that a start may take."""
ANSWERING = 10.0
"""Seconds beyond those of its transaction in which an order must be answered (64*T1, RFC 3261 17.1)."""
ENDING = 5.0
"""Seconds that the process may take to end in good order before it is killed, and then before it is left to itself."""

KEPT = 2000
"""Characters of standard error that are kept, to explain a death."""


@frozen
class Place:
    """Where a stack listens and how: what its phones have in common."""

    hops: tuple[Hop, ...]
    """One or two transports at one host and port; port 0 is a free one."""
    timers: tuple[float, float, float, float]
    """T1, T2, T4 and 64*T1 in seconds (RFC 3261 table 4)."""
    authorities: str = ""
    """With TLS, a file of the certificates to trust."""


@frozen
class Outcome:
    """How a request ended in the child."""

    response: bytes = b""
    """The final response as it came; empty where none did."""
    none: int = 0
    """The status to be assumed where none came: 408 is silence, any other a broken transport."""
    refused: str = ""
    """What PJSIP had against it."""


Heard = Callable[[str, bytes], None]
"""Hears of each NOTIFY for a phone: the identity that had subscribed, and the request as it came."""


class _Pipe(ProcessProtocol):
    """Our end of the pipes."""

    def __init__(self) -> None:
        self.hearing: dict[str, Heard] = {}
        self.ready: Deferred[int] = Deferred()
        self.ended: Deferred[None] = Deferred()
        self.waiting: dict[int, Deferred[Outcome]] = {}
        self.gone = False
        self._begun = b""
        self._complained = ""
        self._given_up = ""

    def outReceived(self, data: bytes) -> None:
        """Take in what the child says."""
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                self._give_up("what it says is no JSON")
                return
            self._said(said)

    def outConnectionLost(self) -> None:
        """Kill it if somebody waits: it says nothing any more. One that has ended is gone already."""
        if self.waiting or not self.ready.called:
            self._give_up("it has closed its standard output")

    def errReceived(self, data: bytes) -> None:
        """Keep the end of what is complained."""
        self._complained = (self._complained + data.decode("utf-8", "replace"))[-KEPT:]

    def processEnded(self, reason: Failure) -> None:
        """Tell everybody who waits."""
        self.gone = True
        death = StackDied(f"the process of the engine pjsua2 ended {self._how(reason)}{self._last_words()}")
        if not self.ready.called:
            self.ready.errback(NoStack(str(death)))
        waiting, self.waiting = self.waiting, {}
        for each in waiting.values():
            each.errback(death)
        self.let_go()

    def let_go(self) -> None:
        """Wait for its end no longer."""
        if not self.ended.called:
            self.ended.callback(None)

    def _said(self, said: dict[str, Any]) -> None:
        if "ready" in said:
            self.ready.callback(int(said["ready"]))
        elif "unfit" in said:
            self.ready.errback(NoStack(f"the engine pjsua2 cannot be used: {said['unfit']}"))
        elif "notify" in said:
            self._notified(**said)
        else:
            self._answered(said)

    def _answered(self, said: dict[str, Any]) -> None:
        waiting = self.waiting.pop(said.pop("id"), None)
        if waiting is not None:
            text = said.pop("response", "").encode("utf-8", "surrogateescape")
            waiting.callback(Outcome(response=text, **said))

    def _notified(self, ue: str, impu: str, notify: str) -> None:
        hears = self.hearing.get(ue)
        if hears is not None:
            hears(impu, notify.encode("utf-8", "surrogateescape"))

    def _give_up(self, why: str) -> None:
        transport: Any = self.transport
        with suppress(ProcessExitedAlready):
            transport.signalProcess("KILL")
            self._given_up = why

    def _how(self, reason: Failure) -> str:
        signal = getattr(reason.value, "signal", None)
        return f"since {self._given_up}" if self._given_up and signal == SIGKILL else _how(reason)

    def _last_words(self) -> str:
        """Give the last line of standard error, which is an assertion's where one failed."""
        lines = self._complained.split("\n")
        told = [line for line in lines if "ssert" in line or "rror" in line]
        return f": {told[-1].strip()}" if told else ""


@define
class Process:
    """A running child."""

    place: Place
    port: int
    """At which it listens, over every transport."""
    _reactor: Any
    _transport: Any
    _pipe: _Pipe = field(repr=False)
    _numbers: int = 0

    @classmethod
    async def start(cls, reactor: Any, place: Place) -> "Process":
        """Start it, and wait until it listens. Raises NoStack."""
        pipe = _Pipe()
        transport = reactor.spawnProcess(pipe, COMMAND[0], list(COMMAND), env=dict(os.environ))
        _tell(transport, _opening(place))
        pipe.ready.addTimeout(STARTING, reactor)
        made = cls(place, 0, reactor, transport, pipe)
        try:
            made.port = await pipe.ready
        except (NoStack, Overdue) as error:
            await made.close()
            if isinstance(error, Overdue):
                raise NoStack(f"the engine pjsua2 did not start within {STARTING:.0f} s") from error
            raise
        return made

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return not self._pipe.gone

    @property
    def address(self) -> Hop:
        """Where it listens, by its first transport."""
        return self.place.hops[0]._replace(port=self.port)

    def hear(self, ue: str, heard: Heard) -> None:
        """Tell of each NOTIFY for this phone, until it is forgotten."""
        self._pipe.hearing[ue] = heard

    async def send(self, ue: str, order: Order) -> Outcome:
        """Have a phone in it send a request, and wait for how that ends. Raises StackDied."""
        return await self._ask({"ue": ue, **asdict(order)})

    async def forget(self, ue: str) -> None:
        """Have it let go of a phone; one that dies meanwhile has."""
        self._pipe.hearing.pop(ue, None)
        with suppress(StackDied):
            await self._ask({"ue": ue, "verb": "forget"})

    async def close(self) -> None:
        """End it in good order, or kill it when it does not end."""
        if not self.alive:
            return
        self._transport.closeStdin()
        overdue = [self._reactor.callLater(ENDING, self._kill), self._reactor.callLater(2 * ENDING, self._pipe.let_go)]
        await self._pipe.ended
        for call in overdue:
            if call.active():
                call.cancel()

    async def _ask(self, said: dict[str, Any]) -> Outcome:
        if not self.alive:
            raise StackDied("the process of the engine pjsua2 is gone")
        self._numbers += 1
        answer: Deferred[Outcome] = Deferred()
        self._pipe.waiting[self._numbers] = answer
        _tell(self._transport, {"id": self._numbers} | said)
        seconds = self.place.timers[3] + ANSWERING
        try:
            return await answer.addTimeout(seconds, self._reactor)
        except Overdue:
            self._kill()
            raise StackDied(f"the process of the engine pjsua2 did not answer within {seconds:.0f} s") from None

    def _kill(self) -> None:
        try:
            self._transport.signalProcess("KILL")
        except ProcessExitedAlready:
            return


def _tell(transport: Any, said: dict[str, Any]) -> None:
    transport.write(json.dumps(said).encode() + b"\n")


def _opening(place: Place) -> dict[str, Any]:
    """Say what the child is told first."""
    first = place.hops[0]
    transports = [hop.transport for hop in place.hops]
    told = {"host": first.host, "port": first.port, "transports": transports}
    return told | {"timers": place.timers, "authorities": place.authorities}


def _how(reason: Failure) -> str:
    if reason.check(ProcessDone):
        return "by itself"
    signal, code = getattr(reason.value, "signal", None), getattr(reason.value, "exitCode", None)
    return f"by signal {signal}" if signal else f"with exit code {code}"
