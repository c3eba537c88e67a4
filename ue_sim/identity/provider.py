"""What an identity server says of itself: its discovery document (OpenID Connect Discovery 1.0 3 and 4.3)."""

from collections.abc import Mapping

from attrs import frozen

from ue_sim.identity.errors import Doubtful, Unusable
from ue_sim.identity.reading import json_object, text

DOCUMENT = "discovery document"
WELL_KNOWN = "/.well-known/openid-configuration"


@frozen
class Provider:
    """An identity server and where its endpoints are. All are https."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    revocation_endpoint: str | None = None
    names_itself: bool = False
    """Whether its authorization responses always have `iss` (RFC 9207 3)."""

    @classmethod
    def read(cls, document: bytes, issuer: str) -> "Provider":
        """Read the document found at this issuer. Doubtful if it is another's, Unusable if it cannot serve us."""
        members = json_object(document, DOCUMENT)
        if members.get("issuer") != issuer:
            raise Doubtful(f"the discovery document is of another issuer{_named(members)} (Discovery 4.3)")
        _require(members, "code_challenge_methods_supported", "S256")
        return cls(
            issuer=issuer,
            authorization_endpoint=_https(members, "authorization_endpoint"),
            token_endpoint=_https(members, "token_endpoint"),
            jwks_uri=_https(members, "jwks_uri"),
            revocation_endpoint=_https(members, "revocation_endpoint") if "revocation_endpoint" in members else None,
            names_itself=members.get("authorization_response_iss_parameter_supported") is True,
        )


def discovery_url(issuer: str) -> str:
    """Say where an issuer's document is (Discovery 4.1)."""
    return issuer.rstrip("/") + WELL_KNOWN


def _named(members: Mapping[str, object]) -> str:
    """Say who it is, where that can be shown: a slash too many is soon written."""
    issuer = members.get("issuer")
    fit = isinstance(issuer, str) and issuer.startswith("https://") and issuer.isprintable() and len(issuer) <= 200
    return f" than the one asked: {issuer}" if fit else " than the one asked"


def _https(members: Mapping[str, object], name: str) -> str:
    url = text(members, name, DOCUMENT)
    if not url.startswith("https://"):
        raise Unusable(f"the {name} is not https")
    return url


def _require(members: Mapping[str, object], name: str, value: str) -> None:
    """Refuse a list that lacks this value; one that is not there rules nothing out."""
    listed = members.get(name, [value])
    if not isinstance(listed, list) or value not in listed:
        raise Unusable(f"the server does not do {value} ({name})")
