"""What commands open a database with; the commands themselves stand in tests/harness/commands/test_idms_admin.py."""

import pytest

from harness.console.provisioning import done, entry, password, show
from seal.errors import Unfit
from seal.idms.provisioning.entries import UserRequest


async def three() -> int:
    """Give three."""
    return 3


async def nothing() -> None:
    """Fail."""
    raise Unfit("no")


def test_a_coroutine_that_waits_for_nothing_is_done_at_once() -> None:
    """What it gives is given, what it raises is raised."""
    assert done(three()) == 3
    with pytest.raises(Unfit, match="no"):
        done(nothing())


def test_an_entry_that_is_wrong_is_told_without_what_was_given() -> None:
    """It may have been a secret."""
    with pytest.raises(Unfit, match="totp_secret") as raised:
        entry(UserRequest, {"user_id": "alice", "totp_secret": "hunter2"})
    assert "hunter2" not in str(raised.value)


def test_a_password_is_asked_for_where_somebody_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice, without showing it."""
    asked: list[object] = []

    def prompt(text: str, **how: object) -> str:
        asked.append((text, how))
        return "correct horse"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", prompt)
    assert password() == "correct horse"
    assert asked == [("Password", {"hide_input": True, "confirmation_prompt": True})]


def test_a_table_says_yes_and_no(capsys: pytest.CaptureFixture[str]) -> None:
    """And writes lists out."""
    show([{"user": "alice", "enabled": True, "services": ["data", "ptt"]}], as_json=False)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["user", "enabled", "services"],
        ["alice", "yes", "data", "ptt"],
    ]
