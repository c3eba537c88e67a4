"""The errors of key management."""

from valkit.keymanagement.errors import KeyManagementError, NoResource, Unreadable


def test_both_are_of_one_tree() -> None:
    """Who serves or asks catches one."""
    assert issubclass(NoResource, KeyManagementError)
    assert issubclass(Unreadable, KeyManagementError)
