"""`val core`: one SIP core."""

from harness.console.starting import Config, Logged
from sipcore_stub.__main__ import run


def core(config: Config, log_format: Logged = None) -> None:
    r"""Run one SIP core, until Ctrl-C: P-, I- and S-CSCF with an HSS, for your UE and your application server.

    \b
    Example:
      val core --config examples/core.yaml
      val ue register --config examples/ue.yaml --core udp:127.0.0.21:5060
    """
    run(config, log_format)
