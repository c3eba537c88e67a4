from seal.idms.stores.migrations.versions import v0001_first


def test_it_is_the_first_step() -> None:
    """What it makes is compared with the tables in tests/seal/sql/test_migrating.py."""
    assert v0001_first.down_revision is None
