from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from seal.documents.sql.schema import Numbers

DIALECT = sqlite.dialect()


@given(st.lists(st.integers(0, 255)).map(tuple))
def test_numbers_come_back_as_they_went_in(numbers: tuple[int, ...]) -> None:
    """In their order."""
    kept = Numbers().process_bind_param(numbers, DIALECT)
    assert Numbers().process_result_value(kept, DIALECT) == numbers


def test_nothing_stays_nothing() -> None:
    """NULL is no list."""
    assert Numbers().process_bind_param(None, DIALECT) is None
    assert Numbers().process_result_value(None, DIALECT) is None
