"""How a client proves itself: what stands in a request, and what does not."""

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from ue_sim.identity.proof import LASTS, NoProof, Proof, SecretInForm, SecretInHeader, SignedAssertion
from valkit.ids import SeededIds
from valkit.net.https import basic
from valkit.tokens import SigningKey, jwks
from valkit.tokens.strictjson import read_object

ISSUER = "https://idms.home.example"
NOW = 1_795_000_000.0
KEY = SigningKey.generate("ES256")


def test_an_app_says_who_it_is() -> None:
    """It has nothing to prove it with."""
    proven = NoProof().of("app", ISSUER, NOW, SeededIds(1))
    assert (proven.form, proven.headers) == ({"client_id": "app"}, {})


def test_a_secret_is_in_one_place() -> None:
    """In the header or in the form, never in both (RFC 6749 2.3)."""
    header = SecretInHeader("s3cret").of("app", ISSUER, NOW, SeededIds(1))
    assert (header.form, header.headers) == ({"client_id": "app"}, {"Authorization": basic("app", "s3cret")})
    form = SecretInForm("s3cret").of("app", ISSUER, NOW, SeededIds(1))
    assert (form.form, form.headers) == ({"client_id": "app", "client_secret": "s3cret"}, {})


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_an_assertion_is_signed_for_the_issuer(algorithm: str) -> None:
    """A library that we did not write verifies it; it can be used for a minute (RFC 7523 3)."""
    key = SigningKey.generate(algorithm)
    form = SignedAssertion(key).of("app", ISSUER, NOW, SeededIds(1)).form
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    keys = KeySet.import_key_set(read_object(jwks(key).encode()))  # type: ignore[arg-type]  # the mapping it wants
    claims = jwt.decode(form["client_assertion"], keys, algorithms=[algorithm]).claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("app", "app", ISSUER)
    assert (claims["iat"], claims["exp"]) == (NOW, NOW + LASTS)


def test_no_assertion_is_like_another() -> None:
    """Each has a jti of its own, since each is taken once."""
    ids, proof = SeededIds(1), SignedAssertion(KEY)
    first, second = (proof.of("app", ISSUER, NOW, ids).form["client_assertion"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("proof", [SecretInHeader("xyzzy"), SecretInForm("xyzzy"), SignedAssertion(KEY)])
def test_no_repr_shows_a_secret(proof: Proof) -> None:
    """Neither of the proof nor of what it puts into a request."""
    shown = repr(proof) + repr(proof.of("app", ISSUER, NOW, SeededIds(1)))
    assert "xyzzy" not in shown
    assert "eyJ" not in shown
