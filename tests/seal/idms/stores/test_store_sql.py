"""What only the SQL store shows; what all stores do stands in tests/contracts/test_grants_store.py."""

from pathlib import Path

from twisted.internet.defer import Deferred

from seal.idms.records import Client
from seal.idms.stores.store_sql import open_store, open_store_here
from tests.conftest import reactor
from tests.seal.idms.kept import NOW, client, refresh


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    """Refresh tokens among it."""
    url = f"sqlite:///{tmp_path}/idms.sqlite"
    before = open_store(url, reactor)
    await before.put_refresh(refresh(), NOW)
    await before.close()
    after = open_store(url, reactor)
    assert await after.refresh("r1", NOW) == refresh()
    await after.close()


async def test_a_command_and_a_server_share_a_database(tmp_path: Path) -> None:
    """What a command changed is seen at once, and the command waited for no reactor."""
    url = f"sqlite:///{tmp_path}/idms.sqlite"
    server = open_store(url, reactor)
    command = open_store_here(url)
    kept: list[bool] = []
    Deferred.fromCoroutine(command.add_client(client())).addCallback(kept.append)
    assert kept == [True]
    found = await server.client("phone")
    assert isinstance(found, Client)
    await command.close()
    await server.close()
