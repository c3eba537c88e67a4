"""Eras of users and clients, and whose guests refresh tokens were given to.

A user whose grants were ended within the last day is in its second era, with what it was granted since. Refresh tokens
of guests whose domain cannot be told from their account go: with a new security token there is a new one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_GRANTED = ("codes", "refresh_tokens", "sessions")


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "eras", sa.Column("name", sa.Text, primary_key=True), sa.Column("era", sa.BigInteger, nullable=False)
    )
    op.execute("INSERT INTO eras (name, era) SELECT name, 1 FROM revocations WHERE name LIKE 'user %'")
    op.execute("DELETE FROM revocations WHERE name LIKE 'user %'")
    for table in _GRANTED:
        op.add_column(table, sa.Column("era", sa.BigInteger, nullable=False, server_default="0"))
        op.execute(f"UPDATE {table} SET era = 1 WHERE 'user ' || user_id IN (SELECT name FROM eras)")  # noqa: S608  a name of _GRANTED
    for table in ("codes", "refresh_tokens"):
        op.add_column(table, sa.Column("client_era", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("refresh_tokens", sa.Column("partner", sa.Text, nullable=False, server_default=""))
    theirs = "SELECT partner FROM users WHERE users.user_id = refresh_tokens.user_id"
    op.execute(f"UPDATE refresh_tokens SET partner = COALESCE(({theirs}), '') WHERE acr = ''")  # noqa: S608  `theirs` is the line before
    op.execute("DELETE FROM refresh_tokens WHERE acr = '' AND partner = ''")


def downgrade() -> None:
    """Remove them."""
    op.drop_column("refresh_tokens", "partner")
    for table in ("codes", "refresh_tokens"):
        op.drop_column(table, "client_era")
    for table in _GRANTED:
        op.drop_column(table, "era")
    op.drop_table("eras")
