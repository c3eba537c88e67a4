"""Causes and their statuses."""

from seal.errors import SealError
from seal.kms.errors import STATUS, Cause, KmsRefused


def test_every_cause_has_a_status() -> None:
    """One table, with all of them."""
    assert set(STATUS) == set(Cause)


def test_a_refusal_says_what_and_more() -> None:
    """The sentence is for the peer; the cause is a stable name for the log."""
    refused = KmsRefused(Cause.ANOTHER_KMS, "this is kms.home.example")
    assert str(refused) == "the request is for another KMS: this is kms.home.example"
    assert (refused.cause.value, refused.status, isinstance(refused, SealError)) == ("another_kms", 400, True)
