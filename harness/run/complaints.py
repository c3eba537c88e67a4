"""Hears every failure logged while a scenario is played: a program of ours may have none, whatever it is sent."""

from types import TracebackType
from typing import Self

from attrs import define, field
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import implementer

from harness.report.results import Failure
from valkit.redaction import redact


@implementer(ILogObserver)
@define(eq=False)
class Complaints:
    """Listens while its block runs."""

    _heard: list[str] = field(factory=list)

    def __enter__(self) -> Self:
        globalLogPublisher.addObserver(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        globalLogPublisher.removeObserver(self)

    def __call__(self, event: LogEvent) -> None:
        """Take in what is logged."""
        if "log_failure" in event:
            self._heard.append(redact(f"{formatEvent(event)}\n{event['log_failure'].getTraceback()}"))

    def told(self) -> Failure | None:
        """Tell of the first; nothing if there was none."""
        return Failure("A program logged an error:", message=self._heard[0]) if self._heard else None
