from ue_sim import errors


def test_every_error_stands_in_the_tree() -> None:
    """The tree at the top of the module names all there are, and no others."""
    tree = {line.split("--")[1].split()[0] for line in (errors.__doc__ or "").splitlines() if "-- " in line}
    assert tree == {error.__name__ for error in errors.UeError.__subclasses__() if error.__module__ == errors.__name__}
