"""Settings: everything has a default, and what does not fit together is refused."""

import pytest

from seal.idms.settings import IdmsSettings
from valkit.settings import SettingsError, read


def test_everything_has_a_default() -> None:
    """Two addresses, S-IdMS on both."""
    settings = read(IdmsSettings, "{}", "idms.yaml")
    assert settings.authorization is not None
    assert settings.token is not None
    assert (settings.authorization.host, settings.token.host) == ("127.0.0.2", "127.0.0.3")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{authorization: , token: }", "neither"),
        ("{token: }", "issuer is needed"),
        ("{authorization: }", "authorization_url is needed"),
        ("{tls: {key: k.pem}}", "belong together"),
        ("{tokens: {code_lifetime: 1h}}", "600"),
        ("{tokens: {access_algorithm: none}}", "ES256"),
        ("{login: {failures: 0}}", "1"),
    ],
)
def test_what_does_not_fit_together_is_refused(text: str, fault: str) -> None:
    """With a sentence."""
    with pytest.raises(SettingsError, match=fault):
        read(IdmsSettings, text, "idms.yaml")
