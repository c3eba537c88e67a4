"""`python -m sipcore_stub --config FILE`: one SIP core until it is interrupted."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.logger import globalLogBeginner, textFileLogObserver

from sipcore_stub.app import start
from sipcore_stub.settings import CoreSettings
from valkit.ids import SystemIds
from valkit.settings import SettingsError, read

WRONG_INPUT = 2
WRONG_ENVIRONMENT = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from a configuration file; exit 2 when it is wrong, 3 when the environment is."""
    parser = argparse.ArgumentParser(prog="sipcore_stub", description="A SIP core: P-, I- and S-CSCF and an HSS.")
    parser.add_argument("--config", type=Path, required=True, help="YAML file with the settings")
    run(parser.parse_args(arguments).config)


def run(config: Path) -> None:
    """Run the core that this file describes until SIGINT or SIGTERM."""
    try:
        settings = read(CoreSettings, config.read_text(encoding="utf-8"), str(config))
    except SettingsError as error:
        _leave(error, WRONG_INPUT)
    except (OSError, UnicodeDecodeError) as error:
        _leave(f"{config} cannot be read: {error}", WRONG_ENVIRONMENT)
    globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stderr)], redirectStandardIO=False)
    task.react(lambda reactor: Deferred.fromCoroutine(_serve(reactor, settings)))


async def _serve(reactor: Any, settings: CoreSettings) -> None:
    try:
        core = await start(reactor, reactor, settings, SystemIds())
    except CannotListenError as error:
        _leave(f"{error}\nStop what listens there, or give the core another address.", WRONG_ENVIRONMENT)

    async def stop() -> None:
        await core.stop()

    reactor.addSystemEventTrigger("before", "shutdown", lambda: Deferred.fromCoroutine(stop()))
    sys.stdout.writelines(f"{name:6} {address}\n" for name, address in core.addresses.items())
    sys.stdout.flush()
    await Deferred()


def _leave(sentence: object, code: int) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
