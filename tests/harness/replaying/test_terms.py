from pathlib import Path

import pytest

from harness.consulting.errors import NotUsable
from harness.replaying.terms import from_options, from_settings

KEYS = Path("keys.json")


def written(folder: Path, text: str) -> Path:
    """Write settings."""
    file = folder / "valserver.yaml"
    file.write_text(text)
    return file


def test_settings_are_taken_as_they_are(tmp_path: Path) -> None:
    """With whom they trust."""
    file = written(tmp_path, "tokens: {issuer: i, keys: own.json}\ntrusted_peers: [192.0.2.0/24]\n")
    settings = from_settings(file, None)
    assert settings.tokens is not None
    assert settings.tokens.keys == Path("own.json")
    assert len(settings.trusted_peers) == 1


URL = (
    "{issuer: i, jwks_url: 'https://i/jwks', authorities: ca.pem, "
    "introspection: {url: 'https://i/i', client_id: a, client_secret: s}}"
)


@pytest.mark.parametrize(
    "text",
    [
        f"tokens: {URL}\n",
        f"services: [{{name: one, tokens: {URL}}}]\n",
        f"tokens: {{issuer: j, keys: k}}\nmore_issuers: [{URL}]\n",
    ],
)
def test_nobody_is_asked_for_keys_or_about_tokens(tmp_path: Path, text: str) -> None:
    """Keys come from a file that is named; without one that is said."""
    file = written(tmp_path, text)
    settings = from_settings(file, KEYS)
    for each in settings.authorizations.values():
        for tokens in each.issuers:
            assert (tokens.keys, tokens.jwks_url, tokens.introspection) == (KEYS, None, None)
    with pytest.raises(NotUsable, match="keys of i at a URL"):
        from_settings(file, None)


@pytest.mark.parametrize("text", ["tokens: 5\n", "what: {}\n", "{"])
def test_wrong_settings_are_refused(tmp_path: Path, text: str) -> None:
    """With file and line."""
    with pytest.raises(NotUsable, match=r"valserver.yaml:1"):
        from_settings(written(tmp_path, text), None)


def test_options_make_a_server_that_trusts_everybody() -> None:
    """Since nobody says whom it trusts."""
    settings = from_options(KEYS, "i", "a", "mcptt")
    assert settings.tokens is not None
    assert (settings.tokens.issuer, settings.tokens.audience, settings.profile) == ("i", "a", "mcptt")
    assert [network.prefixlen for network in settings.trusted_peers] == [0, 0]


@pytest.mark.parametrize(("jwks", "issuer"), [(None, "i"), (KEYS, None)])
def test_without_keys_or_issuer_nothing_can_be_judged(jwks: Path | None, issuer: str | None) -> None:
    """What is missing is said."""
    with pytest.raises(NotUsable, match="not known whose tokens hold"):
        from_options(jwks, issuer, None, "val")
