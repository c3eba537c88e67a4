from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from seal.sql.locks import lock


class Told:
    """A connection that remembers what it was told."""

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no annotations

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: object) -> None:
        """Remember it."""
        self.statements.append(str(statement))


def test_a_name_is_locked_where_several_may_write(connection: Connection) -> None:
    """PostgreSQL is asked for the lock; SQLite has let this one write already."""
    told = Told()
    lock(told, "f1")  # type: ignore[arg-type]  # all that it needs of a connection
    assert [statement.partition("(")[0] for statement in told.statements] == ["SELECT pg_advisory_xact_lock"]
    lock(connection, "f1")
