from seal.idms.records import Client
from seal.idms.stores.store import REMEMBERED


def test_a_revocation_outlives_every_access_token() -> None:
    """Else a token that was ended would be believed again."""
    assert Client("c").access_lifetime <= REMEMBERED
