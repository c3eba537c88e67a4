"""The servers of the tests of what both have in common."""

from tests.seal.management.conftest import gms

__all__ = ["gms"]
