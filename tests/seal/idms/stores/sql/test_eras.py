"""What only SQL can show of it; the rest stands in tests/contracts/test_grants_store.py."""

from sqlalchemy import Connection, text

from seal.idms.stores.sql import directory, log_ins
from seal.idms.stores.sql.eras import begin_next, user_era
from tests.seal.idms.kept import NOW, client, session, user


def test_an_era_is_one_row_and_stays(connection: Connection) -> None:
    """Whatever becomes of the user, and however long ago that is."""
    directory.add_user(connection, user("alice"))
    directory.add_client(connection, client("alice"))
    for _ in range(3):
        begin_next(connection, "user alice")
    directory.remove_user(connection, "alice")
    log_ins.forget_expired(connection, NOW * 2)
    assert connection.execute(text("SELECT name, era FROM eras")).all() == [("user alice", 4)]
    assert user_era(connection, "alice") == 4
    assert [each.era for each in directory.clients(connection)] == [0]


def test_what_an_end_has_made_useless_leaves_no_rows(connection: Connection) -> None:
    """Sessions of months would stay otherwise."""
    directory.add_user(connection, user("alice"))
    log_ins.put_session(connection, session())
    directory.remove_user(connection, "alice")
    assert connection.execute(text("SELECT * FROM sessions")).all() == []
