from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import sqlite

from seal.idms.records import Client, Code
from seal.idms.stores.sql.schema import CODES, columns
from seal.sql.columns import AnyText, Names, value
from tests.seal.idms.kept import code

DIALECT = sqlite.dialect()
ANY_TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\\\0u\ud800"))


@given(ANY_TEXT)
def test_any_text_comes_back_as_it_went_in(text: str) -> None:
    """And what stands in the database is text that every database takes."""
    kept = AnyText().process_bind_param(text, DIALECT)
    assert kept is not None
    assert "\0" not in kept
    kept.encode()
    assert AnyText().process_result_value(kept, DIALECT) == text


@given(st.lists(ANY_TEXT))
def test_names_come_back_as_they_went_in(names: list[str]) -> None:
    """In their order, whatever they are."""
    assert Names().process_result_value(Names().process_bind_param(names, DIALECT), DIALECT) == tuple(names)


def test_nothing_stays_nothing() -> None:
    """NULL is no text."""
    for kind in (AnyText(), Names()):
        assert kind.process_bind_param(None, DIALECT) is kind.process_result_value(None, DIALECT) is None


def test_a_row_is_its_value(connection: Connection) -> None:
    """Column for attribute; no row is no value."""
    connection.execute(insert(CODES), columns(code()))
    assert value(Code, connection.execute(select(CODES)).mappings().one()) == code()
    assert value(Client, None) is None
