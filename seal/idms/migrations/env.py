"""What Alembic runs to migrate: it works on the connection and in the transaction that `sql.migrating` gives.

Alembic loads this file by its path and runs it; nobody imports it.
"""

from alembic import context

from seal.idms.sql.schema import METADATA, VERSIONS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSIONS,
    transactional_ddl=True,
)
context.run_migrations()
