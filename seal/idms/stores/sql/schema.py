"""The tables as of the newest migration, and how values become their rows. `stores.migrations` makes the tables.

Columns are named as the attributes of the values in `seal.idms.records`.
"""

from pathlib import Path
from typing import Any

from attrs import fields_dict
from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, Integer, MetaData, Table

from seal.idms.records import Client, User
from seal.sql.columns import Names, Pairs, flag, text, time
from seal.sql.migrating import Schema

METADATA = MetaData()
SCHEMA = Schema(METADATA, "val_idms_schema", Path(__file__).parents[1] / "migrations")


def era(name: str) -> Column[int]:
    """Give a column of the era on which something rests."""
    return Column(name, BigInteger, nullable=False, server_default="0")


CLIENTS = Table(
    "clients",
    METADATA,
    text("client_id", primary_key=True),
    text("name"),
    Column("redirect_uris", Names, nullable=False),
    text("auth_method"),
    text("secret_hash", nullable=True),
    text("jwks", nullable=True),
    Column("scopes", Names, nullable=False),
    Column("access_lifetime", Double, nullable=False),
    Column("refresh_lifetime", Double, nullable=False),
    Column("id_lifetime", Double, nullable=False),
    Column("post_logout_redirect_uris", Names, nullable=False, server_default="[]"),
)
USERS = Table(
    "users",
    METADATA,
    text("user_id", primary_key=True),
    text("val_user_id", unique=True),
    text("password_hash"),
    text("totp_secret", nullable=True),
    flag("enabled"),
    text("partner", server_default=""),
)
PARTNERS = Table(
    "partners",
    METADATA,
    text("issuer", primary_key=True),
    text("name"),
    Column("token_lifetime", Double, nullable=False),
    Column("clients", Names, nullable=False),
    Column("users", Names, nullable=False),
    Column("needs", Names, nullable=False),
    text("keys", nullable=True),
    Column("guests", Pairs, nullable=False),
    text("pattern", nullable=True),
    Column("guest_services", Names, nullable=False),
    Column("guest_scopes", Names, nullable=False),
    flag("guest_refresh"),
)
SERVICES = Table("services", METADATA, text("val_service_id", primary_key=True), text("requester"))
MAPPINGS = Table(
    "mappings",
    METADATA,
    text("val_service_id", ForeignKey("services.val_service_id", ondelete="CASCADE"), primary_key=True),
    text("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Index("mappings_user", "user_id"),
)
CODES = Table(
    "codes",
    METADATA,
    text("code_hash", primary_key=True),
    text("family"),
    text("client_id"),
    text("redirect_uri"),
    text("user_id"),
    text("scope"),
    text("challenge"),
    text("acr"),
    time("auth_time"),
    time("expires"),
    text("nonce", nullable=True),
    flag("taken"),
    era("era"),
    era("client_era"),
    Index("codes_family", "family"),
    Index("codes_expires", "expires"),
)
REFRESH = Table(
    "refresh_tokens",
    METADATA,
    text("token_hash", primary_key=True),
    text("family"),
    text("client_id"),
    text("user_id"),
    text("scope"),
    text("acr"),
    time("auth_time"),
    time("expires"),
    flag("rotated"),
    text("partner", server_default=""),
    era("era"),
    era("client_era"),
    Index("refresh_tokens_family", "family"),
    Index("refresh_tokens_expires", "expires"),
)
REVOKED = Table(
    "revocations", METADATA, text("name", primary_key=True), time("expires"), Index("revocations_expires", "expires")
)
SESSIONS = Table(
    "sessions",
    METADATA,
    text("session_hash", primary_key=True),
    text("user_id"),
    text("acr"),
    time("auth_time"),
    time("expires"),
    era("era"),
    Index("sessions_expires", "expires"),
)
ERAS = Table("eras", METADATA, text("name", primary_key=True), Column("era", BigInteger, nullable=False))
"""By `USER` or `CLIENT` and the ID; whoever has none is in the first, 0."""
ATTEMPTS = Table(
    "attempts",
    METADATA,
    text("login_hash", primary_key=True),
    Column("failures", Integer, nullable=False),
    time("locked_until"),
    time("expires"),
    Index("attempts_expires", "expires"),
)
USED = Table("used_names", METADATA, text("name_hash", primary_key=True), time("expires"))


def columns(entry: Any) -> dict[str, Any]:
    """Give the columns of the row that a value becomes; VAL services and eras of users and clients stand elsewhere."""
    elsewhere = {"val_service_ids", "era"} if isinstance(entry, User | Client) else set()
    return {name: getattr(entry, name) for name in fields_dict(type(entry)) if name not in elsewhere}
