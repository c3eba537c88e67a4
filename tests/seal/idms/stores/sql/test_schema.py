from seal.idms.stores.sql.schema import columns
from tests.seal.idms.kept import client, user


def test_a_value_has_a_column_for_each_attribute() -> None:
    """A user's mapping stands in a table of its own."""
    assert columns(client())["redirect_uris"] == ("http://127.0.0.1/callback",)
    assert "val_service_ids" not in columns(user("alice", "ptt"))
