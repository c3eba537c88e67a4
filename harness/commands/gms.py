"""`val gms`: one group management server."""

from harness.console.starting import Config, Logged
from seal.gms.__main__ import run


def gms(config: Config, log_format: Logged = None) -> None:
    r"""Run one group management server, until Ctrl-C: group documents by XCAP, and the keys of groups.

    \b
    Examples:
      val gms --config examples/gms.yaml
      curl --cacert val-ca/authority.pem -H "Authorization: Bearer $TOKEN" \
           "https://127.0.0.7:8443/groups?val_service_id=dispatch"
    """
    run(config, log_format)
