"""`val idms partner` on a database in a file."""

from pathlib import Path

import pytest

from tests.harness.commands.provisioned import listed, remarks, run, settle
from valkit.exits import BAD_INPUT, FAILED

HOME = "https://idms.home.example"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to work in, with the settings of a server."""
    return settle(tmp_path, monkeypatch)


def keys(kind: str) -> str:
    """Give the server's own keys in a file, as a partner would get them."""
    Path(f"home.{kind}").write_text(run("key", kind))
    return f"home.{kind}"


@pytest.mark.parametrize("kind", ["jwks", "certificates"])
def test_what_one_server_shows_another_takes(folder: Path, kind: str) -> None:
    """Its keys, out of band (DOM-04)."""
    said = run("partner", "add", HOME, "--keys", keys(kind), "--guest", "alice=visitor", "--guest", "bob=visitor")
    scopes = "3gpp:seal:val_service 3gpp:seal:migration_service"
    come = f"its users come (2 keys): 2 guests by name; with {scopes}"
    assert said == f"{HOME} added: security tokens for 60 s; {come}.\n"
    [row] = listed("partner", "list")
    assert (row["partner"], row["keys"], row["guests"]) == (HOME, 2, ["alice=visitor", "bob=visitor"])


def test_a_partner_changes_as_told(folder: Path) -> None:
    """What is not named stays; guests are added and taken away."""
    run("partner", "add", HOME, "--user", "alice", "--guest", "alice=visitor", "--token-lifetime", "30s")
    said = run("partner", "change", HOME, "--guest", "bob=b", "--no-guest", "alice", "--pattern", "{subject}@home")
    assert "security tokens for 30 s; its users do not come (no keys)" in said
    [row] = listed("partner", "list")
    assert (row["guests"], row["pattern"], row["who may go"]) == (["bob=b"], "{subject}@home", ["alice"])
    assert "nobody goes there" in run("partner", "change", HOME, "--token-lifetime", "0s", "--pattern", "")
    assert listed("partner", "list")[0]["pattern"] == ""
    run("partner", "remove", HOME)
    assert listed("partner", "list") == []


def test_what_cannot_be_is_told_in_a_sentence(folder: Path) -> None:
    """And nothing is kept of it."""
    assert "issuer" in run("partner", "add", "idms.home.example", code=BAD_INPUT)
    assert "says not who is who" in run("partner", "add", HOME, "--guest", "alice", code=BAD_INPUT)
    assert "/gone.pem) cannot be read" in run("partner", "add", HOME, "--keys", "gone.pem", code=BAD_INPUT)
    assert "like {subject}@home" in run("partner", "add", HOME, "--pattern", "{sub}@home", code=BAD_INPUT)
    Path("keys.md").write_text("# A page")
    said = run("partner", "add", HOME, "--keys", "keys.md", code=BAD_INPUT)
    assert ("keys.md: " in said, "expected a JWK Set, or certificates" in said) == (True, True), said
    assert "there is no partner" in run("partner", "change", HOME, "--guest", "a=b", code=FAILED)
    run("partner", "add", HOME)
    assert "is no guest of" in run("partner", "change", HOME, "--no-guest", "alice", code=BAD_INPUT)
    assert "already" in run("partner", "add", HOME, code=FAILED)


def test_what_is_named_and_not_there_is_remarked_on(folder: Path) -> None:
    """It is kept, for it may come yet."""
    named = ("--user", "nobody", "--client", "none", "--guest-scope", "openid", "--guest-scope", "nosuch")
    assert remarks("partner", "add", HOME, *named) == [
        "There is no user nobody here, or not yet: is it written so?",
        "There is no client none here, or not yet: is it written so?",
        "There is no scope nosuch here, or not yet: is it written so?",
    ]
    assert remarks("partner", "change", HOME, "--needs", "openid") == []
    assert listed("partner", "list")[0]["who may go"] == ["nobody", "none", "openid"]
