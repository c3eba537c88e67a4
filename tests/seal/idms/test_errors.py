"""The table of errors: codes of the standards, each once, and descriptions that may stand in a header."""

from seal.idms.errors import Code, OAuthError


def test_codes_are_each_there_once() -> None:
    """And written as RFC 6749 4.1.2.1 allows."""
    codes = [code.code for code in Code]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("_", "").isalpha() and code.islower() for code in codes)


def test_an_error_as_members() -> None:
    """Of a JSON answer or a redirect."""
    error = OAuthError(Code.INVALID_GRANT, "the code is spent")
    assert error.members == {"error": "invalid_grant", "error_description": "the code is spent"}
    assert Code.INVALID_CLIENT.status == 401
