"""The authorization request has what TS 33.434 A.4.2.2 asks for."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.ue_sim.identity.saying import APP, RETURN, request
from ue_sim.identity.proof import SecretInHeader
from ue_sim.identity.request import AuthorizationRequest, Registration
from valkit.ids import SystemIds


def test_the_eight_parameters_and_a_nonce() -> None:
    """Each once."""
    asked = request()
    parameters = parse_qsl(urlsplit(asked.url("https://idms/authorize")).query, strict_parsing=True)
    assert dict(parameters) == {
        "response_type": "code",
        "client_id": "app",
        "scope": "openid 3gpp:seal:val_service",
        "redirect_uri": RETURN,
        "state": asked.state,
        "acr_values": "3gpp:acr:password",
        "code_challenge": asked.pkce.challenge,
        "code_challenge_method": "S256",
        "nonce": asked.nonce,
    }
    assert len(parameters) == 9


def test_an_endpoint_may_have_a_query() -> None:
    """It stays (RFC 6749 3.1)."""
    assert request().url("https://idms/authorize?tenant=1").startswith("https://idms/authorize?tenant=1&response_type")


def test_no_two_requests_are_alike_and_secrets_stay_secret() -> None:
    """State, nonce and verifier; neither these nor the client's secret are shown."""
    first, second = (AuthorizationRequest.fresh(APP, SystemIds()) for _ in range(2))
    assert not {first.state, first.nonce, first.pkce.verifier} & {second.state, second.nonce, second.pkce.verifier}
    assert first.state not in repr(first)
    assert "hidden" not in repr(Registration("app", RETURN, proof=SecretInHeader("hidden")))


@pytest.mark.parametrize("part", ["state", "nonce"])
def test_they_cannot_be_guessed(part: str) -> None:
    """128 bits each."""
    assert len(getattr(request(), part)) == 22
