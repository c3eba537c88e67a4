"""The one table from the reason of a refusal to the SIP answer that tells it.

The answer never says why a token was refused: the cause is for the log, the events and the trace (TS 24.379 7.3.3
step 6 gives status and warning). A third-party REGISTER whose token is refused gets the same 403 as a PUBLISH: a 4xx
leaves the IMS registration alone (TS 24.229 5.4.1.7), where a 5xx may end it. Hence a late REGISTER gets a 400 too.
"""

from collections.abc import Iterable
from typing import NamedTuple

from attrs import frozen

from valkit.sip import Request, Response
from valserver.errors import Refusal, Refused

ALLOW = "REGISTER, PUBLISH, OPTIONS"


class Row(NamedTuple):
    """How one refusal is told."""

    status: int
    header: str = ""
    """The header that the status comes with; `Answers` knows its value."""
    warning: str = ""
    """The text of a Warning 399 (RFC 3261 20.43), with the number that TS 24.379 gives it."""


TABLE = {
    Refusal.BAD_REQUEST: Row(400),
    Refusal.OUT_OF_ORDER: Row(400),
    Refusal.UNTRUSTED_PEER: Row(403),
    Refusal.NO_IDENTITY: Row(403),
    Refusal.TOKEN: Row(403, warning="101 service authorisation failed"),
    Refusal.BEARER: Row(401, "WWW-Authenticate"),
    Refusal.MIGRATION: Row(403, warning="170 migration not authorised"),
    Refusal.TOO_MANY: Row(403, warning="164 maximum number of service authorizations reached"),
    Refusal.UNKNOWN_RESOURCE: Row(404),
    Refusal.NOT_BOUND: Row(404, warning="141 user unknown to the participating function"),
    Refusal.UNKNOWN_METHOD: Row(405, "Allow"),
    Refusal.UNKNOWN_TAG: Row(412),
    Refusal.UNKNOWN_BODY: Row(415, "Accept"),
    Refusal.UNKNOWN_EXTENSION: Row(420, "Unsupported"),
    Refusal.TOO_BRIEF: Row(423, "Min-Expires"),
    Refusal.UNKNOWN_EVENT: Row(489, "Allow-Events"),
    Refusal.STORE: Row(500),
    Refusal.NO_HOME: Row(504),
    Refusal.OVERLOADED: Row(503, "Retry-After"),
}


@frozen
class Answers:
    """Writes refusals; built once with what their headers say."""

    host: str
    """The warn-agent of a Warning: this server's name or address."""
    accept: tuple[str, ...]
    events: tuple[str, ...]
    min_expires: int
    allow: str = ALLOW
    """The methods served."""
    issuers: tuple[str, ...] = ()
    """Where tokens are to be had, for a UE that came with one in a header (RFC 8898 2.1.1: authz_server)."""

    def refusal(self, request: Request, refused: Refused) -> Response:
        """Give the answer for a refused request."""
        row = TABLE[refused.refusal]
        return request.answer(row.status, headers=self._headers(request, row))

    def options(self, request: Request, *, ready: bool) -> Response:
        """Tell what is served here (RFC 3261 11.2), or that it cannot be just now."""
        if not ready:
            return request.answer(503, headers=[("Retry-After", "5")])
        shown = (
            ("Allow", self.allow),
            ("Accept", self._value("Accept", request)),
            ("Allow-Events", ", ".join(self.events)),
        )
        return request.answer(200, headers=shown)

    def _headers(self, request: Request, row: Row) -> Iterable[tuple[str, str]]:
        if row.header:
            yield row.header, self._value(row.header, request)
        if row.warning:
            yield "Warning", f'399 {self.host} "{row.warning}"'

    def _value(self, header: str, request: Request) -> str:
        match header:
            case "Accept":
                return ", ".join(self.accept)
            case "Allow-Events":
                return ", ".join(self.events)
            case "Min-Expires":
                return str(self.min_expires)
            case "Unsupported":
                return ", ".join(request.headers.all("Require"))
            case "WWW-Authenticate":
                return self._challenge()
        return {"Retry-After": "5", "Allow": self.allow}[header]

    def _challenge(self) -> str:
        """Tell a UE that came with a token in a header where there are others (RFC 8898 2.1.1)."""
        server = f'authz_server="{self.issuers[0]}", ' if self.issuers else ""
        return f'Bearer {server}realm="{self.host}", error="invalid_token"'
