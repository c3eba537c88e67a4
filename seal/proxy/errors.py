"""Errors of this package, and the one table of how each is told: status, error type of RFC 9209 2.3, sentence.

SealError
`-- Refused    the request is not passed on, or its answer does not come; why exactly is for the log
"""

from enum import Enum

from seal.errors import SealError


class Refusal(Enum):
    """Why the proxy itself answers: a stable name for the log, then what the peer is told."""

    MALFORMED = "malformed", 400, "http_request_error", "the request is not written as it must be"
    TWO_LENGTHS = "two_lengths", 400, "http_request_error", "the request says in two ways how long it is"
    BAD_TARGET = "bad_target", 400, "http_request_error", "the request target is no plain path on the host it names"
    ASSERTED_BY_UE = "asserted_by_ue", 403, "http_request_denied", "a UE does not assert an identity"
    NOT_ITS_IDENTITY = "not_its_identity", 403, "http_request_denied", "the asserted identity is not this client's"
    NOT_FORWARDED = (
        "not_forwarded",
        403,
        "http_request_denied",
        "such requests are not passed on to that server",
    )
    TUNNEL = "tunnel", 405, "http_request_denied", "this proxy opens no tunnel and echoes nothing"
    TOO_SLOW = "too_slow", 408, "http_request_error", "the request takes too long to come"
    BODY_TOO_LARGE = "body_too_large", 413, "http_request_error", "the request body is too large"
    TARGET_TOO_LONG = "target_too_long", 414, "http_request_error", "the request target is too long"
    EXPECTATION = "expectation", 417, "http_request_error", "only 100-continue can be expected"
    UNKNOWN_HOST = "unknown_host", 421, "destination_not_found", "this proxy is not for that host"
    HEADERS_TOO_LARGE = (
        "headers_too_large",
        431,
        "http_request_error",
        "there are too many headers, or too large ones",
    )
    FAILED = "failed", 500, "proxy_internal_error", "this proxy has failed; its log says how"
    NOT_UNDERSTOOD = "not_understood", 501, "http_request_error", "the transfer coding is not known here"
    UNREACHABLE = "unreachable", 502, "destination_unavailable", "the server behind this proxy cannot be reached"
    UNTRUSTED = "untrusted", 502, "tls_certificate_error", "the server behind this proxy does not prove who it is"
    BROKEN = "broken", 502, "http_protocol_error", "the server behind this proxy gives no answer that can be read"
    OVERLOADED = "overloaded", 503, "connection_limit_reached", "too many requests for that server are under way"
    SILENT = "silent", 504, "http_response_timeout", "the server behind this proxy takes too long to answer"
    VERSION = "version", 505, "http_request_error", "only HTTP of version 1 is spoken here"
    LOOP = "loop", 508, "proxy_loop_detected", "the request has been at this proxy before"

    def __init__(self, cause: str, status: int, kind: str, sentence: str) -> None:
        self.cause = cause
        self.status = status
        self.kind = kind
        self.sentence = sentence


class Refused(SealError):
    """The proxy answers itself. `detail` says what was found, for the log, and quotes nothing that may be a secret."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal.cause} {detail}".rstrip())
        self.refusal = refusal
        self.detail = detail
