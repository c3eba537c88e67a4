"""`val idms client` on a database in a file."""

import json
from pathlib import Path

import pytest

from seal.idms.settings import SCOPES
from seal.secrets import digest
from tests.harness.commands.provisioned import client, listed, remarks, run, settle
from tests.valkit.tokens.support import EC
from valkit.exits import BAD_INPUT, FAILED
from valkit.tokens import SigningKey, jwks


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to work in, with the settings of a server."""
    return settle(tmp_path, monkeypatch)


def test_a_client_that_needs_a_secret_gets_one(folder: Path) -> None:
    """Shown once; what is kept is its digest."""
    said = run("client", "add", "rp", "--auth", "client_secret_basic", "--redirect", "https://rp.example/cb").strip()
    assert len(said) == 64
    assert client("rp").secret_hash == digest(said)
    assert client("rp").scopes == SCOPES
    assert said not in run("client", "list")


def test_clients_are_added_and_removed(folder: Path) -> None:
    """An app without a secret, a server with keys of its own."""
    assert run("client", "add", "app", "--redirect", "http://127.0.0.1/cb", "--scope", "openid") == ""
    Path("keys.json").write_text(jwks(EC))
    run("client", "add", "rp", "--auth", "private_key_jwt", "--jwks", "keys.json", "--access-lifetime", "10m")
    assert json.loads(client("rp").jwks or "") == json.loads(jwks(EC))
    assert client("rp").access_lifetime == 600.0
    assert [row["client"] for row in listed("client", "list")] == ["app", "rp"]
    run("client", "remove", "app")
    assert [row["client"] for row in listed("client", "list")] == ["rp"]
    assert "no safe redirect" in run("client", "add", "x", "--redirect", "http://rp.example", code=BAD_INPUT)
    assert "auth_method" in run("client", "add", "x", "--auth", "magic", code=BAD_INPUT)
    assert "gone.json cannot be read" in run("client", "add", "x", "--jwks", "gone.json", code=BAD_INPUT)


def test_a_client_changes_as_told(folder: Path) -> None:
    """What is not named stays, a secret that it has as well."""
    secret = run("client", "add", "rp", "--auth", "client_secret_post", "--redirect", "https://rp.example/cb").strip()
    assert run("client", "change", "rp", "--scope", "openid", "--access-lifetime", "1m", "--name", "Kiosk") == ""
    kept = client("rp")
    assert (kept.scopes, kept.access_lifetime, kept.name) == (("openid",), 60.0, "Kiosk")
    assert (kept.redirect_uris, kept.secret_hash) == (("https://rp.example/cb",), digest(secret))
    assert run("client", "change", "rp", "--auth", "client_secret_basic") == ""
    assert (client("rp").auth_method, client("rp").secret_hash) == ("client_secret_basic", digest(secret))
    again = run("client", "change", "rp", "--new-secret").strip()
    assert client("rp").secret_hash == digest(again) != digest(secret)


def test_a_client_that_comes_to_need_a_secret_gets_one(folder: Path) -> None:
    """Shown once, as if it were new; who needs none has none made."""
    run("client", "add", "app", "--redirect", "http://127.0.0.1/cb")
    assert "has no secret" in run("client", "change", "app", "--new-secret", code=BAD_INPUT)
    said = run("client", "change", "app", "--auth", "client_secret_basic").strip()
    assert client("app").secret_hash == digest(said)


def test_a_key_pair_is_made(folder: Path) -> None:
    """The server keeps the public half, the file is its owner's; it takes no other file's place."""
    run("client", "add", "signer", "--redirect", "http://127.0.0.1/cb", "--new-key", "app.pem")
    key = SigningKey.from_text(Path("app.pem").read_text())
    assert (client("signer").auth_method, client("signer").jwks) == (
        "private_key_jwt",
        json.dumps(json.loads(jwks(key))),
    )
    assert Path("app.pem").stat().st_mode & 0o777 == 0o600
    assert "File exists" in run("client", "change", "signer", "--new-key", "app.pem", code=BAD_INPUT)
    run("client", "change", "signer", "--new-key", "newer.pem")
    assert client("signer").jwks == json.dumps(json.loads(jwks(SigningKey.from_text(Path("newer.pem").read_text()))))


def test_no_key_is_left_of_a_client_that_could_not_be_kept(folder: Path) -> None:
    """What was made for nothing is removed."""
    run("client", "add", "app", "--redirect", "http://127.0.0.1/cb")
    assert "already" in run("client", "add", "app", "--new-key", "app.pem", code=FAILED)
    assert not Path("app.pem").exists()


def test_what_cannot_be_is_told_in_a_sentence(folder: Path) -> None:
    """And nothing is changed."""
    assert run("client", "change", "nobody", "--name", "x", code=FAILED) == "there is no client 'nobody'\n"
    run("client", "add", "app", "--redirect", "http://127.0.0.1/cb")
    assert "public keys (jwks)" in run("client", "change", "app", "--auth", "private_key_jwt", code=BAD_INPUT)
    assert "no safe redirect" in run("client", "change", "app", "--redirect", "http://rp.example", code=BAD_INPUT)
    assert "access_lifetime" in run("client", "change", "app", "--access-lifetime", "soon", code=BAD_INPUT)
    both = run("client", "change", "app", "--new-key", "k.pem", "--jwks", "k.json", code=BAD_INPUT)
    assert "give one of the two" in both
    assert client("app").auth_method == "none"


def test_what_was_done_is_said_beside_the_secret(folder: Path) -> None:
    """Standard output goes into a file; a scope that there is not is remarked on."""
    assert remarks("client", "add", "app", "--scope", "openid", "--scope", "nosuch") == [
        "app added: authentication none, scopes openid nosuch.",
        "There is no scope nosuch here, or not yet: is it written so?",
    ]
    assert remarks("client", "change", "app", "--scope", "openid") == [
        "app changed: authentication none, scopes openid."
    ]
