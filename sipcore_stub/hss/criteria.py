"""Initial filter criteria in short form: a method, and what else must hold, lead to a server.

Everything said of one criterion must hold at once. What needs more, alternatives or negation, is said in the standard's
XML (`user_data`).
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from sipcore_stub.hss.ere import Ere
from sipcore_stub.hss.ifc import (
    Condition,
    Criterion,
    DefaultHandling,
    HeaderIs,
    MethodIs,
    RegistrationType,
    Trigger,
    TriggerPoint,
    UriMatches,
)
from valkit.settings import Settings, YesNo, written_as
from valkit.sip.names import key_of
from valkit.sip.uri import SipUri

REGISTRATIONS = {
    "initial": RegistrationType.INITIAL,
    "again": RegistrationType.AGAIN,
    "gone": RegistrationType.GONE,
}


def server(text: str) -> str:
    """Give the SIP URI of an application server as it is; ValueError if its host is a name, which nobody looks up."""
    uri = SipUri.parse(text)
    if not re.fullmatch(r"[\d.]+|\[.*\]", uri.host) or uri.port == 0:
        raise ValueError
    return text


def _header_name(text: str) -> str:
    key_of(text)
    return text


Server = Annotated[str, written_as(server, "sip:127.0.0.31:5060, an address and no name")]
HeaderName = Annotated[str, written_as(_header_name, "P-Access-Network-Info")]
Expression = Annotated[Ere, PlainValidator(lambda text: Ere(str(text)), json_schema_input_type=str)]


# fmt: off
Method = Literal[
    "ACK", "BYE", "CANCEL", "INFO", "INVITE", "MESSAGE", "NOTIFY",
    "OPTIONS", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE",
]
# fmt: on
"""The methods of IANA's table; of any other no request would ever come."""


class CriterionSettings(Settings):
    """An initial filter criterion in short form."""

    method: Method
    """REGISTER for third-party registration, or the method of requests that the server is to get."""
    server_name: Server
    """SIP URI of the application server; `;transport=tcp` or `tls` chooses the transport."""
    event: str | None = None
    """Event package that the request must name; none means any."""
    headers: dict[HeaderName, Expression | None] = Field(default_factory=dict)
    """Header fields that the request must have, each with an extended regular expression that a value of it must
    contain a match for, or with nothing if any value will do."""
    request_uri: Expression | None = None
    """Extended regular expression that the Request-URI must contain a match for."""
    registrations: tuple[Literal["initial", "again", "gone"], ...] = ()
    """For REGISTER: the kinds the server hears of; none given means all."""
    priority: int = 0
    """Which of several servers is first: the one with the lower number."""
    default_handling: Literal["SESSION_CONTINUED", "SESSION_TERMINATED"] = "SESSION_CONTINUED"
    """What a failure of the server does: nothing, or it ends the session or registration."""
    include_register_request: YesNo = True
    """Whether the third-party REGISTER carries the UE's REGISTER, and so the token."""
    include_register_response: YesNo = False
    """Whether it carries the 200 to it."""
    service_info: str | None = None
    """A text the server gets in each third-party REGISTER."""

    def criterion(self) -> Criterion:
        """Give the criterion as the S-CSCF evaluates it."""
        return Criterion(
            server_name=self.server_name,
            trigger=TriggerPoint(tuple(Trigger(condition, groups=frozenset({0})) for condition in self._conditions())),
            priority=self.priority,
            default_handling=DefaultHandling[self.default_handling],
            service_info=self.service_info,
            include_register_request=self.include_register_request,
            include_register_response=self.include_register_response,
        )

    def _conditions(self) -> Iterator[Condition]:
        yield MethodIs(self.method, frozenset(REGISTRATIONS[name] for name in self.registrations))
        if self.event is not None:
            yield HeaderIs("Event", Ere(rf"^{re.escape(self.event)}[[:space:]]*(;|$)"))
        for name, pattern in self.headers.items():
            yield HeaderIs(name, pattern)
        if self.request_uri is not None:
            yield UriMatches(self.request_uri)
