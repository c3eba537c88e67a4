"""`val ue visit`: wrong input is told before anything is sent; test_lab.py has the rest."""

from pathlib import Path
from time import time

import pytest
from typer.testing import CliRunner

from harness.commands.ue import app
from tests.ue_sim.identity.op import AUTHORITY
from tests.witness.foreign import run_val
from tests.witness.home import Home
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT

NOBODY = "https://127.0.0.1:9"


@pytest.fixture
def log_in(tmp_path: Path) -> Path:
    """Give a log-in at home, as `val ue sign-in` saves it."""
    home = Home(tmp_path)
    identity = {"issuer": NOBODY, "client_id": "app", "authority": str(home.write("ca.pem", AUTHORITY.pem.decode()))}
    who = {"subject": "1", "val_user_id": "alice", "val_service_ids": ["dispatch"]}
    times = {"received_at": time(), "expires_at": time() + 300}
    tokens = {"access_token": "a.b.c", "refresh_token": "r", "scope": "openid", **times}
    return home.write("alice.json", {**tokens, "who": who, "identity": identity})


@pytest.mark.parametrize(
    ("partner", "options", "code", "sentence"),
    [
        ("http://127.0.1.3:8443", [], BAD_INPUT, "http://127.0.1.3:8443 is no identity server"),
        (NOBODY, ["--log-in", "absent.json"], BAD_ENVIRONMENT, "absent.json cannot be read"),
        (NOBODY, ["--authority", "absent.pem"], BAD_ENVIRONMENT, "absent.pem) cannot be read"),
        (NOBODY, ["--client-secret", "s", "--client-key", "k"], BAD_INPUT, "client_secret and client_key"),
        (NOBODY, ["--save", "none/there.json"], BAD_ENVIRONMENT, "none/there.json cannot be written"),
    ],
)
def test_wrong_input_is_told_before_anything_is_sent(  # noqa: PLR0917  pytest hands over each by its name
    log_in: Path, monkeypatch: pytest.MonkeyPatch, partner: str, options: list[str], code: int, sentence: str
) -> None:
    """Each fault has its exit code and a sentence that says what was expected."""
    monkeypatch.chdir(log_in.parent)
    done = CliRunner().invoke(app, ["visit", partner, "--log-in", str(log_in), *options])
    assert (done.exit_code, sentence in " ".join(done.output.split())) == (code, True), done.output


def test_a_home_that_does_not_answer_is_told(log_in: Path) -> None:
    """It is the first that is asked, and without its security token nobody goes anywhere; nothing is saved."""
    saved = log_in.with_name("abroad.json")
    command = ("ue", "visit", "https://127.0.1.3:9", "--log-in", str(log_in), "--save", str(saved))
    code, said = run_val(*command)
    assert (code, "No security token from home" in said) == (BAD_ENVIRONMENT, True), said
    assert not saved.exists() or not saved.read_text()
