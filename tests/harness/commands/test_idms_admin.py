"""`val idms user|services|key|apply` on a database in a file."""

import json
import stat
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.harness.commands.provisioned import app, listed, remarks, run, runner, settle, user
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.tokens import KeySet


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to work in, with the settings of a server."""
    return settle(tmp_path, monkeypatch)


def test_a_user_is_added_with_a_password_from_standard_input(folder: Path) -> None:
    """It is no argument, and the database is for its owner only."""
    assert run("user", "add", "alice", "--service", "ptt", "--service", "data", typed="correct horse\n") == (
        "alice added: VAL user alice, in data ptt.\n"
    )
    assert PasswordHasher().verify(user("alice").password_hash, "correct horse")
    assert (user("alice").val_user_id, user("alice").val_service_ids) == ("alice", ("data", "ptt"))
    assert stat.S_IMODE(Path("idms.sqlite").stat().st_mode) == 0o600
    shown = {"user": "alice", "VAL user": "alice", "VAL services": ["data", "ptt"], "enabled": True, "guest of": ""}
    assert listed("user", "list") == [{**shown, "one-time password": False}]
    assert listed("services") == [
        {"VAL service": name, "requester": "", "VAL users": ["alice"]} for name in ("data", "ptt")
    ]


def test_a_user_changes_as_told(folder: Path) -> None:
    """Only in what is named."""
    run("user", "add", "alice", "--service", "ptt", "--val-user-id", "sip:alice@home.example", typed="correct horse\n")
    before = user("alice")
    said = run("user", "change", "alice", "--grant", "data", "--revoke", "ptt", "--disable")
    assert said == "alice changed: VAL user sip:alice@home.example, in data; may not log in.\n"
    assert (user("alice").val_service_ids, user("alice").enabled) == (("data",), False)
    run("user", "change", "alice", "--enable")
    assert (user("alice").val_service_ids, user("alice").enabled) == (("data",), True)
    assert (user("alice").password_hash, user("alice").val_user_id) == (before.password_hash, "sip:alice@home.example")
    run("user", "change", "alice", "--partner", "https://idms.home.example")
    assert user("alice").partner == "https://idms.home.example"
    run("user", "change", "alice", "--partner", "")
    assert user("alice").partner == ""
    run("user", "change", "alice", "--password", typed="battery staple\n")
    assert PasswordHasher().verify(user("alice").password_hash, "battery staple")


@pytest.mark.parametrize(
    ("group", "command"),
    [
        *(("user", command) for command in ("add", "change", "list", "remove", "hash")),
        *(("client", command) for command in ("add", "change", "list", "remove")),
        *(("partner", command) for command in ("add", "change", "list", "remove")),
        *(("key", command) for command in ("list", "jwks", "certificates", "rotate")),
    ],
)
def test_the_help_of_each_command_has_an_example_of_it(group: str, command: str) -> None:
    """One that can be typed as it stands."""
    said = runner.invoke(app, [group, command, "--help"]).output
    assert f" {group} {command}" in said.partition("Example")[2]


def test_a_secret_for_an_app_is_shown_once(folder: Path) -> None:
    """As the address that such apps read; and it can be taken away."""
    said = run("user", "add", "alice", "--totp", typed="correct horse\n")
    secret = user("alice").totp_secret
    assert f"otpauth://totp/idms.home.example:alice?secret={secret}&issuer=idms.home.example" in said
    assert str(secret) not in run("user", "list")
    run("user", "change", "alice", "--no-totp")
    assert user("alice").totp_secret is None
    assert "otpauth" in run("user", "change", "alice", "--totp")


def test_a_user_is_removed(folder: Path) -> None:
    """Once."""
    run("user", "add", "alice", typed="correct horse\n")
    assert run("user", "remove", "alice") == "alice removed.\n"
    assert run("user", "list") == "There are none.\n"
    assert run("user", "remove", "alice", code=FAILED) == "there is no user 'alice'\n"
    assert run("user", "change", "alice", "--password", code=FAILED) == "there is no user 'alice'\n"


def test_what_cannot_be_is_told_in_a_sentence(folder: Path) -> None:
    """With the exit code that says whose fault it is, and never with the password."""
    assert run("user", "add", "alice", typed="short\n", code=BAD_INPUT) == "a password has 8 to 1024 characters\n"
    assert run("user", "add", "alice", typed="", code=BAD_INPUT).startswith("no password was given")
    assert run("user", "add", "a\tb", typed="correct horse\n", code=BAD_INPUT).startswith("user_id: cannot be used")
    run("user", "add", "alice", typed="correct horse\n")
    again = run("user", "add", "alice", typed="correct horse\n", code=FAILED)
    assert again == "there is a user 'alice' already\n"
    bob = run("user", "add", "bob", "--val-user-id", "alice", typed="correct horse\n", code=FAILED)
    assert bob == "the VAL user ID 'alice' is another user's\n"


def test_a_password_is_hashed_for_a_file(folder: Path) -> None:
    """And nothing else is printed."""
    assert PasswordHasher().verify(run("user", "hash", typed="correct horse\n").strip(), "correct horse")
    assert run("user", "hash", typed="short\n", code=BAD_INPUT) == "a password has 8 to 1024 characters\n"


def test_a_file_is_applied(folder: Path) -> None:
    """What is kept becomes as it says."""
    run("user", "add", "alice", "--service", "ptt", typed="correct horse\n")
    Path("people.yaml").write_text("users: [{user_id: alice, val_service_ids: [data]}, {user_id: bob}]\n")
    assert run("apply", "people.yaml") == (
        "All is as people.yaml says: its clients, users, VAL services and partners, 2 in number.\n"
    )
    assert user("alice").val_service_ids == ("data",)
    Path("people.yaml").write_text("users: [{user_id: alice, services: [data]}]\n")
    assert "people.yaml:1:26: users[0].services: is not known" in run("apply", "people.yaml", code=BAD_INPUT)
    said = run("apply", "nobody.yaml", code=BAD_ENVIRONMENT)
    assert said.startswith("nobody.yaml (in the working directory: ")
    assert "/nobody.yaml) cannot be read" in said


def test_keys_are_rotated_with_overlap(folder: Path) -> None:
    """The new ones sign, the old ones are still published."""
    first = {row["kid"]: row["signs"] for row in listed("key", "list")}
    assert list(first.values()) == [True, True]
    said = run("key", "rotate", "--algorithm", "ES256")
    second = {row["kid"]: row["signs"] for row in listed("key", "list")}
    assert second[said.split()[1]]
    assert len(second) == 3
    assert sorted(second[kid] for kid in first) == [False, True]
    assert "HS256 signs nothing here" in run("key", "rotate", "--algorithm", "HS256", code=BAD_INPUT)


def test_the_public_keys_are_shown_as_they_are_published(folder: Path) -> None:
    """A VAL server can read them from a file; no private part is among them."""
    said = run("key", "jwks")
    assert len(KeySet.from_jwks(said).keys) == 2
    assert {row["kid"] for row in listed("key", "list")} == {key["kid"] for key in json.loads(said)["keys"]}


def test_a_table_for_other_programs_has_whole_lines(folder: Path) -> None:
    """However long; what somebody wrote moves no cursor."""
    run("client", "add", "app", "--redirect", f"http://127.0.0.1/{'x' * 300}", "--name", "a\x1b[2Jb")
    _, line = run("client", "list").splitlines()
    assert f"/{'x' * 300}" in line
    assert "a\\x1b[2Jb" in line


def test_the_settings_are_named_before_or_behind(folder: Path) -> None:
    """But they are named."""
    assert "There are none" in runner.invoke(app, ["user", "list", "--config", "idms.yaml"]).output
    lost = runner.invoke(app, ["user", "list"])
    assert (lost.exit_code, "--config FILE" in lost.output) == (BAD_INPUT, True)


def test_a_server_without_a_database_cannot_be_provisioned_from_outside(folder: Path) -> None:
    """Nor one whose database cannot be had."""
    Path("memory.yaml").write_text("store: memory\n")
    assert "in memory" in run("user", "list", code=BAD_INPUT, config="memory.yaml")
    Path("gone.yaml").write_text("store: sqlite:////nowhere/idms.sqlite\n")
    assert "cannot be opened" in run("user", "list", code=BAD_ENVIRONMENT, config="gone.yaml")
    Path("keys").write_text("no folder")
    assert "signing keys" in run("key", "list", code=BAD_ENVIRONMENT)


def test_a_val_service_that_nobody_is_in_yet_is_remarked_on(folder: Path) -> None:
    """It is granted: there has to be a first one."""
    run("user", "add", "alice", "--service", "dispatch", typed="correct horse\n")
    said = ["There is no VAL service bad service here, or not yet: is it written so?"]
    assert remarks("user", "change", "alice", "--grant", "bad service", "--grant", "dispatch") == said
    assert user("alice").val_service_ids == ("bad service", "dispatch")
