"""`python -m valserver.gateway --config FILE`: one gateway until it is interrupted."""

from pathlib import Path
from typing import Any

from twisted.logger import Logger

from valkit.ids import Ids
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.service import Running
from valkit.net.serving import config_file, serve
from valkit.trace import Note
from valserver.errors import CannotStart
from valserver.gateway.app import start
from valserver.gateway.settings import GatewaySettings
from valserver.gateway.tallies import TALLIES

_log = Logger()


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the gateway that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("gateway", GatewaySettings, _logged, config, refusals=(CannotStart,), tallies=TALLIES, log_format=log_format)


async def _logged(reactor: Any, clock: Any, settings: GatewaySettings, ids: Ids, watch: Watch) -> Running:
    return await start(reactor, clock, settings, ids, observe=watch.also(_log_note))


def _log_note(note: Note) -> None:
    line = " ".join((note.what, *(f"{name}={said!r}" for name, said in note.fields.items())))
    _log.info("{line}", line=line, what=note.what, fields=note.fields)


if __name__ == "__main__":
    run(config_file("valserver.gateway", "A gateway: all that partners see of a VAL system."))
