"""The token in a header: `Authorization: Bearer`, as RFC 8898 4 has it for SIP; beside IMS AKA's Digest or alone.

A third-party REGISTER has it in the UE's own REGISTER that it encloses, or in its own header from a core that moves it
there. It names no client.
"""

import re

from attrs import frozen

from valkit.carriers.errors import CarrierCause, CarrierError
from valkit.carriers.infos import Carried

KIND = "authorization: bearer"
"""What stands for the media type that documents are told by; no media type looks so."""

is_bearer = re.compile(r"(?i:bearer)(?![^ \t])").match
"""Whether the value of an Authorization header is of this scheme (RFC 7235 2.1)."""
_credentials = re.compile(r"(?i:bearer)[ \t]+([A-Za-z0-9\-._~+/]+=*)").fullmatch
"""RFC 6750 2.1."""


@frozen
class BearerHeader:
    """The header as a carrier."""

    name: str = "bearer"
    kind: str = KIND

    def read(self, value: bytes, speaker: str = "") -> Carried:
        """Take the token out of the header's value; CarrierError if it is not of the form."""
        match = _credentials(value.decode("utf-8", "surrogateescape"))
        if match is None:
            raise CarrierError(CarrierCause.UNREADABLE, "The fault is in its Authorization.")
        return Carried(match[1], None, self.name, speaker)

    def write(self, token: str) -> tuple[str, str]:
        """Build the header, name and value."""
        return "Authorization", f"Bearer {token}"
