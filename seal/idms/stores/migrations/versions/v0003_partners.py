"""Partner domains."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "partners",
        sa.Column("issuer", sa.Text, primary_key=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token_lifetime", sa.Double, nullable=False),
        sa.Column("clients", sa.Text, nullable=False),
        sa.Column("users", sa.Text, nullable=False),
        sa.Column("needs", sa.Text, nullable=False),
        sa.Column("keys", sa.Text, nullable=True),
        sa.Column("guests", sa.Text, nullable=False),
        sa.Column("pattern", sa.Text, nullable=True),
        sa.Column("guest_services", sa.Text, nullable=False),
        sa.Column("guest_scopes", sa.Text, nullable=False),
        sa.Column("guest_refresh", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("partners")
