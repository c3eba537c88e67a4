import stat
from pathlib import Path

import pytest

from seal.errors import CannotStart
from seal.idms.settings import IdmsAdminSettings
from seal.requesters import Requester, RequesterSettings, requesters_of
from valkit.settings import SettingsError, read


def test_a_requester_is_known_by_its_token(tmp_path: Path) -> None:
    """Which is made on first use, for the server's own user only."""
    path = tmp_path / "operator.token"
    settings = RequesterSettings(name="operator", token_file=path, operator=True)
    requesters = requesters_of([settings])
    token = path.read_text().strip()
    assert len(token) == 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert requesters.who(f"Bearer {token}") == Requester("operator", operator=True)
    assert requesters.who(f"bearer {token}") == Requester("operator", operator=True)
    for other in (None, "", "Bearer", "Bearer ", f"Basic {token}", f"Bearer {token}x", token, "Bearer \udc80"):
        assert requesters.who(other) is None
    assert requesters_of([settings]).who(f"Bearer {token}"), "the token is made once"
    assert token not in repr(requesters)


def test_a_token_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    """With what to do."""
    short = tmp_path / "short"
    short.write_text("hunter2\n")
    with pytest.raises(CannotStart, match="too short: remove the file"):
        requesters_of([RequesterSettings(name="operator", token_file=short)])
    with pytest.raises(CannotStart, match="cannot be made"):
        requesters_of([RequesterSettings(name="operator", token_file=tmp_path / "no" / "folder")])
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(CannotStart, match="cannot be read"):
        requesters_of([RequesterSettings(name="operator", token_file=tmp_path / "bytes")])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("host: 192.0.2.1", "can be reached from elsewhere"),
        ("requesters: [{name: a, token_file: a}, {name: a, token_file: b}]", "a name twice"),
    ],
)
def test_settings_that_are_not_safe_are_refused(text: str, fault: str) -> None:
    """There is no TLS here."""
    with pytest.raises(SettingsError, match=fault):
        read(IdmsAdminSettings, text, "idms.yaml")
