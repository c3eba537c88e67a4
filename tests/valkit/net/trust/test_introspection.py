"""The issuer asked about a token, and what is made of its answer or silence."""

from pathlib import Path

import pytest
from twisted.internet.task import Clock

from tests.valkit.net.trust.site import SlowSite, as_client
from valkit.net.trust.errors import NotActive, NotYet, Standing, UnusableTrust
from valkit.net.trust.introspection import Introspection
from valkit.net.trust.settings import IntrospectionSettings


def settings(folder: Path) -> IntrospectionSettings:
    """Give settings with a file for the secret."""
    (folder / "secret").write_text("s3cret\n")
    return IntrospectionSettings.model_validate(
        {"url": "https://idms/introspect", "client_id": "val", "client_secret": str(folder / "secret")}
    )


@pytest.fixture
def site() -> SlowSite:
    """Give the issuer."""
    return SlowSite()


@pytest.fixture
def clock() -> Clock:
    """Give the time."""
    return Clock()


@pytest.fixture
def asking(tmp_path: Path, site: SlowSite, clock: Clock) -> Introspection:
    """Give one who asks the issuer."""
    return Introspection(settings(tmp_path), as_client(site), clock)


def waits(asking: Introspection, clock: Clock) -> NotYet:
    """Ask about a token of which nothing is known."""
    with pytest.raises(NotYet) as caught:
        asking.require_active("token", clock.seconds())
    return caught.value


def test_an_active_token_is_believed_for_a_while(asking: Introspection, site: SlowSite, clock: Clock) -> None:
    """Then the issuer is asked again."""
    until = waits(asking, clock).until
    site.says(b'{"active": true}')
    assert until.called
    assert site.forms == [{"token": "token", "token_type_hint": "access_token"}]
    clock.advance(29)
    asking.require_active("token", clock.seconds())
    clock.advance(1)
    waits(asking, clock)


@pytest.mark.parametrize("body", [b'{"active": false}', b'{"active": "true"}', b"{}"])
def test_anything_else_is_not_active(asking: Introspection, site: SlowSite, clock: Clock, body: bytes) -> None:
    """Only true is true."""
    waits(asking, clock)
    site.says(body)
    with pytest.raises(NotActive) as caught:
        asking.require_active("token", clock.seconds())
    assert caught.value.cause is Standing.NOT_ACTIVE


@pytest.mark.parametrize("outcome", ["fails", "refuses", "babbles"])
def test_silence_vouches_for_nothing(asking: Introspection, site: SlowSite, clock: Clock, outcome: str) -> None:
    """The token is refused, and the issuer asked again a second later."""
    waits(asking, clock)
    if outcome == "fails":
        site.fails()
    else:
        site.says(b"[]" if outcome == "babbles" else b"{}", 401 if outcome == "refuses" else 200)
    with pytest.raises(NotActive) as caught:
        asking.require_active("token", clock.seconds())
    assert caught.value.cause is Standing.UNANSWERED
    clock.advance(1)
    waits(asking, clock)


def test_a_missing_secret_keeps_the_server_from_starting(tmp_path: Path, clock: Clock) -> None:
    """The sentence names the file and the setting."""
    told = settings(tmp_path)
    told.client_secret.unlink()
    with pytest.raises(UnusableTrust, match=r"introspection\.client_secret"):
        Introspection(told, as_client(SlowSite()), clock)
