"""What Alembic runs to migrate: it works on the connection and in the transaction that `seal.sql.migrating` gives.

Alembic loads this file by its path and runs it; nobody imports it.
"""

from alembic import context

from seal.idms.stores.sql.schema import SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SCHEMA.metadata,
    version_table=SCHEMA.versions,
    transactional_ddl=True,
)
context.run_migrations()
