"""valkit.tokens.minting: tokens that say what a grant says."""

from json import loads

import jwt
import pytest
from attrs import evolve

from tests.valkit.tokens.support import EC, ED, GRANT, NOW, POLICY, RSA, verifier
from valkit.tokens import Grant, SigningKey, mint
from valkit.tokens.compact import decode, split
from valkit.tokens.minting import sealed


def payload(grant: Grant) -> dict[str, object]:
    """Read what a token for this grant says."""
    claims: dict[str, object] = loads(decode(split(mint(EC, grant).encode()).payload))
    return claims


def test_header_and_claims_are_those_of_rfc_9068() -> None:
    """It has typ at+jwt, a kid, and the claims of 2.2 with the two of VAL."""
    token = mint(EC, GRANT)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": EC.kid, "typ": "at+jwt"}
    assert payload(GRANT) == {
        "iss": "https://idms.home.example",
        "sub": "alice",
        "aud": "val-server",
        "exp": 1_800_000_300,
        "iat": 1_800_000_000,
        "jti": "0123",
        "client_id": "val-client",
        "scope": "openid 3gpp:seal:val_service",
        "val_user_id": "alice",
        "val_service_ids": ["dispatch", "video"],
    }


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=lambda key: key.algorithm)
def test_what_is_minted_holds(key: SigningKey) -> None:
    """For our verifier and for PyJWT's."""
    token = mint(key, GRANT)
    assert verifier().verify(token, NOW).val_user_id == "alice"
    public = jwt.PyJWK(dict(key.public_jwk))
    options: jwt.types.Options = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(token, public, [key.algorithm], options, audience=POLICY.audience, issuer=POLICY.issuer)


def test_further_claims_and_left_out_ones() -> None:
    """Extra claims are added, replace the usual ones, or with None take them out."""
    claims = payload(evolve(GRANT, extra={"aud": ["a", "b"], "jti": None, "acr": "3gpp:acr:password"}))
    assert (claims["aud"], claims["acr"], "jti" in claims) == (["a", "b"], "3gpp:acr:password", False)


def test_other_claim_names() -> None:
    """MCPTT calls the user `mcptt_id`."""
    assert payload(evolve(GRANT, user_claim="mcptt_id"))["mcptt_id"] == "alice"


def test_header_and_payload_can_be_anything() -> None:
    """A harness must be able to make bad tokens: what is sealed is what was given, byte for byte."""
    segments = split(sealed(EC, b"{not json", b"\x00\xff").encode())
    assert (decode(segments.header), decode(segments.payload)) == (b"{not json", b"\x00\xff")
