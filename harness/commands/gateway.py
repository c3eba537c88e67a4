"""`val gateway`: the gateway of one VAL system."""

from harness.console.starting import Config, Logged
from valserver.gateway.__main__ import run


def gateway(config: Config, log_format: Logged = None) -> None:
    r"""Run the gateway of a VAL system, until Ctrl-C: passes messages about migration between domains, and hides ours.

    \b
    Example:
      val gateway --config examples/gateway.yaml
    """
    run(config, log_format)
