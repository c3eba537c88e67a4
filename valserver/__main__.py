"""`python -m valserver --config FILE`: one VAL server until it is interrupted."""

from pathlib import Path
from typing import Any

from valkit.ids import Ids
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.serving import config_file, serve
from valserver.app import ServerRunning, start
from valserver.errors import CannotStart
from valserver.settings import ServerSettings
from valserver.tallies import TALLIES


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve(
        "valserver", ServerSettings, _watched, config, refusals=(CannotStart,), tallies=TALLIES, log_format=log_format
    )


async def _watched(reactor: Any, clock: Any, settings: ServerSettings, ids: Ids, watch: Watch) -> ServerRunning:
    return await start(reactor, clock, settings, ids, observe=watch.observe, tap=watch.tap)


if __name__ == "__main__":
    run(config_file("valserver", "A VAL server: SIP in, bindings out."))
