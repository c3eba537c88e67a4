"""Where browsers may go after signing out: none, for the clients that there are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("clients") as table:
        table.add_column(sa.Column("post_logout_redirect_uris", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("clients") as table:
        table.drop_column("post_logout_redirect_uris")
