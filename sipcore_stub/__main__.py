"""`python -m sipcore_stub --config FILE`: one SIP core until it is interrupted."""

from pathlib import Path

from sipcore_stub.app import start
from sipcore_stub.settings import CoreSettings
from valkit.net.certificates import UnusableCertificates
from valkit.net.serving import config_file, serve


def run(config: Path) -> None:
    """Run the core that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("core", CoreSettings, start, config, refusals=(UnusableCertificates,))


if __name__ == "__main__":
    run(config_file("sipcore_stub", "A SIP core: P-, I- and S-CSCF and an HSS."))
