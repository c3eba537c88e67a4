"""Where a server is reached."""

from seal.listening import ListenSettings


def test_a_server_is_called_by_its_address_and_the_name_in_its_url() -> None:
    """Its certificate has both."""
    assert ListenSettings(host="127.0.0.6").names == ("127.0.0.6",)
    assert ListenSettings(host="127.0.0.6", url="https://127.0.0.6:1").names == ("127.0.0.6",)
    named = ListenSettings(host="127.0.0.6", url="https://cms.home.example:8443")
    assert named.names == ("127.0.0.6", "cms.home.example")
