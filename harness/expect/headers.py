"""Header fields as they are asked for: a field, a parameter in it, or the URI of an address in it. Pure.

headers: {Expires: 600, To.uri: "sip:alice@home.example", "WWW-Authenticate;algorithm": AKAv1-MD5}
"""

import re
from collections.abc import Callable, Iterator, Mapping

from attrs import frozen
from pydantic import Field

from harness.expect.wanted import Difference, Wanted, differing
from harness.grammar.vocabulary import Arguments
from valkit.sip.auth import AuthenticationInfo, Challenge, Credentials
from valkit.sip.errors import ParseError
from valkit.sip.fields import Headers
from valkit.sip.grammar import NO_PARAMS, QUOTED, Params
from valkit.sip.headers import NameAddr
from valkit.sip.names import key_of

_ADDRESSES = """
    alert-info call-info contact error-info from p-asserted-identity p-asserted-service p-associated-uri
    p-called-party-id p-preferred-identity p-preferred-service p-profile-key p-served-user path record-route refer-to
    referred-by reply-to route service-route to
"""
_BARE = """
    call-id content-length cseq date expires max-forwards mime-version min-expires organization rack rseq server
    sip-etag sip-if-match subject timestamp user-agent warning
"""
ADDRESSES = frozenset(_ADDRESSES.split())
"""Fields whose values are addresses, each with its parameters."""
BARE = frozenset(_BARE.split())
"""Fields that have no parameters."""
URI = ".uri"

_before_parameters = re.compile(rf'(?:[^;"<]++|{QUOTED}|<[^>]*+>)*+', re.DOTALL)
_begins_with_parameter = re.compile(r"[\w.\-]+=")


@frozen
class Place:
    """Where something stands among header fields."""

    name: str
    """Of the field."""
    parameter: str | None = None
    """Of its value; None for the value itself."""
    uri: bool = False
    """Whether it is the address's URI alone."""

    @classmethod
    def named(cls, text: str) -> "Place":
        """Read `Field`, `Field;parameter` or `Field.uri`."""
        name, semicolon, parameter = text.partition(";")
        if semicolon:
            return cls(name.strip(), parameter.strip())
        if name.endswith(URI):
            return cls(name.removesuffix(URI), uri=True)
        return cls(name)

    def doubt(self) -> str:
        """Say why there can be no such thing; nothing if there can."""
        try:
            key = key_of(self.name)
        except ParseError:
            return ""  # which is told of the name
        if self.uri and key not in ADDRESSES:
            return f"{self.name} holds no address, so it has no URI (expected {self.name} or {self.name};PARAMETER)"
        if self.parameter is not None and (key in BARE or not self.parameter):
            return f"{self.name} has no such parameter (expected {self.name} alone)"
        return ""

    def within(self, headers: Headers) -> tuple[str, ...]:
        """Give every value that stands there; what cannot be read has none."""
        values = headers.all(self.name)
        if self.uri:
            return tuple(address.uri for address in map(_address, values) if address is not None)
        if self.parameter is None:
            return values
        found = (_params(key_of(self.name), value).get(self.parameter) for value in values)
        return tuple(each for each in found if each is not None)


class HeaderFields(Arguments):
    """Header fields that something has, and such that it has not."""

    headers: dict[str, Wanted] = Field(default_factory=dict)
    """Header fields it has, each with a value that must be among those of the field; `Contact;expires` is a parameter
    of one, `To.uri` the URI of an address. Text, a list of all values, `{matches: EXPRESSION}` or `{present: no}`."""
    without: tuple[str, ...] = ()
    """Header fields, parameters or URIs that it does not have."""

    def places(self) -> Iterator[str]:
        """Name everything that is asked for, as it is written."""
        yield from self.headers
        yield from self.without

    def differing_fields(self, headers: Headers) -> Iterator[Difference]:
        """Tell which are not as they are to be."""
        for written, wanted in self.headers.items():
            yield from differing(written, wanted, Place.named(written).within(headers))
        for written in self.without:
            found = Place.named(written).within(headers)
            if found:
                yield Difference(written, found)

    def wanted_fields(self) -> Iterator[str]:
        """Say in words what is asked for."""
        yield from (wanted.of(written) for written, wanted in self.headers.items())
        yield from (f"without {written}" for written in self.without)


def _address(value: str) -> NameAddr | None:
    try:
        return NameAddr.parse(value)
    except ParseError:
        return None


def _params(key: str, value: str) -> Params:
    """Read the parameters of one value; none if they cannot be read."""
    try:
        return READERS.get(key, _behind)(value)
    except ParseError:
        return NO_PARAMS


def _behind(value: str) -> Params:
    """Read the parameters behind whatever stands before them; in P-Charging-Vector nothing does."""
    if _begins_with_parameter.match(value):
        return Params.parse(f";{value}")
    before = _before_parameters.match(value)
    return Params.parse(value[before.end() :] if before else value)


READERS: Mapping[str, Callable[[str], Params]] = {
    **dict.fromkeys(ADDRESSES, lambda value: NameAddr.parse(value).params),
    **dict.fromkeys(("www-authenticate", "proxy-authenticate"), lambda value: Challenge.parse(value).params),
    **dict.fromkeys(("authorization", "proxy-authorization"), lambda value: Credentials.parse(value).params),
    **dict.fromkeys(
        ("authentication-info", "proxy-authentication-info"), lambda value: AuthenticationInfo.parse(value).params
    ),
}
"""How parameters are read where they do not simply stand behind a value."""
