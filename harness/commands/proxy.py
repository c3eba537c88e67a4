"""`val proxy`: one HTTP proxy."""

from pathlib import Path
from typing import Annotated

import typer

from seal.proxy.__main__ import run


def proxy(config: Annotated[Path, typer.Option(help="YAML file with the settings.")]) -> None:
    r"""Run one HTTP (VAL) proxy, until Ctrl-C: UEs come over one TLS tunnel, behind it are the SEAL servers.

    \b
    Example:
      val proxy --config examples/proxy.yaml
      curl --cacert val-ca/authority.pem -H 'Host: idms.home.example' https://127.0.0.9:8445/jwks
    """
    run(config)
