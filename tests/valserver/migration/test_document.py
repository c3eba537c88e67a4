"""The document in a MESSAGE."""

import pytest

from tests.valserver.migration.world import message
from valkit.migration import NoMigration, ReturnRequest, written
from valserver.migration.document import document_in

RETURN = written(ReturnRequest("return-1"))


def test_it_is_found_beside_the_token_and_alone() -> None:
    """Whatever the shape."""
    assert document_in(message(RETURN, "token")) == ReturnRequest("return-1")
    alone = message(RETURN, None)
    assert document_in(alone) == ReturnRequest("return-1")


def test_none_and_two_are_refused() -> None:
    """Nobody guesses which is meant."""
    with pytest.raises(NoMigration, match="not one"):
        document_in(message(None, "token"))
