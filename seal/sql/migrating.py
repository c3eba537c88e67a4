"""Brings a database to the newest schema when a server starts, and refuses one that is not ours or is newer."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from attrs import frozen
from sqlalchemy import Connection, Engine, MetaData, func, inspect, select

from seal.errors import CannotStart

ONE_AT_A_TIME = 0x56414C4944
"""The name of the lock under which PostgreSQL is migrated ("VALID"); SQLite writes one at a time anyway."""


@frozen
class Schema:
    """What a store keeps in its database."""

    metadata: MetaData
    """The tables as of the newest step."""
    versions: str
    """The table in which Alembic writes which step was the last; several stores may share a database."""
    migrations: Path
    """The folder of the steps. Alembic runs what lies there by its path; nobody imports it."""


def migrate(engine: Engine, schema: Schema, name: str) -> None:
    """Make what steps are missing, all or none. Raises CannotStart when they cannot be.

    `name` is what sentences call the database.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        config = configuration(connection, schema)
        refuse_foreign(connection, schema, config, name)
        command.upgrade(config, "head")


def configuration(connection: Connection, schema: Schema) -> Config:
    """Give what Alembic's commands take, for this connection."""
    config = Config()
    config.set_main_option("script_location", str(schema.migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def refuse_foreign(connection: Connection, schema: Schema, config: Config, name: str) -> None:
    """Raise CannotStart when the database is newer than this program, or another program's."""
    tables = set(inspect(connection).get_table_names())
    if schema.versions not in tables:
        clash = sorted(tables & set(schema.metadata.tables))
        if clash or (tables and connection.dialect.name == "sqlite"):
            raise CannotStart(
                f"{name} belongs to another program (it has a table {(clash or sorted(tables))[0]}): "
                "give another database (store)"
            )
        return
    version = MigrationContext.configure(connection, opts={"version_table": schema.versions}).get_current_revision()
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if version is not None and version not in known:
        raise CannotStart(
            f"{name} was written by a newer version of this program (schema {version}, known {known[0]}): "
            "use that version, or give another database (store)"
        )
