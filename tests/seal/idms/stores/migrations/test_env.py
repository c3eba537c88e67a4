from pathlib import Path

from alembic.runtime.migration import MigrationContext

from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.opening import open_database


def test_a_migration_says_in_our_table_how_far_it_came(tmp_path: Path) -> None:
    """A database may be shared with others who use Alembic."""
    engine = open_database(f"sqlite:///{tmp_path}/idms.sqlite", SCHEMA)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": SCHEMA.versions})
        assert context.get_current_revision() == "0005"
    engine.dispose()
