"""What the peer is told, and what it is not."""

from seal.access import errors
from seal.access.errors import Cause


def test_a_missing_credential_is_403_without_a_challenge() -> None:
    """TS 24.547 A.2.3.1, unlike RFC 6750."""
    refused = errors.no_credentials()
    assert (refused.status, refused.challenge, refused.cause) == (403, None, "no_credentials")


def test_a_token_that_does_not_hold_is_challenged_without_its_cause() -> None:
    """RFC 6750 3.1: which check failed is for the log."""
    refused = errors.invalid_token("wrong_audience")
    assert (refused.status, refused.cause) == (401, "wrong_audience")
    assert refused.challenge == (
        'Bearer realm="val", error="invalid_token", error_description="the access token does not hold"'
    )


def test_the_scope_that_would_be_enough_is_named() -> None:
    """RFC 6750 3: the scope attribute."""
    refused = errors.insufficient_scope("3gpp:seal:key_management_service", "alice")
    assert (refused.status, refused.who) == (403, "alice")
    assert refused.challenge is not None
    assert refused.challenge.endswith('scope="3gpp:seal:key_management_service"')


def test_two_credentials_are_a_bad_request() -> None:
    """Nobody guesses which is meant."""
    refused = errors.two_credentials()
    assert (refused.status, refused.code) == (400, "invalid_request")


def test_who_may_not_is_told_no_more() -> None:
    """The server's own cause stays with it."""
    refused = errors.not_permitted("bob", "other_users_document")
    assert (refused.status, refused.challenge, refused.cause, refused.who) == (403, None, "other_users_document", "bob")
    assert errors.not_permitted("bob").cause == Cause.NOT_PERMITTED.value
