"""What can be told of migration."""

import pytest

from valkit.settings import SettingsError, read
from valserver.migration.settings import MigrationSettings

TOLD = """\
domain: partner.example
gateway: https://127.0.0.81:8490
gateway_names: [gateway.partner.example]
partners:
  - {domain: home.example, pattern: "{user}@home", guests: {visitor-7: alice}, users: ["*"], service_at_home: kept}
"""


def test_an_agreement_is_as_the_rules_have_it() -> None:
    """Both ways."""
    policy = read(MigrationSettings, TOLD, "s.yaml").policy()
    assert policy.domain == "partner.example"
    assert (policy.guest("visitor-7"), policy.guest("bob@home")) == (("home.example", "alice"), ("home.example", "bob"))
    partner = policy.partners["home.example"]
    assert (partner.leave, partner.kept_at_home, partner.registered) == (frozenset({"*"}), True, False)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{user}@home", "@home", "is no pattern"),
        ("{user}@home", "{user}", "is no pattern"),
        ("{user}@home", "{user}{user}", "is no pattern"),
        ("https://127.0.0.81:8490", "http://127.0.0.81:8490", "https://"),
        ("[gateway.partner.example]", "[]", "gateway_names"),
        ("kept}", "sold}", "service_at_home"),
        ("{visitor-7: alice}", "{visitor-7: alice, visitor-8: alice}", "one of its users has several VAL user IDs"),
        ("domain: home.example", "domain: partner.example", "a domain is there twice"),
    ],
)
def test_a_wrong_setting_is_refused(old: str, new: str, fault: str) -> None:
    """With what is wrong."""
    with pytest.raises(SettingsError, match=fault):
        read(MigrationSettings, TOLD.replace(old, new), "s.yaml")
