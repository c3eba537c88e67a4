"""`python -m seal.cms --config FILE`: one configuration management server until it is interrupted."""

from pathlib import Path
from typing import Any

from seal.cms.app import start
from seal.cms.settings import CmsSettings
from seal.errors import CannotStart
from seal.management.app import ManagementRunning
from seal.management.tallies import TALLIES
from seal.watching import EventLog
from valkit.ids import Ids
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.serving import config_file, serve


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("cms", CmsSettings, _logged, config, refusals=(CannotStart,), tallies=TALLIES, log_format=log_format)


async def _logged(reactor: Any, clock: Any, settings: CmsSettings, ids: Ids, watch: Watch) -> ManagementRunning:
    return await start(reactor, clock, settings, ids, observe=watch.also(EventLog(settings.log == "events")))


if __name__ == "__main__":
    run(config_file("seal.cms", "A configuration management server: access tokens in, profiles out."))
