"""The servers of the tests of what both have in common."""

from tests.seal.management.conftest import cms

__all__ = ["cms"]
