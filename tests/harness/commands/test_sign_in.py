"""`val ue sign-in`: what it is told, and what it says of wrong input before anything is sent."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.commands.sign_in import told
from harness.commands.ue import app
from tests.ue_sim.identity.op import AUTHORITY
from tests.witness.home import phone_settings
from ue_sim.identity.settings import IdentitySettings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.settings import read


def block(**more: str) -> IdentitySettings:
    """Give the identity of a phone's file."""
    return IdentitySettings.model_validate({"issuer": "https://127.0.0.3:1", "client_id": "app", **more})


def test_options_say_otherwise_than_the_file() -> None:
    """What no option names stays as the file has it."""
    identity = told(block(user="alice", authority="a.pem"), {"user": "bob", "client_id": "other"})
    assert (identity.user, identity.client_id, identity.issuer) == ("bob", "other", "https://127.0.0.3:1")
    assert identity.authority == Path("a.pem")


@pytest.mark.parametrize(
    ("options", "typed", "code", "sentence"),
    [
        (["--headless"], "", BAD_INPUT, "--headless needs --user"),
        (["--user", "alice"], "", BAD_INPUT, "--user is for --headless"),
        (["--client-secret", "s", "--client-key", "k"], "", BAD_INPUT, "client_secret and client_key"),
        (["--client-key", "ca.pem"], "", BAD_INPUT, "ca.pem: There is no private key in PEM"),
        (["--client-secret", "empty"], "", BAD_INPUT, "empty is empty"),
        (["--config", "phone.yaml"], "", BAD_INPUT, "phone.yaml has no identity"),
        (
            ["--issuer", "http://127.0.0.3"],
            "",
            BAD_INPUT,
            "cannot be read (expected something like https://127.0.0.3:8443)",
        ),
        (["--authority", "absent.pem"], "", BAD_ENVIRONMENT, "absent.pem) cannot be read"),
        (["--authority", "broken.pem"], "", BAD_INPUT, "no certificate in PEM"),
        (["--client-secret", "absent"], "", BAD_ENVIRONMENT, "absent) cannot be read"),
        (["--headless", "--user", "alice"], "", BAD_INPUT, "There is no password of alice"),
        (["--headless", "--user", "alice", "--one-time-code"], "right\n", BAD_INPUT, "There is no one-time code"),
    ],
)
def test_wrong_input_is_told_before_anything_is_sent(  # noqa: PLR0917  pytest hands over each by its name
    tmp_path: Path, monkeypatch: Any, options: list[str], typed: str, code: int, sentence: str
) -> None:
    """The password is a line on standard input; there is no option for it."""
    monkeypatch.chdir(tmp_path)
    Path("broken.pem").write_text("none")
    Path("empty").write_text("\n")
    Path("phone.yaml").write_text(str(phone_settings()))
    Path("ca.pem").write_bytes(AUTHORITY.pem)
    usual = ["sign-in", "--issuer", "https://127.0.0.3:1", "--client-id", "app", "--authority", "ca.pem"]
    done = CliRunner().invoke(app, [*usual, *options], input=typed)
    assert (done.exit_code, sentence in " ".join(done.output.split())) == (code, True), done.output


@pytest.mark.parametrize(
    ("options", "missing"), [(["--client-id", "app"], "--issuer"), (["--issuer", "https://127.0.0.3:1"], "--client-id")]
)
def test_server_and_client_are_named_somewhere(options: list[str], missing: str) -> None:
    """By an option or in the phone's file."""
    done = CliRunner().invoke(app, ["sign-in", *options])
    assert done.exit_code == BAD_INPUT
    assert f"{missing} is missing" in done.output


def test_the_usual_authority_is_a_hint() -> None:
    """Who has not started an identity server yet is told who makes the file."""
    done = CliRunner().invoke(app, ["sign-in", "--issuer", "https://127.0.0.3:1", "--client-id", "app"])
    assert done.exit_code == BAD_ENVIRONMENT
    assert "`val idms` makes it at its first start" in done.output


def test_the_block_is_read_from_yaml() -> None:
    """With its faults placed there."""
    assert read(IdentitySettings, "{issuer: 'https://i', client_id: app}", "f").method == "none"
