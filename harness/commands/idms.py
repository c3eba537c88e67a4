"""`val idms`: one identity server."""

from pathlib import Path
from typing import Annotated

import typer

from harness.commands.idms_admin import mount
from seal.idms.__main__ import run
from valkit.exits import BAD_INPUT
from valkit.net.serving import leave

EXAMPLES = """\b
Examples:
  val idms --config examples/idms.yaml
  val idms --config examples/idms.yaml user add alice --service dispatch
"""

app = typer.Typer(help="One identity server (S-IdMS), until Ctrl-C.", epilog=EXAMPLES, invoke_without_command=True)


@app.callback()
def idms(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="YAML file with the settings.")] = None,
) -> None:
    """Run one identity server, until Ctrl-C: people log in at one address, clients get tokens at another."""
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    if config is None:
        leave("val idms needs --config FILE", BAD_INPUT)
    run(config)


mount(app)
