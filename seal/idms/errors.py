"""Errors of this package, and the one table of what OAuth and OpenID say for each.

OAuthError         the client's request is refused with an error of the standards' (`Code`)
NoCredentials      a request for a resource came without a token; it is told how to bring one, and of no error
UntrustedRequest   the authorization request is so wrong that nobody may be redirected: a page tells the person
"""

from enum import Enum


class Code(Enum):
    """An error code, and the HTTP status with which the token endpoint gives it."""

    INVALID_REQUEST = "invalid_request", 400  # RFC 6749 4.1.2.1, 5.2
    INVALID_CLIENT = "invalid_client", 401  # 5.2
    INVALID_GRANT = "invalid_grant", 400
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type", 400
    INVALID_SCOPE = "invalid_scope", 400
    ACCESS_DENIED = "access_denied", 403  # 4.1.2.1
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type", 400
    SERVER_ERROR = "server_error", 500
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable", 503
    LOGIN_REQUIRED = "login_required", 400  # OpenID Connect Core 3.1.2.6
    REQUEST_NOT_SUPPORTED = "request_not_supported", 400
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported", 400
    REGISTRATION_NOT_SUPPORTED = "registration_not_supported", 400
    INVALID_TOKEN = "invalid_token", 401
    INSUFFICIENT_SCOPE = "insufficient_scope", 403
    INVALID_TARGET = "invalid_target", 400  # RFC 8693 2.2.2

    def __init__(self, code: str, status: int) -> None:
        self.code = code
        self.status = status


class OAuthError(Exception):
    """The request is refused. `description` is for the client's developer: plain ASCII, nothing that was sent."""

    def __init__(self, code: Code, description: str) -> None:
        super().__init__(f"{code.code}: {description}")
        self.code = code
        self.description = description

    @property
    def members(self) -> dict[str, str]:
        """The error as members of a JSON answer or parameters of a redirect."""
        return {"error": self.code.code, "error_description": self.description}


class NoCredentials(Exception):
    """The request came without a token: it gets a challenge, and no error (RFC 6750 3.1)."""


class UntrustedRequest(Exception):
    """Who asks, or where the answer would go, is not known: a redirect could lead anywhere (RFC 9700 4.11)."""
