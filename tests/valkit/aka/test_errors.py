from valkit.aka.errors import AkaError, MacFailure, Malformed


def test_all_are_the_peers_fault() -> None:
    """Whoever answers the peer needs one except clause."""
    assert issubclass(MacFailure, AkaError)
    assert issubclass(Malformed, AkaError)
