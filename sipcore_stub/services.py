"""Public service identities: which application server hosts a service that a request is for (TS 23.003 13.5).

Pure. A distinct PSI is one URI; a wildcarded one has a regular expression between exclamation marks in its user part,
such as sip:chat-!.*!@home.example. In a network the I-CSCF asks the HSS for either (TS 23.228 5.4.12); here the S-CSCF
does, when no filter criterion of the user has led a request anywhere.
"""

import re
from collections.abc import Iterable

from attrs import define, field, frozen


@frozen
class Service:
    """A public service identity, and where it is hosted."""

    psi: str
    """In canonical spelling; perhaps with a wildcard."""
    server_name: str
    """SIP URI of the application server."""
    _pattern: re.Pattern[str] = field(init=False, repr=False, eq=False)

    @_pattern.default
    def _read(self) -> re.Pattern[str]:
        return compiled(self.psi)

    @property
    def is_wildcarded(self) -> bool:
        """Whether it stands for many identities."""
        return "!" in self.psi

    def is_for(self, aor: str) -> bool:
        """Say whether it stands for a canonical URI."""
        return self._pattern.fullmatch(aor) is not None


@define
class Services:
    """All services of the home network."""

    _services: tuple[Service, ...]

    @classmethod
    def of(cls, services: Iterable[Service]) -> "Services":
        """Put distinct identities before wildcarded ones, and of those the longer before the shorter."""
        return cls(tuple(sorted(services, key=lambda each: (each.is_wildcarded, -len(each.psi)))))

    def host(self, aor: str) -> str | None:
        """Give the server of a canonical URI; a distinct identity wins over a wildcard (TS 23.003 13.5)."""
        return next((each.server_name for each in self._services if each.is_for(aor)), None)


NONE = Services(())


def compiled(psi: str) -> re.Pattern[str]:
    """Give the pattern of a PSI; ValueError for an expression that is none, or for a single mark."""
    fixed, *rest = psi.split("!")
    if not rest:
        return re.compile(re.escape(psi))
    if len(rest) != 2:
        raise ValueError("a wildcard stands between two exclamation marks")
    try:
        return re.compile(f"{re.escape(fixed)}(?:{rest[0]}){re.escape(rest[1])}")
    except re.error as error:
        raise ValueError(f"the wildcard is no regular expression: {error}") from None
