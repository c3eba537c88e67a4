from alembic import command
from attrs import evolve
from sqlalchemy import Connection, text

from seal.idms.records import FIRST, Eras, Reused
from seal.idms.stores.sql import directory, grants, log_ins
from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.migrating import configuration
from tests.seal.idms.kept import NOW, code, refresh, session, user
from tests.seal.idms.stores.sql.conftest import connection, engine

__all__ = ["connection", "engine"]


def test_what_was_granted_before_holds_on(connection: Connection) -> None:
    """Also what was granted since an end of which the database of before tells; of that end itself something stays."""
    config = configuration(connection, SCHEMA)
    directory.add_user(connection, user("alice", "ptt"))
    for name, user_id in (("a", "alice"), ("b", "bob")):
        grants.put_code(connection, code(name, name, user_id))
        grants.put_refresh(connection, refresh(name, name, user_id), NOW)
        log_ins.put_session(connection, session(name, user_id))
    command.downgrade(config, "0004")
    connection.execute(text("INSERT INTO revocations (name, expires) VALUES ('user alice', 9e9), ('f.1', 9e9)"))
    command.upgrade(config, "head")
    for name, era in (("a", 1), ("b", 0)):
        found = grants.take_code(connection, name, NOW), grants.refresh(connection, name, NOW)
        assert [each.eras for each in found if each is not None and not isinstance(each, Reused)] == [Eras(era)] * 2
        kept = log_ins.session(connection, name, NOW)
        assert kept is not None
        assert kept.era == era
    assert grants.ended(connection, "alice", "phone", FIRST)
    assert not grants.ended(connection, "bob", "phone", FIRST)
    assert connection.scalars(text("SELECT name FROM revocations")).all() == ["f.1"]


def test_refresh_tokens_of_guests_say_of_which_domain(connection: Connection) -> None:
    """Where the account does; the others went, for nobody could tell what holds for them."""
    config = configuration(connection, SCHEMA)
    directory.add_user(connection, evolve(user("zoe"), partner="https://h.example"))
    directory.add_user(connection, user("visitor"))
    for name, user_id, acr in (("z", "zoe", ""), ("v", "visitor", ""), ("own", "visitor", "3gpp:acr:password")):
        grants.put_refresh(connection, evolve(refresh(name, name, user_id), acr=acr), NOW)
    command.downgrade(config, "0004")
    command.upgrade(config, "head")
    found = {name: grants.refresh(connection, name, NOW) for name in ("z", "v", "own")}
    assert {name: each.partner for name, each in found.items() if each is not None} == {
        "z": "https://h.example",
        "own": "",
    }
