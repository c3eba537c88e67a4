from seal.errors import CannotStart, Conflict, SealError, StoreUnavailable


def test_whatever_is_raised_on_purpose_has_one_root() -> None:
    """So that a program can tell its own errors from all others."""
    assert all(issubclass(each, SealError) for each in (CannotStart, StoreUnavailable, Conflict))
