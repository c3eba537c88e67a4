from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from seal.documents.sql.schema import SCHEMA
from seal.sql.migrating import configuration
from tests.seal.documents.sql.conftest import connection

__all__ = ["connection"]


def test_the_step_leads_to_the_tables_that_the_program_knows(connection: Connection) -> None:
    """Columns, types, keys and indexes; and it can be undone."""
    context = MigrationContext.configure(connection, opts={"version_table": SCHEMA.versions, "compare_type": True})
    assert compare_metadata(context, SCHEMA.metadata) == []
    command.downgrade(configuration(connection, SCHEMA), "base")
    assert inspect(connection).get_table_names() == [SCHEMA.versions]
