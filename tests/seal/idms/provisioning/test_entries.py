import json
from pathlib import Path

import pytest
from attrs import evolve

from seal.idms.provisioning.entries import (
    ClientEntry,
    ClientRequest,
    UserEntry,
    UserRequest,
    changed_client,
    changed_user,
)
from seal.idms.provisioning.provisioning import Provisions
from seal.idms.records import Client, User
from seal.secrets import digest
from valkit.settings import SettingsError, read
from valkit.tokens import SigningKey, jwks

SECRET = "a secret of sixteen or more"
KEYS = json.loads(jwks(SigningKey.generate("ES256")))
WHOLE = """
clients:
  - client_id: app
    name: Dispatch
    redirect_uris: [http://127.0.0.1/callback]
    scopes: [openid, 3gpp:seal:val_service]
    access_lifetime: 5m
users:
  - user_id: alice
    val_user_id: sip:alice@home.example
    val_service_ids: [dispatch]
    enabled: no
services:
  - val_service_id: telemetry
    identities: [sip:alice@home.example]
"""


def test_a_file_is_read() -> None:
    """Clients, users and VAL services."""
    found = read(Provisions, WHOLE, "people.yaml")
    assert changed_client(found.clients[0], None) == Client(
        "app", "Dispatch", ("http://127.0.0.1/callback",), scopes=("openid", "3gpp:seal:val_service")
    )
    assert changed_user(found.users[0], None, "$argon2id$") == User(
        "alice", "sip:alice@home.example", "$argon2id$", enabled=False, val_service_ids=("dispatch",)
    )
    assert found.services[0].identities == ("sip:alice@home.example",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("users: [{user_id: alice, password: hunter22}]", "users[0].password: is not known"),
        ("clients: [{client_id: app, secret: hunter22}]", "clients[0].secret: is not known"),
        ("users: [{user_id: alice, password_hash: hunter22}]", "users[0].password_hash: cannot be read"),
        ("users: [{user_id: ''}]", "users[0].user_id"),
        ('users: [{user_id: "a\\0b"}]', "users[0].user_id"),
        ("clients: [{client_id: bürgerfunk}]", "clients[0].client_id"),
        ("clients: [{client_id: app, access_lifetime: 2d}]", "clients[0].access_lifetime"),
        ("clients: [{client_id: app, scopes: [a b]}]", "clients[0].scopes[0]"),
    ],
)
def test_what_does_not_belong_into_a_file_is_refused(text: str, fault: str) -> None:
    """Passwords and secrets above all; and the fault does not repeat them."""
    with pytest.raises(SettingsError) as raised:
        read(Provisions, text, "people.yaml")
    assert fault in str(raised.value)
    assert "hunter22" not in str(raised.value)


def test_an_entry_changes_what_it_names() -> None:
    """And leaves the rest."""
    alice = User("alice", "sip:alice@home.example", "$argon2id$", "GEZD", val_service_ids=("dispatch",))
    assert changed_user(UserEntry(user_id="alice"), alice, None) == alice
    assert changed_user(UserEntry(user_id="alice", enabled=False), alice, None) == evolve(alice, enabled=False)
    without = UserRequest(user_id="alice", val_service_ids=(), totp_secret=None)
    assert changed_user(without, alice, None) == evolve(alice, val_service_ids=(), totp_secret=None)
    app = Client("app", "Dispatch", ("https://rp.example/cb",), "client_secret_basic", digest(SECRET))
    assert changed_client(ClientEntry(client_id="app"), app) == app
    assert changed_client(ClientEntry(client_id="app", id_lifetime=60.0), app) == evolve(app, id_lifetime=60.0)


def test_a_user_has_the_name_it_types_unless_told_otherwise() -> None:
    """As its VAL user ID."""
    assert changed_user(UserEntry(user_id="alice"), None, None) == User("alice", "alice")


def test_secrets_stand_in_files(tmp_path: Path) -> None:
    """In their first line."""
    (tmp_path / "totp").write_text("gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n# the old phone\n")
    (tmp_path / "secret").write_text(f"{SECRET}\r\n")
    user = changed_user(UserEntry(user_id="alice", totp_secret_file=tmp_path / "totp"), None, None)
    assert user.totp_secret == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    entry = ClientEntry(client_id="rp", auth_method="client_secret_post", secret_file=tmp_path / "secret")
    assert changed_client(entry, None).secret_hash == digest(SECRET)


def test_a_client_with_keys_of_its_own() -> None:
    """Public ones, as the token endpoint reads them."""
    client = changed_client(ClientEntry(client_id="rp", auth_method="private_key_jwt", jwks=KEYS), None)
    assert json.loads(client.jwks or "") == KEYS


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (ClientEntry(client_id="rp", auth_method="client_secret_basic"), "needs a secret"),
        (ClientEntry(client_id="rp", auth_method="private_key_jwt"), "needs the client's public keys"),
        (ClientEntry(client_id="rp", auth_method="private_key_jwt", jwks={"keys": []}), "public keys"),
        (ClientRequest(client_id="rp", auth_method="client_secret_basic", secret="short"), "16 characters or more"),
    ],
)
def test_a_client_that_could_not_prove_itself_is_refused(entry: ClientEntry, reason: str) -> None:
    """Before it is kept."""
    with pytest.raises(ValueError, match=reason):
        changed_client(entry, None)


@pytest.mark.parametrize(
    "uri",
    ["https://rp.example/cb?a=b", "http://127.0.0.1/cb", "http://[::1]:80/", "http://localhost/", "com.example.app:/r"],
)
def test_a_code_may_be_sent_where_only_the_client_reads_it(uri: str) -> None:
    """https, loopback, an app's own scheme (RFC 8252 7)."""
    assert changed_client(ClientEntry(client_id="rp", redirect_uris=(uri,)), None).redirect_uris == (uri,)


@pytest.mark.parametrize(
    "uri",
    [
        "http://rp.example/cb",
        "https:///cb",
        "https://rp.example/cb#here",
        "https://rp.example/cb#",
        "javascript:alert(1)",
        "myapp:/cb",
        "/cb",
        "",
        "https://rp.example/c b",
        "https://[",
        "https://bücher.example/",
    ],
)
def test_a_code_may_be_sent_nowhere_else(uri: str) -> None:
    """RFC 9700 2.1: no plain http, no fragment, no scheme that anybody may take."""
    with pytest.raises(ValueError, match="redirect address"):
        changed_client(ClientEntry(client_id="rp", redirect_uris=(uri,)), None)
    with pytest.raises(ValueError, match="redirect address"):
        changed_client(ClientEntry(client_id="rp", post_logout_redirect_uris=(uri,)), None)
