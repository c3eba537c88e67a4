from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from seal.errors import CannotStart
from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.migrating import configuration, migrate


def drift(connection: Connection) -> list[object]:
    """Give what the steps make that the tables do not say, and the other way round."""
    context = MigrationContext.configure(connection, opts={"version_table": SCHEMA.versions, "compare_type": True})
    differences: list[object] = compare_metadata(context, SCHEMA.metadata)
    return differences


def test_the_steps_lead_to_the_tables_that_the_program_knows(connection: Connection) -> None:
    """Columns, types, keys and indexes."""
    assert drift(connection) == []


def test_a_database_of_the_newest_schema_is_left_as_it_is(engine: Engine) -> None:
    """Each start asks."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO services VALUES ('ptt', '')"))
    migrate(engine, SCHEMA, "idms.sqlite")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT * FROM services")).all() == [("ptt", "")]


def test_each_step_can_be_undone(connection: Connection) -> None:
    """Down to nothing, and up again."""
    config = configuration(connection, SCHEMA)
    command.downgrade(config, "base")
    assert inspect(connection).get_table_names() == [SCHEMA.versions]
    command.upgrade(config, "head")
    assert drift(connection) == []


def test_a_newer_schema_is_refused(engine: Engine) -> None:
    """With a sentence that says what to do, and nothing is changed."""
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {SCHEMA.versions} SET version_num = '0999'"))
    with pytest.raises(CannotStart, match=r"^idms.sqlite was written by a newer version .*0999.* give another"):
        migrate(engine, SCHEMA, "idms.sqlite")


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """Whatever tables it has."""
    engine = create_engine(f"sqlite:///{tmp_path}/other.sqlite")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cakes (name TEXT)"))
    with pytest.raises(CannotStart, match=r"belongs to another program .it has a table cakes."):
        migrate(engine, SCHEMA, "other.sqlite")
    engine.dispose()
