"""What can be told of who may ask."""

import pytest

from seal.access.settings import AccessSettings
from valkit.settings import SettingsError, read

TOKENS = "tokens: {issuer: a, keys: k}"


def test_nobody_may_assert_an_identity_unless_it_is_said() -> None:
    """One's tokens alone are believed."""
    settings = read(AccessSettings, TOKENS, "kms.yaml")
    assert (settings.trusted_peers, settings.trusted_names) == ((), ())
    assert [each.issuer for each in settings.issuers] == ["a"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("trusted_peers: [127.0.0.1]", "tokens"),
        (f"{TOKENS}\ntrusted_peers: [here]", "192.0.2.0/24"),
        (f"{TOKENS}\nmore_issuers: [{{issuer: a, keys: k}}]", "an issuer twice"),
        ("tokens: {issuer: a, keys: k, scope: s}", "scope"),
        ("tokens: {issuer: a, jwks_url: 'https://a/'}", "authorities is missing"),
    ],
)
def test_a_wrong_setting_is_refused(text: str, fault: str) -> None:
    """With what is wrong."""
    with pytest.raises(SettingsError, match=fault):
        read(AccessSettings, text, "kms.yaml")
