"""`python -m valserver --config FILE`: one VAL server until it is interrupted."""

from pathlib import Path

from valkit.net.serving import config_file, serve
from valserver.app import start
from valserver.errors import CannotStart
from valserver.settings import ServerSettings


def run(config: Path) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("valserver", ServerSettings, start, config, refusals=(CannotStart,))


if __name__ == "__main__":
    run(config_file("valserver", "A VAL server: SIP in, bindings out."))
