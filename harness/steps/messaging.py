"""Instant messages from phone to phone, or to a server, by SIP MESSAGE (RFC 3428, TS 24.229 5.1.2A, TS 24.341)."""

from pydantic import field_validator, model_validator

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import step
from harness.stage import Stage
from harness.steps.ue import Call, answered, conduct_of
from ue_sim.engine import Body
from valkit.sip.errors import ParseError
from valkit.sip.headers import MediaType
from valkit.sip.uri import parse_uri


class InstantMessage(Call):
    """What is sent to whom."""

    to: str
    """Whom it is for: a URI, or the name of a phone of the lab, which stands for the identity that it uses."""
    type: str = "text/plain"
    """Its content type."""
    body: str = ""
    """What it says."""
    octets: str | None = None
    """What it holds, in hexadecimal digits, where that is no text: an SMS (TS 24.341)."""

    @field_validator("octets")
    @classmethod
    def _hexadecimal(cls, value: str | None) -> str | None:
        try:
            bytes.fromhex(value or "")
        except ValueError:
            raise ValueError("is not hexadecimal (expected two digits for each octet)") from None
        return value

    @field_validator("type")
    @classmethod
    def _content_type(cls, value: str) -> str:
        try:
            MediaType.parse(value)
        except ParseError:
            raise ValueError("is no content type (expected something like text/plain)") from None
        return value

    @model_validator(mode="after")
    def _one_body(self) -> "InstantMessage":
        if self.body and self.octets is not None:
            raise ValueError("has both body and octets (expected one of them)")
        return self

    @property
    def content(self) -> Body:
        """Give what it carries."""
        return Body(self.type, self.body.encode() if self.octets is None else bytes.fromhex(self.octets))


@step("ue.message", acts=True)
async def message(stage: Stage, told: InstantMessage) -> None:
    """Have a phone send an instant message, a SIP MESSAGE (RFC 3428), over the route that the registration gave.

    The core leads it to a server by filter criterion or service identity, or else to the phone that is registered as
    whom it is for, which answers 200.
    """
    phone = stage.lab.ues[told.ue]
    call = phone.message(to=addressed(stage, told.to), body=told.content, conduct=conduct_of(stage, told))
    await answered(stage, told, call)


def addressed(stage: Stage, to: str) -> str:
    """Give the URI of a phone by its name, or the one that is written."""
    if to in stage.lab.plan.phones:
        return stage.lab.ues[to].impu
    try:
        return str(parse_uri(to))
    except ParseError:
        there = f"a URI or one of: {', '.join(stage.lab.plan.phones)}"
        raise Unmet(Finding(f"somebody to send to ({there})", to)) from None
