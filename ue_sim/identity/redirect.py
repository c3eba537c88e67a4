"""The redirect that brings the code (TS 33.434 A.4.2.3): whose answer it is comes before what it says."""

from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from ue_sim.identity.errors import Doubtful, Refused
from ue_sim.identity.provider import Provider
from ue_sim.identity.request import AuthorizationRequest


@frozen
class Code:
    """An authorization code."""

    text: str = field(repr=False)


def leads_home(url: str, redirect_uri: str) -> bool:
    """Tell whether this address is our redirect address, whatever its query says."""
    return url.partition("#")[0].partition("?")[0] == redirect_uri.partition("?")[0]


def read(url: str, request: AuthorizationRequest, provider: Provider) -> Code | None:
    """Take the code out of a redirect. None if it answers another request: that is ignored without a word.

    Raises Doubtful if another server answers (RFC 9207 2.4), Refused with the server's error.
    """
    given = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    parameters = dict(given)
    if parameters.get("state") != request.state:
        return None
    if len(parameters) != len(given):
        raise Doubtful("the redirect has a parameter twice")
    _check_issuer(parameters.get("iss"), provider)
    if "error" in parameters:
        raise Refused(_printable(parameters["error"]), _printable(parameters.get("error_description", "")))
    if not parameters.get("code"):
        raise Doubtful("the redirect has neither code nor error")
    return Code(parameters["code"])


def _check_issuer(given: str | None, provider: Provider) -> None:
    if given is None and not provider.names_itself:
        return
    if given != provider.issuer:
        raise Doubtful("the redirect comes from another server than the one asked (iss, RFC 9207)")


def _printable(text: str) -> str:
    """Make what a peer says safe to show."""
    return "".join(letter for letter in text[:200] if letter.isprintable())
