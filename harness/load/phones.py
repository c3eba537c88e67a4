"""The UEs of one process at work: each journey begins at its moment, and what comes of it is counted.

An open model: a journey waits for no other one. Its UE is the one that has rested longest; when there is none, or as
many are under way as may be, the journey is held back for good, and counted.
"""

import errno
from collections import deque
from collections.abc import Iterator
from math import ceil
from typing import Any

from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.error import CannotListenError

from harness.errors import EnvironmentFault
from harness.load.journey import VERBS, cause
from harness.load.orders import Order
from harness.load.tally import Tally
from ue_sim.app import RunningUe, start
from ue_sim.ue import UE
from valkit.ids import SystemIds
from valkit.net.descriptors import open_files
from valkit.redaction import redact
from valkit.trace import Note

WHY = {"mac": "its MAC is wrong (another K, or OP for OPc?)", "sqn": "its SQN is not fresh"}
"""For what a card refuses a challenge."""

SOCKETS = 3
"""Sockets of a UE at most: for datagrams, for connections that come, and the connection that it opens."""
OWN = 100
"""Files that a process has open beside the sockets of its UEs."""


@define
class Phone:
    """A UE that is on, and for what its card refused the last challenge."""

    refused: str = ""
    running: RunningUe | None = None

    @property
    def ue(self) -> UE:
        """The UE."""
        assert self.running is not None
        return self.running.ue

    def observe(self, note: Note) -> None:
        """Hear what the UE notes."""
        if note.what == "autn refused":
            self.refused = WHY.get(note.fields.get("cause", ""), "")


@define
class Phones:
    """All UEs of this process."""

    _reactor: Any
    _order: Order
    _resting: deque[Phone] = field(factory=deque)
    _under_way: "set[Deferred[None]]" = field(factory=set)
    _tally: Tally = field(factory=Tally)
    _began: float = 0.0
    _stopped: bool = False
    _ended: "Deferred[None]" = field(factory=Deferred)

    async def switch_on(self) -> None:
        """Switch every UE on. Raises EnvironmentFault where the machine has no sockets for so many."""
        _make_room(len(self._order.phones))
        for brief in self._order.phones:
            phone = Phone()
            try:
                phone.running = await start(self._reactor, self._reactor, brief.settings, SystemIds(), phone.observe)
            except (CannotListenError, OSError) as error:
                raise EnvironmentFault(
                    f"{len(self._resting)} of {len(self._order.phones)} UEs of a process have sockets, the next one "
                    f"gets none: {str(error).rstrip('.')}. {_advice(error)}"
                ) from None
            if brief.token is not None:
                phone.ue.wallet.put(brief.token)
            self._resting.append(phone)

    async def work(self, began: float) -> None:
        """Begin each journey at its moment, counted from `began` in epoch seconds, and wait until all have ended."""
        self._began = began
        self._next(self._order.moments())
        await self._ended

    def stop(self) -> None:
        """Begin no more, and give up what is under way: it is not counted as failed."""
        self._stopped = True
        for each in list(self._under_way):
            each.cancel()
        self._perhaps_ended()

    def counted(self) -> Tally:
        """Give what was counted since the last time."""
        tally, self._tally = self._tally, Tally()
        return tally

    async def switch_off(self) -> None:
        """Let go of every socket."""
        for phone in self._resting:
            assert phone.running is not None
            await phone.running.stop()

    def _next(self, moments: Iterator[float], due: float | None = None) -> None:
        """Begin what is due, and come again for the next one."""
        now = self._reactor.seconds() - self._began
        while not self._stopped:
            if due is not None and due <= now:
                self._begin(due, now)
            elif due is not None:
                self._reactor.callLater(due - now, self._next, moments, due)
                return
            due = next(moments, None)
            if due is None:
                break
        self._stopped = True
        self._perhaps_ended()

    def _begin(self, due: float, now: float) -> None:
        second = self._tally.at(due)
        if not self._resting or len(self._under_way) >= self._order.in_flight:
            second.held_back += 1
            return
        second.begun += 1
        second.lag.add(now - due)
        phone = self._resting.popleft()
        journey = Deferred.fromCoroutine(self._journey(phone, due))
        if not journey.called:
            self._under_way.add(journey)
        journey.addErrback(lambda failure: failure.trap(CancelledError))
        journey.addBoth(lambda _: self._ended_one(journey, phone))

    def _ended_one(self, journey: "Deferred[None]", phone: Phone) -> None:
        self._under_way.discard(journey)
        self._resting.append(phone)
        self._perhaps_ended()

    async def _journey(self, phone: Phone, due: float) -> None:
        """Do the steps one after the other, until one fails."""
        for name in self._order.do:
            begun = self._reactor.seconds()
            failure = await self._step(name, phone)
            now = self._reactor.seconds()
            second = self._tally.at(max(0.0, now - self._began))
            if failure:
                second.step(name).fail(failure)
                self._tally.at(due).failed += 1
                return
            second.step(name).took.add(now - begun)
        self._tally.at(due).succeeded += 1

    async def _step(self, name: str, phone: Phone) -> str:
        """Do one step; gives why it failed, or nothing."""
        phone.refused = ""
        doing = Deferred.fromCoroutine(_doing(name, phone))
        doing.addTimeout(self._order.patience, self._reactor)
        try:
            answer = await doing
        except TooLong:
            return f"no answer in {self._order.patience:g} s"
        except CancelledError:  # given up
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the journey has failed of it
            return redact(f"{type(error).__name__}: {error}")
        return "" if answer.ok else cause(answer, phone.refused)

    def _perhaps_ended(self) -> None:
        if self._stopped and not self._under_way and not self._ended.called:
            self._ended.callback(None)


def _make_room(phones: int) -> None:
    """Raise EnvironmentFault where this process may not have as many sockets as so many UEs can come to need."""
    room = open_files() - OWN
    if phones * SOCKETS > room:
        raise EnvironmentFault(
            f"{phones} UEs of a process may need {phones * SOCKETS} sockets, and it may have {room} (`ulimit -Hn`). "
            f"Take {ceil(phones * SOCKETS / room)} times as many processes, or fewer users"
        )


def _advice(error: CannotListenError | OSError) -> str:
    """Say what to do about a socket that cannot be had."""
    match getattr(error.socketError if isinstance(error, CannotListenError) else error, "errno", None):
        case errno.EADDRINUSE:
            return "Its ports are used up: give each UE an address of its own with --addresses, or take fewer users"
        case errno.EADDRNOTAVAIL:
            return "This machine has no such address: set it up, or say others with --addresses"
    return "Take fewer users or more processes, or raise `ulimit -n`"


async def _doing(name: str, phone: Phone) -> Any:
    return await VERBS[name](phone.ue)
