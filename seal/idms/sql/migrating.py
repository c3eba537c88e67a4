"""Brings a database to the newest schema when a server starts, and refuses one that is not ours or is newer."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, inspect, select

from seal.errors import CannotStart
from seal.idms.sql.schema import METADATA, VERSIONS

MIGRATIONS = Path(__file__).parents[1] / "migrations"
"""Alembic runs what lies there by its path; the steps import our tables, so we do not import them."""

ONE_AT_A_TIME = 0x56414C4944
"""The name of the lock under which PostgreSQL is migrated ("VALID"); SQLite writes one at a time anyway."""


def migrate(engine: Engine, name: str) -> None:
    """Make what steps are missing, all or none. Raises CannotStart when they cannot be.

    `name` is what sentences call the database.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        config = configuration(connection)
        refuse_foreign(connection, config, name)
        command.upgrade(config, "head")


def configuration(connection: Connection) -> Config:
    """Give what Alembic's commands take, for this connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def refuse_foreign(connection: Connection, config: Config, name: str) -> None:
    """Raise CannotStart when the database is newer than this program, or another program's."""
    tables = set(inspect(connection).get_table_names())
    if VERSIONS not in tables:
        clash = sorted(tables & set(METADATA.tables))
        if clash or (tables and connection.dialect.name == "sqlite"):
            raise CannotStart(
                f"{name} belongs to another program (it has a table {(clash or sorted(tables))[0]}): "
                "give another database (store)"
            )
        return
    version = MigrationContext.configure(connection, opts={"version_table": VERSIONS}).get_current_revision()
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if version is not None and version not in known:
        raise CannotStart(
            f"{name} was written by a newer version of this program (schema {version}, known {known[0]}): "
            "use that version, or give another database (store)"
        )
