"""What only SQL can show of it; the rest stands in tests/contracts/test_grants_store.py."""

from sqlalchemy import Connection, text

from seal.idms.records import Partner
from seal.idms.stores.sql import partners


def test_lists_and_tables_are_json(connection: Connection) -> None:
    """So that an operator can read them with any tool."""
    partners.add_partner(connection, Partner("https://h.example", users=("alice",), guests={"alice": "visitor"}))
    row = connection.execute(text("SELECT users, guests, keys FROM partners")).one()
    assert row == ('["alice"]', '{"alice": "visitor"}', None)
