"""Events over HTTP as they happen: server-sent events, as browsers and curl read them (WHATWG HTML 9.2).

A client names in Last-Event-ID what it has seen and gets what came since, as far as the ring goes back; a client that
names nothing gets what comes from now on. One that reads slowly is waited for, and told how much it has missed.
"""

import json

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.internet.task import LoopingCall
from twisted.web.http import Request
from zope.interface import implementer

from valserver.watching.events import Entry, EventLog

HEARTBEAT = 15.0
"""Seconds between two signs of life, so that both ends notice when the other is gone."""
PORTION = 100
"""Events written before the connection is asked again whether it can take more."""


@implementer(IPushProducer)
class EventStream:
    """One client that follows the events."""

    def __init__(self, request: Request, log: EventLog, clock: IReactorTime) -> None:
        self._request = request
        self._log = log
        self._position = _start(request.getHeader("Last-Event-ID"), log)
        self._paused = False
        self._heart = LoopingCall(self._write, ":\n\n")
        self._heart.clock = clock
        self._ended: Deferred[None] = Deferred()

    def run(self) -> Deferred[None]:
        """Write until the client goes."""
        self._request.setHeader("Content-Type", "text/event-stream")
        self._request.setHeader("Cache-Control", "no-store")
        self._request.notifyFinish().addBoth(self._end)
        self._request.registerProducer(self, True)
        self._forget = self._log.wake(self.send)
        self._heart.start(HEARTBEAT)
        self.send()
        return self._ended

    def send(self) -> None:
        """Write what the client has not seen, as long as it takes it."""
        while not self._paused and (entries := self._log.since(self._position, PORTION)):
            missed = entries[0].number - self._position - 1
            self._position = entries[-1].number
            notice = f'event: missed\ndata: {{"count": {missed}}}\n\n' if missed else ""
            self._write(notice + "".join(shown(entry, self._log.epoch) for entry in entries))

    def pauseProducing(self) -> None:
        """Wait: the client does not keep up."""
        self._paused = True

    def resumeProducing(self) -> None:
        """Go on where it was."""
        self._paused = False
        self.send()

    def stopProducing(self) -> None:
        """Stop: the client is gone."""
        self._paused = True

    def _write(self, text: str) -> None:
        if not self._paused:
            self._request.write(text.encode())

    def _end(self, _reason: object) -> None:
        self._paused = True
        self._forget()
        self._heart.stop()
        self._ended.callback(None)


def _start(last_seen: str | None, log: EventLog) -> int:
    """Give the number after which to begin: the oldest there is for a client that followed a server before us."""
    if last_seen is None:
        return log.last
    position = log.position(last_seen)
    return log.oldest - 1 if position is None else min(position, log.last)


def shown(entry: Entry, epoch: str) -> str:
    """Write one event."""
    told = {name: value for name, value in entry.event._asdict().items() if value}
    data = json.dumps({"at": entry.at, **told})
    return f"id: {epoch}-{entry.number}\nevent: {entry.event.what}\ndata: {data}\n\n"
