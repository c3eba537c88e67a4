"""`val idms`: one identity server."""

import typer

from harness.commands.idms_admin import mount
from harness.console.starting import ConfigIfNeeded, Logged
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
    config: ConfigIfNeeded = None,
    log_format: Logged = None,
) -> None:
    """Run one identity server, until Ctrl-C: people log in at one address, clients get tokens at another."""
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    if config is None:
        leave("val idms needs --config FILE", BAD_INPUT)
    run(config, log_format)


mount(app)
