from sqlalchemy import Connection, func, select

from seal.documents.sql import documents
from seal.documents.sql.schema import NAMES
from seal.xcap.errors import Refused
from seal.xcap.handling import Answer, Decision
from tests.seal.xcap.lists import ONE, SELECTOR


def test_a_refusal_is_given_and_not_raised(connection: Connection) -> None:
    """Others share the transaction: they would have to begin anew."""

    def refuse(_kept: bytes | None) -> Decision:
        raise Refused(412, "no")

    assert isinstance(documents.change(connection, SELECTOR, refuse, 1), Refused)
    assert documents.document(connection, SELECTOR) is None


def test_names_go_with_their_document(connection: Connection) -> None:
    """None is left of one that is deleted."""
    documents.change(connection, SELECTOR, lambda _: Decision(Answer(201), ONE, frozenset("ab")), 1)
    assert connection.scalar(select(func.count()).select_from(NAMES)) == 2
    documents.change(connection, SELECTOR, lambda _: Decision(Answer(200), None), 1)
    assert connection.scalar(select(func.count()).select_from(NAMES)) == 0
