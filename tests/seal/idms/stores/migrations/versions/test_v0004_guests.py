from alembic import command
from attrs import evolve
from sqlalchemy import Connection

from seal.idms.stores.sql import directory
from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.migrating import configuration
from tests.seal.idms.kept import user
from tests.seal.idms.stores.sql.conftest import connection, engine

__all__ = ["connection", "engine"]


def test_the_users_of_a_database_of_before_are_nobodys_guests(connection: Connection) -> None:
    """They, and their VAL services, stay."""
    config = configuration(connection, SCHEMA)
    directory.add_user(connection, evolve(user("alice", "ptt"), partner="https://h.example"))
    command.downgrade(config, "0003")
    command.upgrade(config, "head")
    assert directory.user(connection, "alice") == user("alice", "ptt")
