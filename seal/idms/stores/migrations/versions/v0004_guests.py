"""Whose guest a user is: nobody's, for the users that there are.

The table is changed where it stands: to make it anew, as a batch does, takes its mappings along (ON DELETE CASCADE).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    op.add_column("users", sa.Column("partner", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("users", "partner")
