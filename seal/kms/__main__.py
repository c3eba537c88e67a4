"""`python -m seal.kms --config FILE`: one key management server until it is interrupted."""

from pathlib import Path
from typing import Any

from seal.errors import CannotStart
from seal.kms.app import KmsRunning, start
from seal.kms.settings import KmsSettings
from seal.kms.tallies import TALLIES
from seal.watching import EventLog
from valkit.ids import Ids
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.serving import config_file, serve


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("kms", KmsSettings, _logged, config, refusals=(CannotStart,), tallies=TALLIES, log_format=log_format)


async def _logged(reactor: Any, clock: Any, settings: KmsSettings, ids: Ids, watch: Watch) -> KmsRunning:
    return await start(reactor, clock, settings, ids, observe=watch.also(EventLog(settings.log == "events")))


if __name__ == "__main__":
    run(config_file("seal.kms", "A key management server: access tokens in, keys out."))
