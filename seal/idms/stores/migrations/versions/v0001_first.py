"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    _directory()
    _grants()
    _log_ins()


def downgrade() -> None:
    """Remove them."""
    for table in ("used_names", "attempts", "sessions", "revocations", "refresh_tokens", "codes"):
        op.drop_table(table)
    for table in ("mappings", "services", "users", "clients"):
        op.drop_table(table)


def _directory() -> None:
    op.create_table(
        "clients",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("redirect_uris", sa.Text, nullable=False),
        sa.Column("auth_method", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text),
        sa.Column("jwks", sa.Text),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("access_lifetime", sa.Double, nullable=False),
        sa.Column("refresh_lifetime", sa.Double, nullable=False),
        sa.Column("id_lifetime", sa.Double, nullable=False),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("val_user_id", sa.Text, nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("totp_secret", sa.Text),
        sa.Column("enabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "services",
        sa.Column("val_service_id", sa.Text, primary_key=True),
        sa.Column("requester", sa.Text, nullable=False),
    )
    op.create_table(
        "mappings",
        sa.Column(
            "val_service_id", sa.Text, sa.ForeignKey("services.val_service_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("mappings_user", "mappings", ["user_id"])


def _grants() -> None:
    op.create_table(
        "codes",
        sa.Column("code_hash", sa.Text, primary_key=True),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("acr", sa.Text, nullable=False),
        sa.Column("auth_time", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        sa.Column("nonce", sa.Text),
        sa.Column("taken", sa.Boolean, nullable=False),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("acr", sa.Text, nullable=False),
        sa.Column("auth_time", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        sa.Column("rotated", sa.Boolean, nullable=False),
    )
    op.create_table(
        "revocations",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("expires", sa.Double, nullable=False),
    )
    for table, column in (
        ("codes", "family"),
        ("codes", "expires"),
        ("refresh_tokens", "family"),
        ("refresh_tokens", "expires"),
        ("revocations", "expires"),
    ):
        op.create_index(f"{table}_{column}", table, [column])


def _log_ins() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("acr", sa.Text, nullable=False),
        sa.Column("auth_time", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("login_hash", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
    )
    op.create_table(
        "used_names",
        sa.Column("name_hash", sa.Text, primary_key=True),
        sa.Column("expires", sa.Double, nullable=False),
    )
    for table in ("sessions", "attempts"):
        op.create_index(f"{table}_expires", table, ["expires"])
