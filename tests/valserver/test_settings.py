"""What a VAL server can be told."""

import pytest

from valkit.settings import SettingsError, read
from valkit.sip import Hop
from valserver.settings import ServerSettings

MINIMAL = "tokens: {issuer: https://idms.home.example, keys: keys.json}\n"


def test_two_lines_are_enough() -> None:
    """Everything else has a default that is safe: loopback only."""
    settings = read(ServerSettings, MINIMAL, "server.yaml")
    assert settings.listen[0] == Hop("udp", "127.0.0.1", 5_070)
    assert settings.admin.host == "127.0.0.1"
    assert all(network.is_loopback for network in settings.trusted_peers)
    assert settings.bindings.outlive_token


def test_everything_can_be_told() -> None:
    """Hops, networks, durations and words as people write them."""
    text = MINIMAL + (
        "listen: ['tcp:192.0.2.1:5060']\n"
        "trusted_peers: [192.0.2.0/28]\n"
        "bindings: {store: memory, outlive_token: no}\n"
        "publication: {events: [poc-settings, val], min_expires: 10}\n"
    )
    settings = read(ServerSettings, text, "server.yaml")
    assert settings.listen == (Hop("tcp", "192.0.2.1", 5_060),)
    assert [str(network) for network in settings.trusted_peers] == ["192.0.2.0/28"]
    assert (settings.bindings.store, settings.bindings.outlive_token) == ("memory", False)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("log: errors\n", "tokens is missing"),
        (MINIMAL + "listen: [5060]\n", "expected something like udp:127.0.0.1:5060"),
        (MINIMAL + "listen: []\n", "listen"),
        (MINIMAL + "trusted_peers: [192.0.2.1/28]\n", "expected something like 192.0.2.0/24"),
        (MINIMAL + "admin: {host: 0.0.0.0}\n", "can be reached from elsewhere"),
        (MINIMAL + "admin: {host: admin.home.example}\n", "can be reached from elsewhere"),
        (MINIMAL + "publication: {resources: ['no uri']}\n", "expected something like sip:val@home.example"),
        (MINIMAL + "reg_event: {contact: no uri}\n", "expected something like sip:val.home.example:5070"),
        (MINIMAL + "reg_event: {follow: yes, most: 0}\n", "most"),
        (MINIMAL + "listen: ['udp:0.0.0.0:5070']\nreg_event: {follow: yes}\n", "reg_event.contact is needed"),
        (MINIMAL + "tockens: {}\n", "did you mean tokens"),
        ("tokens: {issuer: a, keys: b, algorithms: [HS256]}\n", "HS256"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(text: str, fault: str) -> None:
    """And with what was expected."""
    with pytest.raises(SettingsError, match=r"server\.yaml:\d+:\d+") as refused:
        read(ServerSettings, text, "server.yaml")
    assert fault in str(refused.value)


def test_registrations_are_followed_if_so_set() -> None:
    """NOTIFYs come to the first address, or where it is said."""
    assert not read(ServerSettings, MINIMAL, "server.yaml").reg_event.follow
    told = "listen: ['udp:0.0.0.0:5070']\nreg_event: {follow: yes, contact: 'sip:val.home.example', most: 7}\n"
    settings = read(ServerSettings, MINIMAL + told, "server.yaml").reg_event
    assert (settings.follow, str(settings.contact), settings.most) == (True, "sip:val.home.example", 7)


def test_a_remote_admin_address_has_to_be_meant() -> None:
    """allow_remote: yes."""
    settings = read(ServerSettings, MINIMAL + "admin: {host: 192.0.2.1, allow_remote: yes}\n", "server.yaml")
    assert settings.admin.host == "192.0.2.1"


@pytest.mark.parametrize(
    ("tokens", "fault"),
    [
        ("{issuer: a}", "give keys, discovery_url or jwks_url"),
        ("{issuer: a, keys: k, jwks_url: https://a/k, authorities: c}", "give keys, discovery_url or jwks_url"),
        ("{issuer: a, jwks_url: https://a/k}", "authorities is missing"),
        ("{issuer: a, discovery_url: http://a/k, authorities: c}", "expected something like https://"),
    ],
)
def test_keys_are_found_in_one_place(tokens: str, fault: str) -> None:
    """Over TLS only if from a URL, and with somebody who vouches for it."""
    with pytest.raises(SettingsError, match=fault):
        read(ServerSettings, f"tokens: {tokens}\n", "server.yaml")


def test_an_issuer_is_named_once() -> None:
    """Or two policies would contend for its tokens."""
    text = "tokens: {issuer: a, keys: k}\nmore_issuers: [{issuer: b, keys: k}, {issuer: %s, keys: k}]\n"
    assert [each.issuer for each in read(ServerSettings, text % "c", "server.yaml").issuers] == ["a", "b", "c"]
    with pytest.raises(SettingsError, match="names an issuer twice"):
        read(ServerSettings, text % "a", "server.yaml")
