"""What is provisioned, as people and programs write it: clients, users and VAL services, in YAML or JSON.

An entry makes a new value, or changes one that is kept: then only what it names. In a file, secrets stand in files of
their own; a request to the admin API may carry them.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from attrs import evolve
from pydantic import Field

from seal.idms.proving.users import usable_hash, usable_totp_secret
from seal.idms.records import Client, User
from seal.idms.stores.store import REMEMBERED
from seal.names import Name, matching
from seal.secrets import LEAST_SECRET, digest, first_line
from valkit.net.web import is_loopback
from valkit.settings import Duration, Settings, YesNo, written_as
from valkit.tokens import KeySet, KeyUnusable

ClientId = Annotated[str, matching(r"[\x20-\x7e]{1,200}", "1 to 200 characters of ASCII")]
"""RFC 6749 A.1."""
Scope = Annotated[str, matching(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}", "ASCII without spaces, quotes and backslashes")]
"""RFC 6749 A.4."""
Lifetime = Annotated[Duration, Field(gt=0, le=REMEMBERED)]


class ServiceEntry(Settings):
    """A VAL service and its identity list (TS 23.434 12.3.4)."""

    val_service_id: Name
    """What tokens call it."""
    identities: tuple[Name, ...] = ()
    """The VAL user IDs of its users."""


class UserEntry(Settings):
    """A VAL user."""

    user_id: Name
    """What is typed at the log-in, and the `sub` of the tokens."""
    val_user_id: Name | None = None
    """The VAL user ID in the tokens; by default the same."""
    password_hash: Annotated[str, written_as(usable_hash, "$argon2id$v=19$...")] | None = None
    """An argon2id hash of the password; `val idms user hash` makes one."""
    password_file: Path | None = None
    """Or a file with the password in its first line."""
    totp_secret_file: Path | None = None
    """A file with the secret of the user's one-time-password device, in base32."""
    enabled: YesNo = True
    """Whether the user may log in, and keeps what was granted."""
    val_service_ids: tuple[Name, ...] = ()
    """The VAL services that the user may use."""
    partner: str = ""
    """The issuer of the partner domain whose guest this is, by its pattern; left out: the user is our own."""


class UserRequest(UserEntry):
    """A VAL user in a request to the admin API."""

    password: str | None = Field(default=None, repr=False)
    """The password itself."""
    totp_secret: Annotated[str, written_as(usable_totp_secret, "JBSWY3DPEHPK3PXPJBSWY3DPEH")] | None = Field(
        default=None, repr=False
    )
    """The secret of the user's one-time-password device; null takes it away."""


class ClientEntry(Settings):
    """A client that may ask for tokens."""

    client_id: ClientId
    """What it calls itself when it asks."""
    name: str = ""
    """What people are shown at the log-in."""
    redirect_uris: tuple[str, ...] = ()
    """Where codes may be sent, to the letter; of a loopback address any port (RFC 8252 7.3)."""
    post_logout_redirect_uris: tuple[str, ...] = ()
    """Where browsers may go after signing out, to the letter."""
    auth_method: Literal["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] = "none"
    """How it proves itself; `none` is for apps, which cannot keep a secret."""
    secret_file: Path | None = None
    """A file with its secret in the first line."""
    jwks: dict[str, Any] | None = None
    """Its public keys, for private_key_jwt."""
    scopes: tuple[Scope, ...] = ("openid",)
    """The scopes that it may ask for."""
    access_lifetime: Lifetime = 300.0
    """For how long its access tokens live."""
    refresh_lifetime: Annotated[Duration, Field(gt=0)] = 2_592_000.0
    """For how long a refresh token can be used; each use gives a new one."""
    id_lifetime: Lifetime = 300.0
    """For how long its ID tokens live."""


class ClientRequest(ClientEntry):
    """A client in a request to the admin API."""

    secret: str | None = Field(default=None, repr=False)
    """The secret itself."""


def changed_user(entry: UserEntry, old: User | None, password_hash: str | None) -> User:
    """Give the user that the entry makes of the old one, or of none. ValueError when that is no user."""
    named = entry.model_fields_set
    user = old or User(entry.user_id, entry.val_user_id or entry.user_id)
    changes: dict[str, Any] = {name: getattr(entry, name) for name in named & {"enabled", "val_service_ids", "partner"}}
    if entry.val_user_id is not None:
        changes["val_user_id"] = entry.val_user_id
    if password_hash is not None:
        changes["password_hash"] = password_hash
    if entry.totp_secret_file is not None:
        changes["totp_secret"] = usable_totp_secret(first_line(entry.totp_secret_file))
    if isinstance(entry, UserRequest) and "totp_secret" in named:
        changes["totp_secret"] = entry.totp_secret
    return evolve(user, **changes)


def changed_client(entry: ClientEntry, old: Client | None) -> Client:
    """Give the client that the entry makes of the old one, or of none. ValueError when that could not be served."""
    plain = {"client_id", "secret_file", "secret", "jwks"}
    named = entry.model_fields_set
    changes: dict[str, Any] = {name: getattr(entry, name) for name in named - plain}
    if (secret := _secret(entry)) is not None:
        changes["secret_hash"] = digest(secret)
    if "jwks" in named:
        changes["jwks"] = None if entry.jwks is None else json.dumps(entry.jwks)
    return _sound(evolve(old or Client(entry.client_id), **changes))


def _secret(entry: ClientEntry) -> str | None:
    secret = entry.secret if isinstance(entry, ClientRequest) else None
    if secret is None and entry.secret_file is not None:
        secret = first_line(entry.secret_file)
    if secret is not None and len(secret) < LEAST_SECRET:
        raise ValueError(f"a client secret has {LEAST_SECRET} characters or more")
    return secret


def _sound(client: Client) -> Client:
    for uri in (*client.redirect_uris, *client.post_logout_redirect_uris):
        _refuse_redirect(uri)
    match client.auth_method:
        case "client_secret_basic" | "client_secret_post" if client.secret_hash is None:
            raise ValueError(f"auth_method {client.auth_method} needs a secret")
        case "private_key_jwt" if client.jwks is None:
            raise ValueError("auth_method private_key_jwt needs the client's public keys (jwks)")
        case "private_key_jwt":
            try:
                KeySet.from_jwks(client.jwks or "")
            except KeyUnusable as error:
                raise ValueError(
                    f"auth_method private_key_jwt needs the client's public keys (jwks): {error}"
                ) from None
    return client


def _refuse_redirect(uri: str) -> None:
    """Refuse what a code must not be sent to (RFC 9700 2.1, RFC 8252 7)."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(f"{uri!r} is no redirect address") from None
    if not uri.isascii() or not uri.isprintable() or " " in uri or parts.fragment or uri.endswith("#"):
        raise ValueError(f"{uri!r} is no redirect address (expected a URI without a fragment)")
    https = parts.scheme == "https" and host
    if not (https or (parts.scheme == "http" and is_loopback(host)) or "." in parts.scheme):
        raise ValueError(
            f"{uri!r} is no safe redirect address "
            "(expected https, http to a loopback address, or an app's own scheme with a dot in it)"
        )
