"""A program in a process of its own: started, heard until it says where it listens, ended, and waited for."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import define, field
from ruamel.yaml import YAML
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from harness.errors import EnvironmentFault

READY = re.compile(r"(\w+)=(\S+)")
"""How a program says where it listens: `valserver is ready: sip=udp:127.0.0.1:5070 admin=http://127.0.0.1:8060`."""

STARTING = 60.0
"""Seconds that a start may take, where nobody says otherwise: it is one or two, on a machine that is not busy."""
ENDING = 10.0
"""Seconds that a program may take to stop in good order, before it is killed."""


class _Ears(ProcessProtocol):
    """Hears what a child says: its first line on standard output, and the rest on standard error."""

    def __init__(self) -> None:
        self.ready: Deferred[str] = Deferred()
        self.ended: Deferred[None] = Deferred()
        self.said = ""
        self.complained = ""

    def outReceived(self, data: bytes) -> None:
        """Take in standard output."""
        self.said += data.decode("utf-8", "replace")
        line, end, _ = self.said.partition("\n")
        if end and not self.ready.called:
            self.ready.callback(line)

    def errReceived(self, data: bytes) -> None:
        """Take in standard error; the end of it explains a failure."""
        self.complained = (self.complained + data.decode("utf-8", "replace"))[-4000:]

    def processEnded(self, reason: Failure) -> None:
        """Say that it is gone, to whoever waits for anything."""
        if not self.ready.called:
            self.ready.errback(
                EnvironmentFault(f"A program of the lab did not start:\n{self.complained or reason.value}")
            )
        self.ended.callback(None)


class OwnProcess:
    """A program of a lab as anybody would start it, from a file: it can be killed, and keeps its own time."""

    def __init__(self) -> None:
        self._child: Child | None = None

    @property
    def metrics(self) -> str | None:
        """Where it shows Prometheus what it does, if it was told to and runs."""
        return None if self._child is None else self._child.addresses.get("metrics")

    async def stop(self) -> None:
        """Ask it to stop, and wait."""
        await self._end("TERM")

    async def kill(self) -> None:
        """Send SIGKILL, and wait until it is gone."""
        await self._end("KILL")

    async def _run(self, reactor: Any, command: str, brief: Mapping[str, Any], config: Path) -> Mapping[str, str]:
        """Start `val COMMAND --config FILE`, with the file written anew; gives where it listens."""
        with config.open("w", encoding="utf-8") as file:
            YAML(typ="safe").dump(brief, file)
        self._child = await Child.start(reactor, [sys.executable, "-m", "harness", command, "--config", str(config)])
        return self._child.addresses

    async def _end(self, signal: str) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end(signal)


@define
class Child:
    """A running child process."""

    addresses: dict[str, str]
    """Where it listens, by what it serves there."""
    _reactor: Any
    _transport: Any
    _ears: _Ears = field(repr=False)

    @classmethod
    async def start(cls, reactor: Any, command: Sequence[str], within: float = STARTING) -> "Child":
        """Start a program and wait until it says where it listens; EnvironmentFault if it does not."""
        ears = _Ears()
        transport = reactor.spawnProcess(ears, command[0], list(command), env=dict(os.environ))
        ears.ready.addTimeout(within, reactor)
        try:
            line = await ears.ready
        except BaseException as error:  # also when the run is interrupted: nobody else knows of the process
            with suppress(ProcessExitedAlready):
                transport.signalProcess("KILL")
            if not isinstance(error, GeneratorExit):  # then nothing can be waited for any more
                await ears.ended
            if isinstance(error, TooLong):
                said = f" It said:\n{ears.complained}" if ears.complained else ""
                raise EnvironmentFault(f"A program of the lab was not ready within {within:g} s.{said}") from error
            raise
        return cls(dict(READY.findall(line)), reactor, transport, ears)

    async def end(self, name: str) -> None:
        """Send a signal (TERM, KILL) and wait until the process is gone; one that stays is killed."""
        self._signal(name)
        overdue = self._reactor.callLater(ENDING, self._signal, "KILL")
        await self._ears.ended
        if overdue.active():
            overdue.cancel()

    def _signal(self, name: str) -> None:
        try:
            self._transport.signalProcess(name)
        except ProcessExitedAlready:
            return
