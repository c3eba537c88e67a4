"""A SQLite database of the newest schema, in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.opening import open_database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Give the database."""
    opened = open_database(f"sqlite:///{tmp_path}/idms.sqlite", SCHEMA)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """Give a transaction in it."""
    with engine.begin() as begun:
        yield begun
