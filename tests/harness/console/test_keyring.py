"""Keys by hand: exit codes and sentences; the rest is in `tests.harness.commands.test_ue_keys`, as a user meets it."""

from pathlib import Path

import pytest

from harness.console.keyring import code_of, keep, kept, user_of
from tests.ue_sim.keys.kms import NOW
from tests.ue_sim.keys.test_saved import fetched
from ue_sim.keys.errors import Doubtful, NoKeys, Refused, Unreachable, Unusable
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED


def test_what_is_kept_is_what_was_fetched(tmp_path: Path) -> None:
    """In a file for its owner only."""
    ring = fetched()
    keep(ring, tmp_path / "keys.json")
    assert kept(tmp_path / "keys.json", NOW) == ring
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """3, and a sentence."""
    with pytest.raises(SystemExit) as left:
        keep(fetched(), tmp_path / "none" / "keys.json")
    assert (left.value.code, "cannot be written" in capsys.readouterr().err) == (BAD_ENVIRONMENT, True)


@pytest.mark.parametrize("token", ["nonsense", "eyJhbGciOiJub25lIn0.e30.x"])
def test_a_token_that_names_nobody(token: str) -> None:
    """2: keys are for somebody."""
    with pytest.raises(SystemExit) as left:
        user_of(token, "val_user_id")
    assert left.value.code == BAD_INPUT


def test_exit_codes() -> None:
    """Refused or not believed is 1, wrong input 2, nobody there 3."""
    errors = (Refused(403), Doubtful("x"), Unusable("x"), NoKeys("x"), Unreachable("x"))
    assert [code_of(error) for error in errors] == [FAILED, FAILED, FAILED, BAD_INPUT, BAD_ENVIRONMENT]
