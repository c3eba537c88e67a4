"""One program by itself: settings from a file, a line that says where it listens, a good end at SIGINT or SIGTERM."""

import argparse
import gc
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.task import deferLater
from twisted.logger import (
    FileLogObserver,
    FilteringLogObserver,
    LogEvent,
    Logger,
    LogLevel,
    PredicateResult,
    formatEventAsClassicLogText,
    globalLogBeginner,
)

from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.ids import Ids, SystemIds
from valkit.net import keylog
from valkit.net.addresses import unheard
from valkit.net.descriptors import open_files
from valkit.net.keylog import UnusableKeyLog
from valkit.net.monitoring.errors import UnusableMonitoring
from valkit.net.monitoring.logs import json_line
from valkit.net.monitoring.settings import LogFormat, Monitored
from valkit.net.monitoring.watching import Watch
from valkit.net.service import Running
from valkit.settings import Settings, SettingsError, read
from valkit.tallies import Tally
from valkit.terminal import plain

S = TypeVar("S", bound=Settings)
M = TypeVar("M", bound=Monitored)
M_contra = TypeVar("M_contra", bound=Monitored, contravariant=True)


_log = Logger()


class Start(Protocol[M_contra]):
    """How a program starts."""

    def __call__(self, reactor: Any, clock: Any, settings: M_contra, ids: Ids, watch: Watch) -> Awaitable[Running]:
        """Start it on a reactor, which is the clock as well, under the eyes of whoever the settings ask for."""


def serve(
    name: str,
    model: type[M],
    start: Start[M],
    config: Path,
    *,
    refusals: tuple[type[Exception], ...] = (),
    tallies: Iterable[Tally] = (),
    log_format: LogFormat | None = None,
) -> None:
    """Run a program until it is interrupted; exit 2 or 3 with a sentence when it cannot start.

    `refusals` are the program's own exceptions whose text says what to do about the environment; `tallies` say
    which of its notes are counted where there are metrics; `log_format` is what the command line says.
    """
    settings = settings_from(model, config)
    in_json = (log_format or settings.log_format) == "json"
    predicate: Any = _worth_reading  # a plain function; the interface would have it declared
    log = FilteringLogObserver(FileLogObserver(sys.stderr, json_line(name) if in_json else _written), [predicate])
    globalLogBeginner.beginLoggingTo([log], redirectStandardIO=False)
    log_tls_keys(warn=lambda sentence: _log.warn("{sentence}", sentence=sentence))

    open_files()
    unusable: tuple[type[Exception], ...] = (UnusableMonitoring, *refusals)

    async def run(reactor: Any) -> None:
        await deferLater(reactor, 0)  # from here on the reactor runs, and a signal ends us in good order
        try:
            watch = Watch.of(settings, tallies, reactor)
            running = await start(reactor, reactor, settings, SystemIds(), watch)
            addresses = {**running.addresses, **await watch.open(reactor, running)}
        except CannotListenError as error:
            leave(f"{unheard(error)}. Choose another address in {config}, or stop what uses this one.", BAD_ENVIRONMENT)
        except unusable as error:
            leave(str(error), BAD_ENVIRONMENT)
        reactor.addSystemEventTrigger("before", "shutdown", lambda: Deferred.fromCoroutine(_stopped(running, watch)))
        sys.stdout.write(ready_line(name, addresses))
        sys.stdout.flush()
        # What start-up made lives as long as the process: the collector need not visit it again and again.
        gc.freeze()
        await Deferred()

    task.react(lambda reactor: Deferred.fromCoroutine(run(reactor)))


def config_file(program: str, says: str) -> Path:
    """Give the settings file that a program is told of: `python -m PROGRAM --config FILE`."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=says)
    parser.add_argument("--config", type=Path, required=True, help="YAML file with the settings")
    config: Path = parser.parse_args().config
    return config


def settings_from(model: type[S], config: Path) -> S:
    """Read a settings file; leaves with 2 or 3 when that cannot be."""
    try:
        return read(model, config.read_text("utf-8"), str(config))
    except SettingsError as error:
        leave(str(error), BAD_INPUT)
    except UnicodeDecodeError as error:
        leave(f"{config} is no UTF-8 text (octet {error.start + 1}): save it as UTF-8.", BAD_INPUT)
    except OSError as error:
        leave(f"{config} cannot be read: {error.strerror}", BAD_ENVIRONMENT)


def log_tls_keys(file: Path | None = None, warn: Callable[[str], object] | None = None) -> None:
    """Begin the key log that is asked for here or in the environment, and warn of it, by default on standard error.

    Leaves with 3 when that cannot be.
    """
    try:
        warning = keylog.begin(file)
    except UnusableKeyLog as error:
        leave(str(error), BAD_ENVIRONMENT)
    if warning:
        (warn or _on_stderr)(warning)


def ready_line(name: str, addresses: Mapping[str, object]) -> str:
    """Say in one line, for people and programs, where a program listens: `name is ready: what=where ...`."""
    places = (f"{what.removesuffix(' 1').replace(' ', '')}={where}" for what, where in addresses.items())
    return f"{name} is ready: {' '.join(places)}\n"


def _on_stderr(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def leave(sentence: str, code: int) -> NoReturn:
    """End the process with a sentence and an exit code."""
    _on_stderr(sentence)
    raise SystemExit(code)


def _written(event: LogEvent) -> str | None:
    """Write an event, and the lines of its traceback; whatever a peer had written there moves no cursor."""
    text = formatEventAsClassicLogText(event)
    if text is None:
        return None
    return "\n".join("\t".join(map(plain, line.split("\t"))) for line in text.split("\n"))


def _worth_reading(event: LogEvent) -> Any:
    """Leave out what Twisted tells of its own factories, ports and main loop; its warnings and errors stay."""
    inner = str(event.get("log_namespace", "")).startswith(("twisted.", "-", "log_legacy"))
    quiet = event.get("log_level", LogLevel.info) in {LogLevel.debug, LogLevel.info} and not event.get("isError")
    return PredicateResult.no if inner and quiet else PredicateResult.maybe


async def _stopped(running: Running, watch: Watch) -> None:
    await running.stop()
    await watch.close()
