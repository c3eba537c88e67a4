"""Discovery documents: of the issuer that was asked, https throughout, S256."""

from json import dumps

import pytest

from tests.ue_sim.identity.saying import ISSUER
from ue_sim.identity.errors import Doubtful, Unusable
from ue_sim.identity.provider import Provider, discovery_url

DOCUMENT: dict[str, object] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/a",
    "token_endpoint": f"{ISSUER}/t",
    "jwks_uri": f"{ISSUER}/k",
}


def read(**changes: object) -> Provider:
    """Read a document that is changed so."""
    return Provider.read(dumps(DOCUMENT | changes).encode(), ISSUER)


def test_a_document_is_read() -> None:
    """What it leaves out is taken as Discovery has it."""
    assert read() == Provider(ISSUER, f"{ISSUER}/a", f"{ISSUER}/t", f"{ISSUER}/k")
    more = read(revocation_endpoint=f"{ISSUER}/r", authorization_response_iss_parameter_supported=True)
    assert (more.revocation_endpoint, more.names_itself) == (f"{ISSUER}/r", True)


def test_another_issuers_document_is_not_believed() -> None:
    """To the letter (Discovery 4.3)."""
    with pytest.raises(Doubtful):
        read(issuer=ISSUER + "/")


@pytest.mark.parametrize(
    "changes",
    [
        {"token_endpoint": "http://idms.home.example/t"},
        {"jwks_uri": None},
        {"revocation_endpoint": "http://idms.home.example/r"},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": "S256"},
    ],
)
def test_what_cannot_serve_us_is_unusable(changes: dict[str, object]) -> None:
    """Plain HTTP, a missing endpoint, a server without S256."""
    with pytest.raises(Unusable):
        read(**changes)


def test_the_document_is_at_its_well_known_place() -> None:
    """With or without a slash at the issuer's end, and below its path (Discovery 4.1)."""
    assert (
        discovery_url("https://a/b/") == discovery_url("https://a/b") == "https://a/b/.well-known/openid-configuration"
    )


def test_the_issuer_that_was_found_is_told() -> None:
    """A slash too many is soon written; what is no address is not shown."""
    with pytest.raises(Doubtful, match=r"than the one asked: https://i \(Discovery"):
        Provider.read(b'{"issuer": "https://i"}', "https://i/")
    with pytest.raises(Doubtful, match=r"than the one asked \(Discovery"):
        Provider.read(b'{"issuer": "https://i\\u001b"}', "https://i/")
