"""Security mechanisms as Security-Client, Security-Server and Security-Verify list them (RFC 3329 2.2).

Pure: reads, writes and compares. Which mechanism is taken, and what it takes to use it, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from valkit.sip.errors import ParseError
from valkit.sip.grammar import NO_PARAMS, PARAMS, TOKEN, Params

SEC_AGREE = "sec-agree"
"""The option tag."""
CLIENT, SERVER, VERIFY = "Security-Client", "Security-Server", "Security-Verify"

_mechanism = re.compile(rf"({TOKEN})({PARAMS})", re.DOTALL)
_preference = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


@frozen
class Mechanism:
    """One mechanism with its parameters: tls, digest, ipsec-ike, ipsec-man, or 3GPP's ipsec-3gpp."""

    name: str
    params: Params = NO_PARAMS

    @classmethod
    def parse(cls, text: str) -> Mechanism:
        """Read one value; ParseError for anything else."""
        found = _mechanism.fullmatch(text)
        if found is None:
            raise ParseError("security mechanism", text)
        return cls(found[1].lower(), Params.matched(found[2]))

    @property
    def preference(self) -> float:
        """How much its sender likes it; 0 where it does not say or says nothing sensible (RFC 3329 2.2)."""
        text = self.params.get("q") or ""
        return float(text) if _preference.fullmatch(text) else 0.0

    def get(self, name: str) -> str | None:
        """Give a parameter's plain value; None where there is no such one."""
        return self.params.get(name)

    def same(self, other: Mechanism) -> bool:
        """Say whether both mean the same, in whatever order and case their parameters stand."""
        return self.name == other.name and self._compared() == other._compared()

    def _compared(self) -> dict[str, str]:
        return {name.lower(): (self.params.get(name) or "").lower() for name in self.params}

    def __str__(self) -> str:
        return f"{self.name}{self.params}"


def mechanisms(values: Iterable[str]) -> tuple[Mechanism, ...]:
    """Read the values of one of the three headers; ParseError for the first that is none."""
    return tuple(map(Mechanism.parse, values))


def mirrored(verify: Iterable[Mechanism], server: Iterable[Mechanism]) -> bool:
    """Say whether Security-Verify is Security-Server as it was sent, one by one (RFC 3329 2.2)."""
    heard, told = tuple(verify), tuple(server)
    return len(heard) == len(told) and all(one.same(other) for one, other in zip(heard, told, strict=True))
