"""`python -m valserver --config FILE`: one VAL server until it is interrupted."""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.logger import globalLogBeginner, textFileLogObserver

from valkit.ids import SystemIds
from valkit.settings import SettingsError, read
from valserver.app import start
from valserver.errors import CannotStart
from valserver.settings import ServerSettings

WRONG_INPUT = 2
WRONG_ENVIRONMENT = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from a configuration file; exit 2 when it is wrong, 3 when the environment is."""
    parser = argparse.ArgumentParser(prog="valserver", description="A VAL server: SIP in, bindings out.")
    parser.add_argument("--config", type=Path, required=True, help="YAML file with the settings")
    run(parser.parse_args(arguments).config)


def run(config: Path) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM."""
    try:
        settings = read(ServerSettings, config.read_text(encoding="utf-8"), str(config))
    except SettingsError as error:
        _leave(error, WRONG_INPUT)
    except (OSError, UnicodeDecodeError) as error:
        _leave(f"{config} cannot be read: {error}", WRONG_ENVIRONMENT)
    globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stderr)], redirectStandardIO=False)
    task.react(lambda reactor: Deferred.fromCoroutine(_serve(reactor, settings)))


async def _serve(reactor: Any, settings: ServerSettings) -> None:
    await task.deferLater(reactor, 0)  # once the reactor runs, signals are its own: who reads `ready` may send one
    try:
        running = await start(reactor, reactor, settings, SystemIds())
    except CannotStart as error:
        _leave(error, WRONG_ENVIRONMENT)

    async def stop() -> None:
        await running.stop()

    reactor.addSystemEventTrigger("before", "shutdown", lambda: Deferred.fromCoroutine(stop()))
    sys.stdout.writelines(f"{what:8} {where}\n" for what, where in running.addresses.items())
    sys.stdout.flush()
    # What start-up made lives as long as the process: the collector need not visit it again and again.
    gc.freeze()
    await Deferred()


def _leave(sentence: object, code: int) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
