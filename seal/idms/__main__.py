"""`python -m seal.idms --config FILE`: one identity server until it is interrupted."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.logger import globalLogBeginner, textFileLogObserver

from seal.errors import CannotStart
from seal.idms.app import start
from seal.idms.settings import IdmsSettings
from valkit.ids import SystemIds
from valkit.settings import SettingsError, read

WRONG_INPUT = 2
WRONG_ENVIRONMENT = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from a configuration file; exit 2 when it is wrong, 3 when the environment is."""
    parser = argparse.ArgumentParser(prog="seal.idms", description="An identity server: people in, tokens out.")
    parser.add_argument("--config", type=Path, required=True, help="YAML file with the settings")
    run(parser.parse_args(arguments).config)


def run(config: Path) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM."""
    try:
        settings = read(IdmsSettings, config.read_text(encoding="utf-8"), str(config))
    except SettingsError as error:
        _leave(error, WRONG_INPUT)
    except (OSError, UnicodeDecodeError) as error:
        _leave(f"{config} cannot be read: {error}", WRONG_ENVIRONMENT)
    globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stderr)], redirectStandardIO=False)
    task.react(lambda reactor: Deferred.fromCoroutine(_serve(reactor, settings)))


async def _serve(reactor: Any, settings: IdmsSettings) -> None:
    await task.deferLater(reactor, 0)  # once the reactor runs, signals are its own: who reads the URLs may send one
    try:
        running = await start(reactor, reactor, settings, SystemIds())
    except CannotStart as error:
        _leave(error, WRONG_ENVIRONMENT)

    async def stop() -> None:
        await running.stop()

    reactor.addSystemEventTrigger("before", "shutdown", lambda: Deferred.fromCoroutine(stop()))
    sys.stdout.writelines(f"{what:13} {where}\n" for what, where in running.addresses.items())
    sys.stdout.flush()
    await Deferred()


def _leave(sentence: object, code: int) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
