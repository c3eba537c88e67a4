"""`val server`: one VAL server."""

from harness.console.starting import Config, Logged
from valserver.__main__ import run


def server(config: Config, log_format: Logged = None) -> None:
    r"""Run one VAL server, until Ctrl-C: takes third-party REGISTERs and PUBLISHes, verifies tokens, binds.

    \b
    Example:
      val server --config examples/valserver.yaml
      val bindings
    """
    run(config, log_format)
