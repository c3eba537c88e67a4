"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "documents",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("directory", sa.Text, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )
    op.create_index("documents_directory", "documents", ["directory"])
    op.create_table(
        "document_names",
        sa.Column("path", sa.Text, sa.ForeignKey("documents.path", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("auid", sa.Text, nullable=False),
    )
    op.create_index("document_names_name", "document_names", ["name", "auid"])
    op.create_table(
        "subscriptions",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("identity", sa.Text, nullable=False, unique=True),
        sa.Column("val_user_id", sa.Text, nullable=False),
        sa.Column("auid", sa.Text, nullable=False),
        sa.Column("callback", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("interval", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
    )
    for column in ("auid", "expires"):
        op.create_index(f"subscriptions_{column}", "subscriptions", [column])
    op.create_index("subscriptions_user", "subscriptions", ["val_user_id"])


def downgrade() -> None:
    """Remove them."""
    for table in ("subscriptions", "document_names", "documents"):
        op.drop_table(table)
