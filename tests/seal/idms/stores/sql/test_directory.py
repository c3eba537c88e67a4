"""What only SQL can show of it; the rest stands in tests/contracts/test_grants_store.py."""

from sqlalchemy import Connection, text

from seal.idms.records import Service
from seal.idms.stores.sql import directory
from tests.seal.idms.kept import user


def test_no_mapping_stays_when_one_end_of_it_has_gone(connection: Connection) -> None:
    """Foreign keys see to it, which SQLite only does when it is told to."""
    directory.add_user(connection, user("alice", "ptt", "data"))
    directory.add_user(connection, user("bob", "ptt"))
    directory.remove_user(connection, "alice")
    directory.remove_service(connection, "data")
    assert connection.execute(text("SELECT * FROM mappings")).all() == [("ptt", "bob")]
    assert directory.services(connection) == (Service("ptt", ("bob@val.example",)),)
