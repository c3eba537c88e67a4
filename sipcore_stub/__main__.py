"""`python -m sipcore_stub --config FILE`: one SIP core until it is interrupted."""

from pathlib import Path
from typing import Any

from sipcore_stub.app import CoreRunning, start
from sipcore_stub.settings import CoreSettings
from sipcore_stub.tallies import TALLIES
from valkit.ids import Ids
from valkit.net.certificates import UnusableCertificates
from valkit.net.monitoring.settings import LogFormat
from valkit.net.monitoring.watching import Watch
from valkit.net.serving import config_file, serve
from valkit.trace import unobserved


def run(config: Path, log_format: LogFormat | None = None) -> None:
    """Run the core that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve(
        "core", CoreSettings, _watched, config, refusals=(UnusableCertificates,), tallies=TALLIES, log_format=log_format
    )


async def _watched(reactor: Any, clock: Any, settings: CoreSettings, ids: Ids, watch: Watch) -> CoreRunning:
    return await start(reactor, clock, settings, ids, watch.observe or unobserved, watch.tap)


if __name__ == "__main__":
    run(config_file("sipcore_stub", "A SIP core: P-, I- and S-CSCF and an HSS."))
