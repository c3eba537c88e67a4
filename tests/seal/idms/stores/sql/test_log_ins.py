"""What only SQL can show of it; the rest stands in tests/contracts/test_grants_store.py."""

from sqlalchemy import Connection, text

from seal.idms.stores.sql import log_ins
from tests.seal.idms.kept import NOW


def test_what_was_typed_as_a_name_does_not_stand_in_the_database(connection: Connection) -> None:
    """It may have been a password."""
    log_ins.count_attempt(connection, "hunter2", NOW)
    log_ins.lock_out(connection, "hunter2", NOW + 60, NOW)
    log_ins.once(connection, "hunter2", NOW + 60, NOW)
    assert "hunter2" not in str(connection.execute(text("SELECT * FROM attempts, used_names")).all())
