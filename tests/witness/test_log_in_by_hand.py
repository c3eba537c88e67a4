"""Identity server, core, VAL server and a phone by hand, as the README has it: each a process of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from re import search
from typing import Any

from tests.witness.foreign import program, run_val
from tests.witness.home import ALICE, NET, PCSCF, Home, phone_settings, server_settings
from valkit.exits import BAD_ENVIRONMENT, FAILED, OK

PASSWORD = "correct horse"


@contextmanager
def identity_server(home: Home) -> Iterator[str]:
    """Run `val idms` with an app that signs for itself, a VAL server that may ask, and Alice; give its issuer."""
    folder = home.folder
    settings = {
        "authorization": {"host": f"{NET}.2", "port": 0},
        "token": {"host": f"{NET}.3", "port": 0},
        "tls": {"authority": str(folder / "ca")},
        "tokens": {"keys": str(folder / "keys")},
        "store": f"sqlite:///{folder}/idms.sqlite",
    }
    config = str(home.write("idms.yaml", settings))
    admin = ("idms", "--config", config)
    app = ("client", "add", "app", "--redirect", "http://127.0.0.1/cb", "--new-key", str(folder / "app.pem"))
    with program(admin, "idms is ready", log := folder / "idms.log"):
        assert run_val(*admin, "user", "add", "alice", "--service", "dispatch", typed=f"{PASSWORD}\n")[0] == OK
        code, said = run_val(*admin, *app)
        assert (code, said.startswith("app added: ")) == (OK, True)
        code, secret = run_val(*admin, "client", "add", "val-server", "--auth", "client_secret_basic")
        assert code == OK
        home.write("val-server.secret", secret.partition("\n")[0])
        found = search(r"token=(\S+)", log.read_text())
        assert found is not None
        yield found[1]


def phone(home: Home, issuer: str) -> str:
    """Write the phone's file, which says where Alice logs in."""
    identity = {
        "issuer": issuer,
        "client_id": "app",
        "user": "alice",
        "authority": str(home.folder / "ca" / "authority.pem"),
        "client_key": str(home.folder / "app.pem"),
        "redirect_uri": "http://127.0.0.1/cb",
        "tokens": str(home.folder / "alice.json"),
    }
    return str(home.write("ue.yaml", phone_settings() | {"core": f"tcp:{PCSCF}:5060", "identity": identity}))


@contextmanager
def server(home: Home, issuer: str) -> Iterator[None]:
    """Run `val server`, which fetches the keys and asks about each token."""
    tokens = {
        "issuer": issuer,
        "jwks_url": f"{issuer}/jwks",
        "authorities": str(home.folder / "ca" / "authority.pem"),
        "introspection": {
            "url": f"{issuer}/introspect",
            "client_id": "val-server",
            "client_secret": str(home.folder / "val-server.secret"),
        },
    }
    settings: dict[str, Any] = server_settings(Path("unused"), home.folder) | {"tokens": tokens}
    config = str(home.write("server.yaml", settings))
    with program(["server", "--config", config], "valserver is ready", home.folder / "server.log"):
        yield


def older(path: Path, seconds: float) -> None:
    """Let so many seconds pass for a saved log-in."""
    saved = json.loads(path.read_text())
    path.write_text(json.dumps(saved | {name: saved[name] - seconds for name in ("received_at", "expires_at")}))


def test_a_phone_signs_in_registers_renews_and_goes_on_without(tmp_path: Path) -> None:
    """One password for three registrations; when the identity server is gone the phone registers all the same."""
    home = Home(tmp_path)
    saved = tmp_path / "alice.json"
    with home.core():
        with identity_server(home) as issuer, server(home, issuer):
            register = ("ue", "register", "--config", phone(home, issuer))
            refused = run_val(*register, typed="wrong horse\n")
            first = run_val(*register, typed=f"{PASSWORD}\n")
            (bound,) = home.bindings(1)
            older(saved, 280)
            second = run_val(*register, typed="")
            published = run_val("ue", "publish", *register[2:], "--token", str(saved))
            log = (tmp_path / "idms.log").read_text()
        older(saved, 400)
        alone = run_val(*register, typed="")
    assert refused[0] == FAILED
    assert "did not accept the log-in.\nGoing on without a token." in refused[1]
    assert (first[0], "signed in as alice" in first[1]) == (OK, True), first[1]
    assert (bound["impu"], bound["val_user_id"], bound["val_service_ids"]) == (ALICE, "alice", ["dispatch"])
    assert (second[0], "renewed as alice" in second[1]) == (OK, True), second[1]
    assert (published[0], f"publish to {ALICE}: 200 OK" in published[1]) == (OK, True), published[1]
    assert (alone[0], f"register {ALICE}: 200 OK" in alone[1]) == (BAD_ENVIRONMENT, True), alone[1]
    assert log.count("logged in user='alice'") == 1
    assert log.count("log-in refused") == 1
