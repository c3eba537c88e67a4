"""`val gms`: one group management server."""

from pathlib import Path
from typing import Annotated

import typer

from seal.gms.__main__ import run


def gms(config: Annotated[Path, typer.Option(help="YAML file with the settings.")]) -> None:
    r"""Run one group management server, until Ctrl-C: group documents by XCAP, and the keys of groups.

    \b
    Examples:
      val gms --config examples/gms.yaml
      curl --cacert val-ca/authority.pem -H "Authorization: Bearer $TOKEN" \
           "https://127.0.0.7:8443/groups?val_service_id=dispatch"
    """
    run(config)
