import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.notifying.callbacks import LONGEST, CallbackSettings

SETTINGS = CallbackSettings.model_validate(
    {"networks": ["127.0.0.0/8", "2001:db8::/32"], "hosts": ["Phone.home.example"]}
)


@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1/heard",
        "https://127.9.9.9:8443",
        "https://[2001:db8::1]:8443/a?b=c",
        "https://phone.home.example/x",
        "https://PHONE.home.example/x",
    ],
)
def test_addresses_that_the_operator_names_are_told(uri: str) -> None:
    """Networks by address, hosts by name."""
    assert SETTINGS.refusal(uri) is None
    assert CallbackSettings().refusal(uri) is not None


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/heard",
        "https://192.0.2.1/",
        "https://localhost/",
        "https://other.home.example/",
        "https://phone.home.example.evil.example/",
        "https://user:password@127.0.0.1/",
        "https://127.0.0.1@192.0.2.1/",
        "https://127.0.0.1/#fragment",
        "https://127.1/",
        "https://0x7f000001/",
        "https://[::ffff:127.0.0.1]/",
        "https://127.0.0.1:99999/",
        "https://[::1/",
        "https:///heard",
        "ftp://127.0.0.1/",
        "",
        "https://127.0.0.1/\n",
        "https://127.0.0.1/é",
        "https://127.0.0.1/" + "a" * LONGEST,
    ],
)
def test_all_others_are_refused(uri: str) -> None:
    """Whoever subscribes cannot have the server ask its neighbours."""
    assert SETTINGS.refusal(uri)


@given(st.text(max_size=40).map("https://{}".format))
def test_any_text_is_judged(uri: str) -> None:
    """Nothing is raised."""
    assert isinstance(SETTINGS.refusal(uri), str | None)
