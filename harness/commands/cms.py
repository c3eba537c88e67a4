"""`val cms`: one configuration management server."""

from harness.console.starting import Config, Logged
from seal.cms.__main__ import run


def cms(config: Config, log_format: Logged = None) -> None:
    r"""Run one configuration management server, until Ctrl-C: user profiles and UE configurations, by XCAP.

    \b
    Examples:
      val cms --config examples/cms.yaml
      curl --cacert val-ca/authority.pem -H "Authorization: Bearer $TOKEN" \
           https://127.0.0.6:8443/xcap/dispatch/users/alice/user-profile
    """
    run(config, log_format)
