"""What a process of a load says and hears, in lines of JSON over its pipes.

In: an order, then {"go": epoch seconds}. Out: {"ready": phones} or {"fault": a sentence}; then what was counted, twice
a second; at last {"end": epoch seconds}, when the last journey ended. It ends early when its standard input does, or at
Ctrl-C or SIGTERM, and still says what was counted.
"""

import gc
import json
import signal
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.stdio import StandardIO
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure
from zope.interface import implementer

from harness.errors import EnvironmentFault
from harness.load.orders import Order
from harness.load.phones import Phones
from ue_sim.errors import UeError
from valkit.net.certificates import UnusableCertificates

EVERY = 0.5
"""Seconds after which it says what was counted."""


@implementer(IHalfCloseableProtocol)
@define(eq=False)
class Lines(Protocol):
    """Lines as they come; None when no more will. What is said goes out even after that."""

    gone: "Deferred[None]" = field(factory=Deferred)
    """Fires when whoever started us is gone, or wants an end."""
    closed: "Deferred[None]" = field(factory=Deferred)
    """Fires when all that was said is out."""
    _begun: list[bytes] = field(factory=list)
    _kept: list[str] = field(factory=list)
    _waits: "Deferred[str | None] | None" = None

    def dataReceived(self, data: bytes) -> None:
        """Take lines in."""
        *ends, rest = data.split(b"\n")
        for end in ends:
            self._kept.append(b"".join((*self._begun, end)).decode())
            self._begun.clear()
        self._begun.append(rest)
        self._give()

    def readConnectionLost(self) -> None:
        """Tell everybody who waits that nothing more comes."""
        if not self.gone.called:
            self.gone.callback(None)
        self._give()

    def writeConnectionLost(self) -> None:
        """Say nothing more."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002  Twisted's signature
        """Tell everybody who waits."""
        self.readConnectionLost()
        self.closed.callback(None)

    async def next(self) -> str | None:
        """Wait for the next line."""
        self._waits = Deferred()
        waits = self._waits
        self._give()
        return await waits

    def say(self, told: dict[str, Any]) -> None:
        """Write a line."""
        assert self.transport is not None
        self.transport.write(json.dumps(told, separators=(",", ":")).encode() + b"\n")

    def _give(self) -> None:
        if self._waits is not None and (self._kept or self.gone.called):
            waits, self._waits = self._waits, None
            waits.callback(self._kept.pop(0) if self._kept else None)


async def serve(reactor: Any) -> None:
    """Do what standard input says, and end."""
    lines = Lines()
    StandardIO(lines, reactor=reactor)
    await obey(reactor, lines)
    assert lines.transport is not None
    lines.transport.loseConnection()
    await lines.closed


async def obey(reactor: Any, lines: Lines) -> None:
    """Take an order, carry it out, and say what was counted."""
    told = await lines.next()
    if told is None:
        return
    phones = Phones(reactor, Order.read(told))
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: reactor.callFromThread(phones.stop))
    try:
        await phones.switch_on()
    except (EnvironmentFault, UeError, UnusableCertificates) as error:
        lines.say({"fault": str(error)})
        return
    lines.say({"ready": True})
    gc.freeze()  # the phones live as long as the process
    go = await lines.next()
    if go is not None:
        await _carried_out(reactor, lines, phones, float(json.loads(go)["go"]))
    await phones.switch_off()


async def _carried_out(reactor: Any, lines: Lines, phones: Phones, began: float) -> None:
    lines.gone.addCallback(lambda _: phones.stop())
    saying = LoopingCall(lambda: lines.say({"counted": phones.counted().told()}))
    saying.clock = reactor
    saying.start(EVERY, now=False)
    try:
        await phones.work(began)
    finally:
        saying.stop()
    ended = reactor.seconds()
    lines.say({"counted": phones.counted().told()})
    lines.say({"end": ended})
