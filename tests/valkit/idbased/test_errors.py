import pytest

from valkit.idbased.errors import IdBasedError, KeyRefused, Malformed, NotDecapsulated, SignatureRefused


@pytest.mark.parametrize("error", [Malformed, KeyRefused, SignatureRefused, NotDecapsulated])
def test_a_caller_can_catch_whatever_the_peer_did_wrong(error: type[Exception]) -> None:
    """Each is an IdBasedError, and none is a ValueError, which is for our own mistakes."""
    assert issubclass(error, IdBasedError)
    assert not issubclass(error, ValueError)
