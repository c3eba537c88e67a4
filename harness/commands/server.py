"""`val server`: one VAL server."""

from pathlib import Path
from typing import Annotated

import typer

from valserver.__main__ import run


def server(config: Annotated[Path, typer.Option(help="YAML file with the settings.")]) -> None:
    r"""Run one VAL server, until Ctrl-C: takes third-party REGISTERs and PUBLISHes, verifies tokens, binds.

    \b
    Example:
      val server --config examples/valserver.yaml
      val bindings
    """
    run(config)
