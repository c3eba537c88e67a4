"""The databases of the identity server, as an example of what stands in one."""

from tests.seal.idms.stores.sql.conftest import connection, engine

__all__ = ["connection", "engine"]
