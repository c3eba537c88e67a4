"""The tables as of the newest migration, and how values become their rows. `seal.idms.migrations` makes the tables.

Columns are named as the attributes of the values in `seal.idms.records`.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, TypeVar

from attrs import fields_dict
from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    Table,
    Text,
    TypeDecorator,
)

VERSIONS = "val_idms_schema"
"""The table in which Alembic writes which migration was the last."""

V = TypeVar("V")

_unstorable = re.compile("[\\\\\0\ud800-\udfff]")
_escaped = re.compile(r"\\u([0-9a-f]{4})")


class AnyText(TypeDecorator[str]):
    """Text of whatever a peer may send: what a database takes for no text (NUL, lone surrogates) is escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's
        """Escape on the way in."""
        return None if value is None else _unstorable.sub(lambda found: f"\\u{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's
        """Undo it on the way out."""
        return None if value is None else _escaped.sub(lambda found: chr(int(found[1], 16)), value)


class Names(TypeDecorator[tuple[str, ...]]):
    """A row of names, as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  as above
        """Write the list."""
        return None if value is None else json.dumps(list(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002  as above
        """Read it."""
        return None if value is None else tuple(json.loads(value))


def _text(name: str, *constraints: Any, **options: Any) -> Column[str]:
    return Column(name, AnyText, *constraints, nullable=options.pop("nullable", False), **options)


def _time(name: str) -> Column[float]:
    return Column(name, Double, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


METADATA = MetaData()

CLIENTS = Table(
    "clients",
    METADATA,
    _text("client_id", primary_key=True),
    _text("name"),
    Column("redirect_uris", Names, nullable=False),
    _text("auth_method"),
    _text("secret_hash", nullable=True),
    _text("jwks", nullable=True),
    Column("scopes", Names, nullable=False),
    Column("access_lifetime", Double, nullable=False),
    Column("refresh_lifetime", Double, nullable=False),
    Column("id_lifetime", Double, nullable=False),
    Column("post_logout_redirect_uris", Names, nullable=False, server_default="[]"),
)
USERS = Table(
    "users",
    METADATA,
    _text("user_id", primary_key=True),
    _text("val_user_id", unique=True),
    _text("password_hash"),
    _text("totp_secret", nullable=True),
    _flag("enabled"),
)
SERVICES = Table("services", METADATA, _text("val_service_id", primary_key=True), _text("requester"))
MAPPINGS = Table(
    "mappings",
    METADATA,
    _text("val_service_id", ForeignKey("services.val_service_id", ondelete="CASCADE"), primary_key=True),
    _text("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Index("mappings_user", "user_id"),
)
CODES = Table(
    "codes",
    METADATA,
    _text("code_hash", primary_key=True),
    _text("family"),
    _text("client_id"),
    _text("redirect_uri"),
    _text("user_id"),
    _text("scope"),
    _text("challenge"),
    _text("acr"),
    _time("auth_time"),
    _time("expires"),
    _text("nonce", nullable=True),
    _flag("taken"),
    Index("codes_family", "family"),
    Index("codes_expires", "expires"),
)
REFRESH = Table(
    "refresh_tokens",
    METADATA,
    _text("token_hash", primary_key=True),
    _text("family"),
    _text("client_id"),
    _text("user_id"),
    _text("scope"),
    _text("acr"),
    _time("auth_time"),
    _time("expires"),
    _flag("rotated"),
    Index("refresh_tokens_family", "family"),
    Index("refresh_tokens_expires", "expires"),
)
REVOKED = Table(
    "revocations", METADATA, _text("name", primary_key=True), _time("expires"), Index("revocations_expires", "expires")
)
SESSIONS = Table(
    "sessions",
    METADATA,
    _text("session_hash", primary_key=True),
    _text("user_id"),
    _text("acr"),
    _time("auth_time"),
    _time("expires"),
    Index("sessions_expires", "expires"),
)
ATTEMPTS = Table(
    "attempts",
    METADATA,
    _text("login_hash", primary_key=True),
    Column("failures", Integer, nullable=False),
    _time("locked_until"),
    _time("expires"),
    Index("attempts_expires", "expires"),
)
USED = Table("used_names", METADATA, _text("name_hash", primary_key=True), _time("expires"))


def value(kind: type[V], row: RowMapping | None) -> V | None:
    """Make a value of a row that has a column for each of its attributes."""
    return None if row is None else kind(**{str(name): found for name, found in row.items()})


def columns(entry: Any) -> dict[str, Any]:
    """Give the columns of the row that a value becomes; a mapping of VAL services stands elsewhere."""
    return {name: getattr(entry, name) for name in fields_dict(type(entry)) if name != "val_service_ids"}
