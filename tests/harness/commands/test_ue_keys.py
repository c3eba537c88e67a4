"""`val ue keys`: fetched from a server that runs, kept, and used from the file; what is wrong is told in a sentence."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.harness.commands.serving_alone import program
from tests.seal.kms.parts import ISSUER, KEY
from tests.seal.kms.test_main import written
from valkit.tokens import Grant, mint

PHONE: dict[str, Any] = {
    "impi": "alice@home.example",
    "impu": "sip:alice@home.example",
    "usim": {"k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf"},
}


def val(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `val` as a user does."""
    command = [sys.executable, "-m", "harness", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, stdin=subprocess.DEVNULL)


def token(folder: Path, user: str, scope: str = "3gpp:seal:key_management_service") -> str:
    """Write an access token to a file."""
    text = mint(KEY, Grant(ISSUER, "val-server", user, ("dispatch",), "j", 1.7e9, 1e9, scope=scope))
    (folder / f"{user}.jwt").write_text(text)
    return str(folder / f"{user}.jwt")


def phone(folder: Path, **keys: str) -> str:
    """Write a phone's file."""
    with (folder / "ue.yaml").open("w") as file:
        YAML(typ="safe").dump(PHONE | ({"keys": keys} if keys else {}), file)
    return str(folder / "ue.yaml")


def test_from_the_server_to_the_other_user(tmp_path: Path) -> None:
    """Two users fetch; one signs and sends, the other verifies and opens: with no server any more."""
    with program("kms", written(tmp_path)) as addresses:
        config = phone(tmp_path, url=addresses["kms"], authority=str(tmp_path / "ca" / "authority.pem"))
        for user in ("alice", "bob"):
            kept = str(tmp_path / f"{user}.json")
            done = val("ue", "keys", "fetch", "--config", config, "--token", token(tmp_path, user), "--keys", kept)
            assert done.returncode == 0, done.stderr
            assert re.search(
                rf"keys of {user} at kms\.home\.example\n  key period \d+: .* now\n  key period", done.stdout
            )
            assert (tmp_path / f"{user}.json").stat().st_mode & 0o777 == 0o600
        wrong = token(tmp_path, "carol", scope="openid")
        done = val("ue", "keys", "fetch", "--config", config, "--token", wrong)
        assert (done.returncode, "refuses: 403" in done.stderr) == (1, True)
    alice, bob = (str(tmp_path / f"{user}.json") for user in ("alice", "bob"))
    text, signature, message = tmp_path / "text", tmp_path / "sig", str(tmp_path / "message")
    text.write_text("hello")
    signature.write_text(val("ue", "keys", "sign", str(text), "--keys", alice).stdout)
    verifying = ["ue", "keys", "verify", str(text), "--signature", str(signature), "--keys", bob, "--signer"]
    assert val(*verifying, "alice").stdout == "signed by alice\n"
    done = val(*verifying, "bob")
    assert (done.returncode, "does not hold" in done.stderr) == (1, True)
    sent = val("ue", "keys", "send", "--to", "bob", "--keys", alice, "--out", message, "--show-secret")
    opened = val("ue", "keys", "open", message, "--keys", bob, "--show-secret")
    assert (opened.returncode, opened.stdout.startswith("from alice, sent ")) == (0, True)
    assert opened.stdout.splitlines()[1] == sent.stderr.strip()
    done = val("ue", "keys", "open", message, "--keys", alice)
    assert (done.returncode, done.stderr) == (1, "The message is for another user\n")
    assert "now" in val("ue", "keys", "show", "--keys", bob).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["show", "--keys", "none.json"], 3, "no keys in none.json yet"),
        (["show", "--keys", "ue.yaml"], 2, "is no file of `val ue keys fetch`"),
        (
            ["fetch", "--config", "ue.yaml", "--token", "alice.jwt"],
            2,
            "has no keys: where is the key management server",
        ),
        (["fetch", "--config", "other.yaml", "--token", "alice.jwt"], 3, "gives no answer"),
        (["fetch", "--config", "other.yaml"], 2, "Without an access token"),
        (["fetch", "--config", "other.yaml", "--token", "other.yaml"], 2, "words"),
        (["sign", "none.txt"], 3, "no keys in val-keys.json yet"),
    ],
)
def test_what_is_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    """With the exit code that says what kind of reason it is, and no traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ca").mkdir()
    from valkit.net.ca import authority_in  # noqa: PLC0415  the folder is the test's

    authority_in(tmp_path / "ca")
    phone(tmp_path, url="https://127.0.0.1:1", authority=str(tmp_path / "ca" / "authority.pem"))
    (tmp_path / "other.yaml").write_bytes((tmp_path / "ue.yaml").read_bytes())
    phone(tmp_path)
    token(tmp_path, "alice")
    done = val("ue", "keys", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
