"""`val cms`: one configuration management server."""

from pathlib import Path
from typing import Annotated

import typer

from seal.cms.__main__ import run


def cms(config: Annotated[Path, typer.Option(help="YAML file with the settings.")]) -> None:
    r"""Run one configuration management server, until Ctrl-C: user profiles and UE configurations, by XCAP.

    \b
    Examples:
      val cms --config examples/cms.yaml
      curl --cacert val-ca/authority.pem -H "Authorization: Bearer $TOKEN" \
           https://127.0.0.6:8443/xcap/dispatch/users/alice/user-profile
    """
    run(config)
