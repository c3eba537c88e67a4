"""A SQLite database of documents, in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from seal.documents.sql.schema import SCHEMA
from seal.sql.opening import open_database


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Give a transaction in it."""
    engine = open_database(f"sqlite:///{tmp_path}/documents.sqlite", SCHEMA)
    with engine.begin() as begun:
        yield begun
    engine.dispose()
