"""`val proxy`: one HTTP proxy."""

from harness.console.starting import Config, Logged
from seal.proxy.__main__ import run


def proxy(config: Config, log_format: Logged = None) -> None:
    r"""Run one HTTP (VAL) proxy, until Ctrl-C: UEs come over one TLS tunnel, behind it are the SEAL servers.

    \b
    Example:
      val proxy --config examples/proxy.yaml
      curl --cacert val-ca/authority.pem -H 'Host: idms.home.example' https://127.0.0.9:8445/jwks
    """
    run(config, log_format)
