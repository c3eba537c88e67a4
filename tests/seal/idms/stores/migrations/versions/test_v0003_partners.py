from alembic import command
from sqlalchemy import Connection, inspect

from seal.idms.records import Partner
from seal.idms.stores.sql import directory, partners
from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.migrating import configuration
from tests.seal.idms.kept import client
from tests.seal.idms.stores.sql.conftest import connection, engine

__all__ = ["connection", "engine"]


def test_a_database_of_before_gets_a_table_of_partners(connection: Connection) -> None:
    """What else it has stays."""
    config = configuration(connection, SCHEMA)
    directory.add_client(connection, client())
    command.downgrade(config, "0002")
    assert "partners" not in inspect(connection).get_table_names()
    command.upgrade(config, "head")
    assert partners.add_partner(connection, Partner("https://h.example"))
    assert directory.client(connection, "phone") == client()
