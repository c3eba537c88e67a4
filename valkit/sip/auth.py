"""Challenges and credentials of any scheme, with the quoting that Digest wants (RFC 3261 25.1, RFC 7616, RFC 3310).

Neither `repr()` nor an error here shows a parameter: between P- and S-CSCF a challenge carries CK and IK, and Bearer
credentials are the token itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from attrs import field, frozen

from valkit.sip.errors import ParseError
from valkit.sip.grammar import NO_PARAMS, TOKEN, Params, quote

_scheme = re.compile(rf"({TOKEN})(?:[ \t]+(.*))?", re.DOTALL)
_is_digest = re.compile("digest[ \t]", re.IGNORECASE).match
_token68 = re.compile(r"[A-Za-z0-9\-._~+/]++=*")


@frozen
class _Scheme:
    """A scheme with parameters, or with one bare token as Bearer has it."""

    BARE: ClassVar[frozenset[str]] = frozenset()
    """Parameters written without quotes; all others get them."""

    scheme: str
    params: Params = field(default=NO_PARAMS, repr=False)
    token68: str | None = field(default=None, repr=False)
    """What stands in place of parameters (RFC 9110 11.4), such as a Bearer token."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one header value; ParseError for anything else, without a word of what it was."""
        found = _scheme.fullmatch(text)
        if found is None:
            raise ParseError(cls.__name__.lower())
        rest = (found[2] or "").strip(" \t")
        if not rest or _token68.fullmatch(rest):
            return cls(found[1], token68=rest or None)
        return cls(found[1], _parse_params(rest, cls.__name__.lower()))

    @classmethod
    def build(cls, scheme: str, values: Mapping[str, str]) -> Self:
        """Build from plain values in their order, each quoted or not as its own grammar says."""
        pairs = ((name, value if name.lower() in cls.BARE else quote(value)) for name, value in values.items())
        return cls(scheme, Params(tuple(pairs)))

    def get(self, name: str) -> str | None:
        """Give a parameter's plain value; None where there is no such one."""
        return self.params.get(name)

    def __str__(self) -> str:
        return f"{self.scheme} {_row(self.params) or self.token68 or ''}".rstrip(" ")


@frozen
class Challenge(_Scheme):
    """WWW-Authenticate or Proxy-Authenticate (RFC 3261 20.44, 20.27)."""

    BARE = frozenset({"algorithm", "stale"})


@frozen
class Credentials(_Scheme):
    """Authorization or Proxy-Authorization (RFC 3261 20.7, 20.28; RFC 8898 for Bearer)."""

    BARE = frozenset({"algorithm", "qop", "nc"})


def digest_in(lines: Sequence[str]) -> int | None:
    """Say which of several Authorizations is the first Digest; None if none is."""
    return next((place for place, line in enumerate(lines) if _is_digest(line)), None)


@frozen
class AuthenticationInfo:
    """What a server says of itself after a Digest succeeded: rspauth, nextnonce (RFC 3261 20.6, RFC 7616 3.5)."""

    BARE: ClassVar[frozenset[str]] = frozenset({"qop", "nc"})

    params: Params = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> AuthenticationInfo:
        """Read an Authentication-Info value; ParseError for anything else."""
        return cls(_parse_params(text, "authenticationinfo"))

    @classmethod
    def build(cls, values: Mapping[str, str]) -> AuthenticationInfo:
        """Build from plain values in their order, quoted where the grammar wants it."""
        pairs = ((name, value if name in cls.BARE else quote(value)) for name, value in values.items())
        return cls(Params(tuple(pairs)))

    def get(self, name: str) -> str | None:
        """Give a parameter's plain value; None where there is no such one."""
        return self.params.get(name)

    def __str__(self) -> str:
        return _row(self.params)


def _parse_params(text: str, what: str) -> Params:
    try:
        return Params.parse_auth(text)
    except ParseError as error:
        raise ParseError(what, why=error.why) from None


def _row(params: Params) -> str:
    return ", ".join(f"{name}={value}" for name, value in params.pairs)
