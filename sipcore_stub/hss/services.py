"""Public service identities: which application server hosts a service that a request is for (TS 23.003 13.5).

Pure. A distinct PSI is one URI; a wildcarded one has an extended regular expression between exclamation marks in its
user part, such as sip:chat-!.*!@home.example. In a network the I-CSCF asks the HSS for either (TS 23.228 5.4.12); here
the S-CSCF does, when no filter criterion of the user has led a request anywhere.
"""

from collections.abc import Iterable

from attrs import define, field, frozen

from sipcore_stub.hss.ere import Ere


@frozen
class Service:
    """A public service identity, and where it is hosted."""

    psi: str
    """In canonical spelling; perhaps with a wildcard."""
    server_name: str
    """SIP URI of the application server."""
    _wildcard: Ere | None = field(init=False, repr=False, eq=False)

    @_wildcard.default
    def _read(self) -> Ere | None:
        return wildcard(self.psi)

    @property
    def is_wildcarded(self) -> bool:
        """Whether it stands for many identities."""
        return self._wildcard is not None

    def is_for(self, aor: str) -> bool:
        """Say whether it stands for a canonical URI."""
        if self._wildcard is None:
            return aor == self.psi
        before, _, after = self.psi.split("!")
        within = len(aor) >= len(before) + len(after) and aor.startswith(before) and aor.endswith(after)
        return within and self._wildcard.is_all_of(aor[len(before) : len(aor) - len(after)])


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


def wildcard(psi: str) -> Ere | None:
    """Give the expression in a PSI, None if it is a distinct one; ValueError for a wrong one, or for a single mark."""
    marks = psi.count("!")
    if not marks:
        return None
    if marks != 2:
        raise ValueError("a wildcard stands between two exclamation marks")
    try:
        return Ere(psi.split("!")[1])
    except ValueError as error:
        raise ValueError(f"the wildcard {error}") from None
