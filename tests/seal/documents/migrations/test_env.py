from pathlib import Path

from alembic.runtime.migration import MigrationContext

from seal.documents.sql.schema import SCHEMA
from seal.sql.opening import open_database


def test_a_migration_says_in_a_table_of_its_own_how_far_it_came(tmp_path: Path) -> None:
    """A database may be shared with other servers of ours."""
    engine = open_database(f"sqlite:///{tmp_path}/documents.sqlite", SCHEMA)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": SCHEMA.versions})
        assert context.get_current_revision() == "0001"
    engine.dispose()
