"""What a gateway can be told."""

import pytest

from valkit.settings import SettingsError, read
from valserver.gateway.settings import GatewaySettings

TOLD = """\
domain: home.example
server: {url: "https://127.0.0.33:8491", names: [val.home.example]}
partners:
  - {domain: partner.example, url: "https://127.0.1.82:8490", names: [gateway.partner.example]}
"""


def test_the_rest_has_defaults() -> None:
    """Two sides, each at an address of its own."""
    settings = read(GatewaySettings, TOLD, "g.yaml")
    assert settings.inner.host != settings.outer.host
    assert (settings.tries, settings.within) == (3, 6.0)
    assert read(GatewaySettings, f"{TOLD}within: 1s\n", "g.yaml").within == 1.0


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('  - {domain: partner.example, url: "https://x", names: [y]}', "a domain is there twice"),
        ('  - {domain: home.example, url: "https://x", names: [y]}', "a domain is there twice"),
        ('  - {domain: third.example, url: "https://x", names: [gateway.partner.example]}', "share a name"),
        ('  - {domain: third.example, url: "http://x", names: [y]}', "https://"),
        ('  - {domain: third.example, url: "https://x", names: []}', "names"),
        ("trys: 4", "did you mean tries"),
        ("once: 20s\nwithin: 1s", "once is longer than within"),
        ("once: 7s", "expected at most 6s"),
    ],
)
def test_a_wrong_setting_is_refused(more: str, fault: str) -> None:
    """With what is wrong."""
    with pytest.raises(SettingsError, match=fault):
        read(GatewaySettings, f"{TOLD}{more}\n", "g.yaml")
