from alembic import command
from sqlalchemy import Connection, text

from seal.idms.stores.sql import directory
from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.migrating import configuration
from tests.seal.idms.stores.sql.conftest import connection, engine

__all__ = ["connection", "engine"]


def test_clients_of_before_have_no_address_for_it(connection: Connection) -> None:
    """And stay as they were."""
    config = configuration(connection, SCHEMA)
    command.downgrade(config, "0001")
    values = "('old', '', '[]', 'none', '[\"openid\"]', 300, 300, 300)"
    names = "client_id, name, redirect_uris, auth_method, scopes, access_lifetime, refresh_lifetime, id_lifetime"
    connection.execute(text(f"INSERT INTO clients ({names}) VALUES {values}"))
    command.upgrade(config, "head")
    kept = directory.client(connection, "old")
    assert kept is not None
    assert (kept.scopes, kept.post_logout_redirect_uris) == (("openid",), ())
