"""`val core`: one SIP core."""

from pathlib import Path
from typing import Annotated

import typer

from sipcore_stub.__main__ import run


def core(config: Annotated[Path, typer.Option(help="YAML file with the settings.")]) -> None:
    r"""Run one SIP core, until Ctrl-C: P-, I- and S-CSCF with an HSS, for your UE and your application server.

    \b
    Example:
      val core --config examples/core.yaml
      val ue register --config examples/ue.yaml --core udp:127.0.0.21:5060
    """
    run(config)
