from harness.load.errors import BadOrder, BadProfile, BadUsers, LoadError


def test_there_is_one_tree() -> None:
    """The command catches all of it, and tells its text."""
    assert all(issubclass(each, LoadError) for each in (BadProfile, BadUsers, BadOrder))
