from seal.errors import CannotStart, Conflict, NotKept, NotYours, SealError, StoreUnavailable, Unfit


def test_whatever_is_raised_on_purpose_has_one_root() -> None:
    """So that a program can tell its own errors from all others."""
    assert all(
        issubclass(each, SealError) for each in (CannotStart, StoreUnavailable, Conflict, NotKept, NotYours, Unfit)
    )
