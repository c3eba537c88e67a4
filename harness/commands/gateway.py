"""`val gateway`: the gateway of one VAL system."""

from pathlib import Path
from typing import Annotated

import typer

from valserver.gateway.__main__ import run


def gateway(config: Annotated[Path, typer.Option(help="YAML file with the settings.")]) -> None:
    r"""Run the gateway of a VAL system, until Ctrl-C: passes messages about migration between domains, and hides ours.

    \b
    Example:
      val gateway --config examples/gateway.yaml
    """
    run(config)
