"""What an HTTP proxy can be told."""

import pytest

from seal.proxy.settings import ProxySettings
from valkit.settings import SettingsError, read

SERVER = "servers: [{hosts: [SKMS.home.example:443, '127.0.0.10:8446'], to: 'https://127.0.0.10:8446/'}]"


def test_hosts_are_read_as_requests_are() -> None:
    """In lower case, without the usual port."""
    settings = read(ProxySettings, SERVER, "proxy.yaml")
    assert settings.servers[0].hosts == ("skms.home.example", "127.0.0.10:8446")
    assert settings.servers[0].to == "https://127.0.0.10:8446"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("port: 8445", "servers is missing"),
        ("servers: [{hosts: [a], to: 'http://a'}]", "https://"),
        ("servers: [{hosts: [a], to: 'https://a/b'}]", "https://"),
        ("servers: [{hosts: [a], to: 'https://u@a'}]", "https://"),
        ("servers: [{hosts: ['a b'], to: 'https://a'}]", "skms.home.example"),
        ("servers: [{hosts: [], to: 'https://a'}]", "hosts"),
        ("servers: [{hosts: [a], to: 'https://a', paths: [b]}]", "paths"),
        ("servers: [{hosts: [a], to: 'https://a', methods: [CONNECT]}]", "methods"),
        ("servers: [{hosts: [a], to: 'https://a'}, {hosts: [A], to: 'https://b'}]", "a host twice"),
        (f"{SERVER}\nnetwork_functions: [{{identities: [x]}}]", "known by names"),
        (f"{SERVER}\nnetwork_functions: [{{identities: ['a, b'], names: [x]}}]", "sip:val@home.example"),
        (f"{SERVER}\nclient_certificates: none\nnetwork_functions: [{{identities: [x], names: [y]}}]", "are seen only"),
    ],
)
def test_a_wrong_setting_is_refused(text: str, fault: str) -> None:
    """With what is wrong."""
    with pytest.raises(SettingsError, match=fault):
        read(ProxySettings, text, "proxy.yaml")
