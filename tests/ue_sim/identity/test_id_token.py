"""ID tokens: each step of OpenID Connect Core 3.1.3.7 has a token that fails it alone."""

from typing import Any

import pytest
from attrs import evolve

from tests.ue_sim.identity.saying import ISSUER, KEY, id_token, now
from ue_sim.identity.errors import Doubtful, UnknownKey
from ue_sim.identity.id_token import IdTokenPolicy, SignedIn, validate
from valkit.tokens import KeySet, SigningKey, jwks

KEYS = KeySet.from_jwks(jwks(KEY))
RSA = SigningKey.generate("RS256")
POLICY = IdTokenPolicy(ISSUER, "app", "n")


def judged(token: str, policy: IdTokenPolicy = POLICY, keys: KeySet = KEYS) -> SignedIn:
    """Judge a token for the access token `access`."""
    return validate(token, keys, policy, "access", now())


def test_who_signed_in_is_learnt_from_it() -> None:
    """User, services, how and when (IDM-06)."""
    who = judged(id_token("access"))
    assert (who.subject, who.val_user_id) == ("alice", "sip:alice@home.example")
    assert (who.val_service_ids, who.acr) == (("dispatch", "telemetry"), "3gpp:acr:password")
    assert who.auth_time is not None


def test_rs256_is_what_most_servers_sign_with() -> None:
    """Core 15.1."""
    assert judged(id_token("access", RSA), keys=KeySet.from_jwks(jwks(KEY, RSA))).subject == "alice"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["another"]}, "aud"),
        ({"aud": ["app", "another"]}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"exp": now() - 100}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": 1e308}, "exp"),
        ({"iat": now() + 100_000}, "iat"),
        ({"iat": None}, "iat"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"at_hash": "another"}, "at_hash"),
        ({"at_hash": 1}, "at_hash"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"val_user_id": "\x1b"}, "val_user_id"),
        ({"val_service_ids": "dispatch"}, "val_service_ids"),
        ({"val_service_ids": None}, "val_service_ids"),
        ({"header": {"alg": "none"}}, "alg"),
        ({"header": {"alg": "HS256"}}, "alg"),
        ({"header": {"crit": ["x"]}}, "alg"),
        ({"header": {"kid": "another"}}, "kid"),
        ({"header": {"kid": 1}}, "kid"),
    ],
)
def test_one_fault_is_enough(changes: dict[str, Any], fault: str) -> None:
    """The sentence names what is wrong, and nothing of the token."""
    with pytest.raises(Doubtful, match=rf"\({fault}\)|no {fault} ") as caught:
        judged(id_token("access", **changes))
    assert "eyJ" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a.b.c", "a.b", "\u00e4.b.c"])
def test_what_is_no_jwt_is_not_believed(token: str) -> None:
    """Whatever it is."""
    with pytest.raises(Doubtful, match="not a signed JWT"):
        judged(token)


def test_a_changed_claim_breaks_the_signature() -> None:
    """Nobody adds a service on the way."""
    header, _, signature = id_token("access").split(".")
    payload = id_token("access", val_service_ids=["dispatch", "everything"]).split(".")[1]
    with pytest.raises(Doubtful, match="not signed by the issuer"):
        judged(f"{header}.{payload}.{signature}")


def test_another_key_is_told_apart() -> None:
    """So that the issuer can be asked for new ones."""
    with pytest.raises(UnknownKey):
        judged(id_token("access", SigningKey.generate("ES256")))


def test_what_may_be_left_out() -> None:
    """At a refresh the nonce (Core 12.2), always at_hash, acr and auth_time in a code flow."""
    token = id_token("access", nonce=None, at_hash=None, acr=None, auth_time=None, azp="app", aud=["app", "b"])
    who = judged(token, evolve(POLICY, nonce=None))
    assert (who.acr, who.auth_time) == (None, None)


def test_a_clock_that_is_a_little_off_is_borne() -> None:
    """30 seconds at most (TS 33.434 A.2.1)."""
    assert judged(id_token("access", exp=now() - 20, iat=now() + 20)).subject == "alice"


def test_claims_have_the_names_that_are_set() -> None:
    """As for MCPTT."""
    policy = evolve(POLICY, user_claim="mcptt_id", services_claim="mcptt_services")
    who = judged(id_token("access", mcptt_id="sip:a@b", mcptt_services=["x"]), policy)
    assert (who.val_user_id, who.val_service_ids) == ("sip:a@b", ("x",))
