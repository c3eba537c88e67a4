import pytest

from sipcore_stub.hss.services import Service, Services, wildcard

CHAT = Service("sip:chat-!.*!@home.example", "sip:127.0.0.41")
ROOM = Service("sip:chat-room!(1|2)!@home.example", "sip:127.0.0.42")
LOBBY = Service("sip:chat-lobby@home.example", "sip:127.0.0.43")
SERVICES = Services.of([CHAT, LOBBY, ROOM])


@pytest.mark.parametrize(
    ("aor", "host"),
    [
        ("sip:chat-lobby@home.example", LOBBY),
        ("sip:chat-room1@home.example", ROOM),
        ("sip:chat-room3@home.example", CHAT),
        ("sip:chat-@home.example", CHAT),
    ],
)
def test_who_hosts_an_identity(aor: str, host: Service) -> None:
    """The distinct one before any wildcard, the longer wildcard before the shorter."""
    assert SERVICES.host(aor) == host.server_name


@pytest.mark.parametrize(
    "aor", ["sip:chat@home.example", "sip:chat-a@other.example", "sip:xchat-a@home.example", "tel:+1"]
)
def test_what_is_hosted_nowhere(aor: str) -> None:
    """All of the identity has to fit; a dot is a dot outside the wildcard."""
    assert SERVICES.host(aor) is None
    assert SERVICES.host("sip:chat-a@homeXexample") is None


@pytest.mark.parametrize("psi", ["sip:chat-!.*@home.example", "sip:a!b!c!d@home.example"])
def test_a_wildcard_stands_between_two_marks(psi: str) -> None:
    """One mark, or four, mean nothing."""
    with pytest.raises(ValueError, match="two exclamation marks"):
        wildcard(psi)


def test_an_expression_has_to_be_one() -> None:
    """Told when the settings are read."""
    with pytest.raises(ValueError, match="no extended regular expression"):
        wildcard("sip:chat-!(!@home.example")


def test_no_request_uri_takes_long() -> None:
    """A UE chooses what is held against an expression: one that goes back and forth would stop the core for minutes."""
    hosted = Service("sip:val-!([a-z]+[.]?)+!@home.example", "sip:127.0.0.41")
    assert not hosted.is_for(f"sip:val-{'a' * 60}%21@home.example")
    assert hosted.is_for("sip:val-a.b@home.example")
