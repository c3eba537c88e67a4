"""`python -m seal.gms --config FILE`: one group management server until it is interrupted."""

from pathlib import Path
from typing import Any

from seal.errors import CannotStart
from seal.gms.app import start
from seal.gms.settings import GmsSettings
from seal.management.app import ManagementRunning
from seal.management.tallies import TALLIES
from seal.watching import EventLog
from valkit.ids import Ids
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.serving import config_file, serve


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("gms", GmsSettings, _logged, config, refusals=(CannotStart,), tallies=TALLIES, log_format=log_format)


async def _logged(reactor: Any, clock: Any, settings: GmsSettings, ids: Ids, watch: Watch) -> ManagementRunning:
    return await start(reactor, clock, settings, ids, observe=watch.also(EventLog(settings.log == "events")))


if __name__ == "__main__":
    run(config_file("seal.gms", "A group management server: access tokens in, groups and their keys out."))
