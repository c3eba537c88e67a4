"""What a VAL service can be told, alone or as one of several."""

import pytest

from valkit.settings import SettingsError, read
from valserver.settings import ServerSettings

TOKENS = "tokens: {issuer: a, keys: k}"


def told(text: str) -> ServerSettings:
    """Read settings."""
    return read(ServerSettings, text, "server.yaml")


def test_one_service_is_told_at_the_top() -> None:
    """It has no name, and takes any carrier."""
    ((name, service),) = told(f"{TOKENS}\n").authorizations.items()
    assert (name, service.profile, service.mode) == ("", "val", "enforce")
    assert service.taken == ("val-info", "mcptt-info", "mcvideo-info", "mcdata-info", "bearer")


def test_several_services_each_have_their_own() -> None:
    """Profile, mode and issuers; carriers as the profile has them unless they are given."""
    services = told(
        "services:\n"
        "  - {name: ptt, profile: mcptt, tokens: {issuer: a, keys: k}}\n"
        "  - {name: v2x, mode: log-only, carriers: [bearer], tokens: {issuer: b, keys: k}}\n"
    ).authorizations
    assert [(name, each.taken, each.mode) for name, each in services.items()] == [
        ("ptt", ("mcptt-info",), "enforce"),
        ("v2x", ("bearer",), "log-only"),
    ]
    assert services["ptt"].issuers[0].issuer == "a"


def test_where_no_token_is_looked_at_none_need_be_believed() -> None:
    """mode: off, before there is an identity server."""
    assert told("mode: off\n").issuers == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mode: log-only\n", "tokens is missing"),
        ("services: [{name: a, profile: mcptt}]\n", "tokens is missing"),
        (f"{TOKENS}\nservices: [{{name: a, mode: off}}]\n", "tokens and services"),
        ("mode: off\nservices: [{name: a, mode: off}]\n", "mode and services"),
        ("services: [{name: a, mode: off}, {name: a, mode: off}]\n", "has a name twice"),
        ("services: [{name: 'a b', mode: off}]\n", "name"),
        (f"{TOKENS}\nprofile: mcpt\n", "mcptt"),
        (f"{TOKENS}\ncarriers: []\n", "carriers"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(text: str, fault: str) -> None:
    """And with what is wrong."""
    with pytest.raises(SettingsError, match=r"server\.yaml") as refused:
        told(text)
    assert fault in str(refused.value)
