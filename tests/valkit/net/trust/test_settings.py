"""Where an issuer's keys are: in one place."""

import pytest

from valkit.net.trust.settings import IssuerSettings
from valkit.settings import SettingsError, read


def test_an_issuer_needs_its_name_and_its_keys() -> None:
    """All else has a default."""
    settings = read(IssuerSettings, "issuer: a\nkeys: k\n", "s.yaml")
    assert (settings.audience, settings.algorithms) == ("val-server", frozenset({"RS256", "ES256"}))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("issuer: a\n", "in one place"),
        ("issuer: a\nkeys: k\njwks_url: https://a/\nauthorities: p\n", "in one place"),
        ("issuer: a\njwks_url: https://a/\n", "authorities is missing"),
        ("issuer: a\njwks_url: http://a/\nauthorities: p\n", "https://"),
        (
            "issuer: a\nkeys: k\nintrospection: {url: 'https://a/', client_id: v, client_secret: s}\n",
            "authorities is missing",
        ),
    ],
)
def test_keys_in_no_or_two_places_are_refused(text: str, fault: str) -> None:
    """With what to give."""
    with pytest.raises(SettingsError, match=fault):
        read(IssuerSettings, text, "s.yaml")
