"""What only SQL can show of it; the rest stands in tests/contracts/test_grants_store.py."""

from sqlalchemy import Connection, text

from seal.idms.stores.sql import grants
from seal.secrets import digest
from tests.seal.idms.kept import NOW, code, refresh


def test_a_revoked_family_leaves_the_code_that_was_taken(connection: Connection) -> None:
    """So that whoever brings it again is seen."""
    grants.put_code(connection, code("taken"))
    grants.put_code(connection, code("untaken"))
    grants.take_code(connection, "taken", NOW)
    grants.revoke_family(connection, "f1", NOW)
    assert connection.scalars(text("SELECT code_hash FROM codes")).all() == ["taken"]


def test_no_code_and_no_token_stands_in_the_database(connection: Connection) -> None:
    """Only what `digest` makes of them."""
    grants.put_code(connection, code(digest("SplxlOBeZQQYbYS6WxSbIA")))
    grants.put_refresh(connection, refresh(digest("8xLOxBtZp8")), NOW)
    dumped = str(connection.execute(text("SELECT * FROM codes, refresh_tokens")).all())
    assert "SplxlOBeZQQYbYS6WxSbIA" not in dumped
    assert "8xLOxBtZp8" not in dumped
    assert digest("8xLOxBtZp8") in dumped
