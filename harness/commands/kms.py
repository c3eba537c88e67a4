"""`val kms`: one key management server."""

from pathlib import Path
from typing import Annotated

import typer

from seal.kms.__main__ import run


def kms(config: Annotated[Path, typer.Option(help="YAML file with the settings.")]) -> None:
    r"""Run one key management server (S-KMS), until Ctrl-C: gives identity-based keys for an access token.

    \b
    Example:
      val kms --config examples/kms.yaml
      val ue keys fetch --config examples/ue-kms.yaml
    """
    run(config)
