"""Puts together what watches one program: made from its settings before it starts, opened once it runs."""

from collections.abc import Iterable
from typing import Any

from attrs import define, field
from twisted.internet.interfaces import IReactorTime

from valkit.net import web
from valkit.net.monitoring.hep import Exporter, exporter
from valkit.net.monitoring.metrics import Metrics
from valkit.net.monitoring.settings import Monitored, MonitoredSip
from valkit.net.service import Running
from valkit.net.sip import Tap
from valkit.net.taps import joined
from valkit.tallies import Tallies, Tally
from valkit.trace import Note, Observer


@define
class Watch:
    """Who watches a program; each of its seams is None where nobody does, and then costs nothing."""

    settings: Monitored
    metrics: Metrics | None
    exporter: Exporter | None = None
    _ports: list[web.WebPort] = field(factory=list, init=False)

    @classmethod
    def of(cls, settings: Monitored, tallies: Iterable[Tally], clock: IReactorTime) -> "Watch":
        """Make what the settings ask for; raises UnusableMonitoring. Nobody can ask for metrics before it is opened."""
        told = settings.metrics
        metrics = None if told is None else Metrics.of(Tallies(tallies), clock, any_host=told.allow_remote)
        hep = settings.hep if isinstance(settings, MonitoredSip) else None
        return cls(settings, metrics, None if hep is None else exporter(hep, clock.seconds))

    @property
    def observe(self) -> Observer | None:
        """Hears the program's notes."""
        return None if self.metrics is None else self.metrics.tallies

    @property
    def tap(self) -> Tap | None:
        """Sees its SIP messages."""
        return joined(None if self.metrics is None else self.metrics.messages, self.exporter)

    def also(self, observer: Observer) -> Observer:
        """Have this observer hear the notes, and whoever watches too."""
        watching = self.observe
        if watching is None:
            return observer

        def both(note: Note) -> None:
            observer(note)
            watching(note)

        return both

    async def open(self, reactor: Any, running: Running) -> dict[str, str]:
        """Begin to show the metrics of a program that runs; gives where. Raises CannotListenError."""
        told = self.settings.metrics
        if self.metrics is None or told is None:
            return {}
        self.metrics.running = running
        port = await web.listen(reactor, self.metrics.app, told.host, told.port)
        self._ports.append(port)
        return {"metrics": f"{port.url}/metrics"}

    async def close(self) -> None:
        """Show and export nothing any more."""
        if self.exporter is not None:
            self.exporter.close()
        for port in self._ports:
            await port.close()
