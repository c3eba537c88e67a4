"""The tables as of the newest migration; `seal.documents.migrations` makes them."""

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from seal.sql.columns import Names, text, time
from seal.sql.migrating import Schema


class Numbers(TypeDecorator[tuple[int, ...]]):
    """A row of numbers, separated by spaces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's
        """Write them."""
        return None if value is None else " ".join(map(str, value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...] | None:  # noqa: ARG002  as above
        """Read them."""
        return None if value is None else tuple(map(int, value.split()))


METADATA = MetaData()
SCHEMA = Schema(METADATA, "val_documents_schema", Path(__file__).parents[1] / "migrations")

DOCUMENTS = Table(
    "documents",
    METADATA,
    text("path", primary_key=True),
    text("directory"),
    Column("text", LargeBinary, nullable=False),
    Index("documents_directory", "directory"),
)
NAMES = Table(
    "document_names",
    METADATA,
    text("path", ForeignKey("documents.path", ondelete="CASCADE"), primary_key=True),
    text("name", primary_key=True),
    text("auid"),
    Index("document_names_name", "name", "auid"),
)
SUBSCRIPTIONS = Table(
    "subscriptions",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    text("identity", unique=True),
    text("val_user_id"),
    text("auid"),
    text("callback"),
    Column("events", Numbers, nullable=False),
    Column("groups", Names, nullable=False),
    Column("interval", Double, nullable=False),
    time("expires"),
    Index("subscriptions_user", "val_user_id"),
    Index("subscriptions_auid", "auid"),
    Index("subscriptions_expires", "expires"),
)
