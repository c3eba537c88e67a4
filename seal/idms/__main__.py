"""`python -m seal.idms --config FILE`: one identity server until it is interrupted."""

from pathlib import Path
from typing import Any

from seal.errors import CannotStart
from seal.idms.app import IdmsRunning, start
from seal.idms.settings import IdmsSettings
from seal.idms.tallies import TALLIES
from seal.watching import EventLog
from valkit.ids import Ids
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.serving import config_file, serve


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("idms", IdmsSettings, _logged, config, refusals=(CannotStart,), tallies=TALLIES, log_format=log_format)


async def _logged(reactor: Any, clock: Any, settings: IdmsSettings, ids: Ids, watch: Watch) -> IdmsRunning:
    return await start(reactor, clock, settings, ids, watch.also(EventLog(settings.log == "events")))


if __name__ == "__main__":
    run(config_file("seal.idms", "An identity server: people in, tokens out."))
