"""Locks by name, for acts that read before they write: held until the end of the transaction.

SQLite lets one transaction write at a time, so there is nothing to lock. PostgreSQL has locks for rows, but none for a
row that is not there yet.
"""

from sqlalchemy import Connection, func, select


def lock(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
