"""Child processes for phones: who shares a place shares a process, as long as it has room, else there is a second one.

PJSIP has room for eight accounts; a ninth would abort it. A phone that is gone leaves its room to the next, so that
many phones one after another need one process.
"""

from typing import Any

from attrs import define, field
from twisted.internet.defer import DeferredLock

from ue_sim.pjsua.process import Place, Process

ROOM = 8
"""Accounts for each process (PJSUA_MAX_ACC)."""


@define
class Pool:
    """Every child process of one program."""

    _reactor: Any
    _tenants: dict[str, Process] = field(init=False, factory=dict)
    """Who lives where, by the name of the phone."""
    _processes: list[Process] = field(init=False, factory=list)
    _lock: DeferredLock = field(init=False, factory=DeferredLock)

    @property
    def processes(self) -> tuple[Process, ...]:
        """Those that run."""
        return tuple(process for process in self._processes if process.alive)

    async def room_for(self, ue: str, place: Place) -> Process:
        """Give a phone the process that it lives in: the one it has, as long as it runs. Raises NoStack."""
        async with self._lock:
            current = self._tenants.get(ue)
            if current is None or not current.alive:
                current = self._with_room(place) or await self._started(place)
                self._tenants[ue] = current
            return current

    async def leave(self, ue: str) -> None:
        """Let a phone go; its process stays for the next."""
        process = self._tenants.pop(ue, None)
        if process is not None:
            await process.forget(ue)

    async def close(self) -> None:
        """End every process."""
        self._tenants.clear()
        closing, self._processes = self._processes, []
        for process in closing:
            await process.close()

    def _with_room(self, place: Place) -> Process | None:
        here = [process for process in self.processes if process.place == place]
        return next((process for process in here if self._inhabitants(process) < ROOM), None)

    def _inhabitants(self, process: Process) -> int:
        return sum(each is process for each in self._tenants.values())

    async def _started(self, place: Place) -> Process:
        """Start one; another of this host that nobody lives in, such as an earlier lab's, is no longer of use."""
        host = place.hops[0].host
        for process in self.processes:
            if process.place.hops[0].host == host and not self._inhabitants(process):
                await process.close()
        started = await Process.start(self._reactor, place)
        self._processes = [*self.processes, started]
        return started
