"""`python -m seal.idms --config FILE`: one identity server until it is interrupted."""

from pathlib import Path

from seal.errors import CannotStart
from seal.idms.app import start
from seal.idms.settings import IdmsSettings
from valkit.net.serving import config_file, serve


def run(config: Path) -> None:
    """Run the server that this file describes until SIGINT or SIGTERM; exit 2 or 3 when it cannot start."""
    serve("idms", IdmsSettings, start, config, refusals=(CannotStart,))


if __name__ == "__main__":
    run(config_file("seal.idms", "An identity server: people in, tokens out."))
