"""The rule that REGISTER and PUBLISH share."""

import pytest

from tests.valserver.parts import AUDIENCE, ISSUER, KEYS, NOW, register, token
from valkit.carriers import val_info
from valkit.sip import Part, build_multipart
from valkit.tokens import TokenPolicy, Verifier
from valserver.authorization import Authorizer
from valserver.errors import Refusal, Refused
from valserver.facts import Proof
from valserver.records import Grant

AUTHORIZER = Authorizer(Verifier(TokenPolicy(ISSUER, AUDIENCE), KEYS))


def test_a_token_that_holds_is_proof() -> None:
    """One grant for each service, each with the client, the token's ID and its end."""
    proof = AUTHORIZER.proof(register(token("alice", "dispatch", "video")), "sip:a", NOW)
    end = NOW + 3_600
    grants = (Grant("dispatch", "phone", "j1", end), Grant("video", "phone", "j1", end))
    assert proof == Proof("alice", grants, "phone", "j1")


@pytest.mark.parametrize(
    ("to", "entered"),
    [("<sip:alice@home.example;user=phone>", "sip:alice@home.example"), ("<sip:", ""), ("<nothing>", "")],
)
def test_who_registered_is_read_for_what_it_is_worth(to: str, entered: str) -> None:
    """From the UE's own REGISTER; what cannot be read is nothing, for it proves nothing."""
    inner = bytes(register(token(), To=to))
    proof = AUTHORIZER.proof(register().with_body(inner, "message/sip"), "sip:a", NOW)
    assert proof is not None
    assert proof.entered == entered


def test_no_token_is_no_proof() -> None:
    """And no fault."""
    assert AUTHORIZER.proof(register(), "sip:a", NOW) is None


@pytest.mark.parametrize(
    ("access_token", "cause"),
    [
        (token(iss="https://elsewhere.example"), "wrong_issuer"),
        (token(aud="elsewhere"), "wrong_audience"),
        (token(lifetime=-60.0), "expired"),
        (token(nbf=NOW + 60), "not_yet_valid"),
        (token(scope="openid"), "missing_scope"),
        (token(val_service_ids=[]), "no_val_service"),
        (token()[:-8] + "AAAAAAAA", "bad_signature"),
        ("nonsense", "malformed"),
    ],
)
def test_a_token_that_does_not_hold_refuses_with_its_cause(access_token: str, cause: str) -> None:
    """The cause is for the log; the token is not in it."""
    with pytest.raises(Refused) as refused:
        AUTHORIZER.proof(register(access_token), "sip:a", NOW)
    assert (refused.value.refusal, refused.value.cause, refused.value.impu) == (Refusal.TOKEN, cause, "sip:a")
    assert access_token not in repr(refused.value)


def test_two_tokens_are_one_too_many() -> None:
    """Nobody knows which was meant."""
    content_type, body = build_multipart(Part.create(*val_info(token(user), user)) for user in ("alice", "bob"))
    with pytest.raises(Refused, match="two_tokens"):
        AUTHORIZER.proof(register().with_body(body, content_type), "sip:a", NOW)
