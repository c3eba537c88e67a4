"""A log-in in a file: whole, its owner's only, and replaced as a whole."""

import json
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.ue_sim.identity.test_tokens import WHO, granted
from ue_sim.identity.saved import Saved, alone, replacing
from ue_sim.identity.settings import IdentitySettings
from ue_sim.identity.tokens import TokenSet
from valkit.settings import SettingsError

SAVED = Saved(
    TokenSet.of(granted(access_token="xyzzy", refresh_token="plugh", id_token="i"), WHO, "openid", 1000.5),
    IdentitySettings(issuer="https://i", client_id="app", client_key=Path("key.pem"), acr="a", tokens=Path("t.json")),
)


def test_what_was_written_is_read_again() -> None:
    """Tokens and who signed in; the files that are needed for a renewal, wherever it is asked for."""
    again = Saved.read(SAVED.text(), "alice.json")
    assert again.tokens == SAVED.tokens
    assert (again.identity.issuer, again.identity.acr, again.identity.tokens) == ("https://i", "a", None)
    assert again.identity.client_key == Path("key.pem").absolute()
    assert again.identity.authority == Path("val-ca/authority.pem").absolute()


def test_without_refresh_and_id_token() -> None:
    """A server need not give them."""
    bare = Saved(TokenSet.of(granted(), WHO, "openid", 1000.0), SAVED.identity)
    assert Saved.read(bare.text(), "f").tokens == bare.tokens


@pytest.mark.parametrize("change", [{"access_token": None}, {"expires_at": "soon"}, {"who": []}, {"more": 1}])
def test_another_file_is_refused(change: dict[str, object]) -> None:
    """And no token is shown of it."""
    with pytest.raises(SettingsError) as caught:
        Saved.read(json.dumps(json.loads(SAVED.text()) | change), "alice.json")
    assert "alice.json:" in str(caught.value)
    assert "plugh" not in str(caught.value)


def test_no_repr_shows_a_token() -> None:
    """Of tokens and file alike."""
    assert not {"xyzzy", "plugh"} & set(repr(SAVED).replace("'", " ").split())


def test_a_file_is_replaced_for_its_owner_only(tmp_path: Path) -> None:
    """Whatever its mode was, and behind a link as well; nothing is left beside it."""
    path, link = tmp_path / "alice.json", tmp_path / "link"
    path.write_text("older")
    path.chmod(0o644)
    link.symlink_to(path)
    with replacing(link) as put:
        assert path.read_text() == "older"
        put("newer")
    assert (path.read_text(), path.stat().st_mode & 0o777, link.is_symlink()) == ("newer", 0o600, True)
    assert sorted(tmp_path.iterdir()) == [path, link]


def test_a_file_that_nothing_takes_the_place_of_stays(tmp_path: Path) -> None:
    """A renewal may be refused."""
    path = tmp_path / "alice.json"
    path.write_text("older")
    with pytest.raises(RuntimeError), replacing(path):
        raise RuntimeError
    assert [each.read_text() for each in tmp_path.iterdir()] == ["older"]


def test_what_cannot_be_written_is_known_beforehand(tmp_path: Path) -> None:
    """Before a refresh token is used up for it."""
    with pytest.raises(OSError, match="No such file"), replacing(tmp_path / "none" / "alice.json"):
        pytest.fail("there was room")


def test_two_renew_in_turns(tmp_path: Path) -> None:
    """The second waits for the first."""
    inside, path = Event(), tmp_path / "alice.json"

    def second() -> None:
        with alone(path):
            inside.set()

    with alone(path):
        other = Thread(target=second)
        other.start()
        assert not inside.wait(0.1)
    other.join(10.0)
    assert inside.is_set()
    assert list(tmp_path.iterdir()) == []
