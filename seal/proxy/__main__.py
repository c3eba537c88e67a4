"""`python -m seal.proxy --config FILE`: one HTTP proxy until it is interrupted."""

from pathlib import Path
from typing import Any

from seal.errors import CannotStart
from seal.proxy.app import start
from seal.proxy.settings import ProxySettings
from seal.proxy.tallies import TALLIES
from seal.watching import EventLog
from valkit.ids import Ids
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.service import Running
from valkit.net.serving import config_file, serve


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the proxy that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("proxy", ProxySettings, _logged, config, refusals=(CannotStart,), tallies=TALLIES, log_format=log_format)


async def _logged(reactor: Any, clock: Any, settings: ProxySettings, ids: Ids, watch: Watch) -> Running:
    return await start(reactor, clock, settings, ids, observe=watch.also(EventLog(settings.log == "events")))


if __name__ == "__main__":
    run(config_file("seal.proxy", "An HTTP proxy: one tunnel for UEs, behind it every SEAL server."))
