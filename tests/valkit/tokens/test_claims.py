"""valkit.tokens.claims: what a token must say, and when."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.valkit.tokens.support import GRANT, NOW, POLICY
from valkit.tokens import AccessToken, Cause, TokenPolicy, TokenRejected
from valkit.tokens.claims import REQUIRED, access_token


def cause_of(policy: TokenPolicy = POLICY, **changes: Any) -> Cause:
    """Say why the usual claims are refused with these changes; None leaves a claim out."""
    claims = {name: value for name, value in (GRANT.claims() | changes).items() if value is not None}
    with pytest.raises(TokenRejected) as caught:
        access_token(claims, policy).check_time(NOW, policy.leeway)
    return caught.value.cause


def accepted(policy: TokenPolicy = POLICY, now: float = NOW, **changes: Any) -> AccessToken:
    """Give what the usual claims say with these changes."""
    access = access_token(GRANT.claims() | changes, policy)
    access.check_time(now, policy.leeway)
    return access


def test_what_a_token_says() -> None:
    """Every claim that anyone needs comes out typed."""
    assert accepted() == AccessToken(
        val_user_id="alice",
        val_service_ids=("dispatch", "video"),
        issuer="https://idms.home.example",
        subject="alice",
        client_id="val-client",
        jti="0123",
        exp=NOW + 300,
        iat=NOW,
        nbf=0,
        scope="openid 3gpp:seal:val_service",
    )


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_each_claim_of_rfc_9068_is_required(name: str) -> None:
    """Leaving out any one of them is a fault of its own (RFC 9068 2.2)."""
    left_out: dict[str, Any] = {name: None}
    assert cause_of(**left_out) is Cause.MISSING_CLAIM


def test_a_token_that_lists_no_service_grants_the_one_of_its_policy() -> None:
    """As a token of MCX grants the service whose user it names; a list that is there counts, even an empty one."""
    policy = evolve(POLICY, val_service="mcptt", services_claim="other")
    assert accepted(policy).val_service_ids == ("mcptt",)
    assert accepted(policy, other=["dispatch"]).val_service_ids == ("dispatch",)
    assert cause_of(policy, other=[]) is Cause.NO_VAL_SERVICE


def test_exp_is_required_whatever_the_policy() -> None:
    """A token that never ends is not believed, even where little is required."""
    assert cause_of(evolve(POLICY, required=frozenset()), exp=None) is Cause.MISSING_CLAIM


def test_a_policy_may_require_less() -> None:
    """TS 33.434 A.2.2 asks an access token for exp, scope and client_id only."""
    policy = evolve(POLICY, required={"client_id"})
    claims = {name: value for name, value in GRANT.claims().items() if name not in {"iss", "sub", "aud", "iat", "jti"}}
    assert access_token(claims, policy).subject == ""


@pytest.mark.parametrize("audience", ["val-server", ["val-server"], ["other", "val-server"]])
def test_the_audience_is_one_or_among_several(audience: object) -> None:
    """RFC 7519 4.1.3 allows both forms."""
    assert accepted(aud=audience)


@pytest.mark.parametrize("scope", ["3gpp:seal:val_service", "openid 3gpp:seal:val_service profile"])
def test_the_scope_is_one_word_among_others(scope: str) -> None:
    """Scope is a list of words (RFC 6749 3.3)."""
    assert accepted(scope=scope).scope == scope


def test_a_service_given_twice_counts_once() -> None:
    """Order stays, repetition goes."""
    assert accepted(val_service_ids=["b", "a", "b"]).val_service_ids == ("b", "a")


def test_claim_names_are_a_setting() -> None:
    """A user's own identity server has names of its own, such as those of MCPTT."""
    policy = evolve(POLICY, user_claim="mcptt_id", services_claim="groups", scope="openid")
    access = accepted(policy, mcptt_id="sip:a@b", groups=["x"])
    assert (access.val_user_id, access.val_service_ids) == ("sip:a@b", ("x",))


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"iss": "https://idms.home.example/"}, Cause.WRONG_ISSUER),
        ({"iss": "HTTPS://idms.home.example"}, Cause.WRONG_ISSUER),
        ({"iss": ["https://idms.home.example"]}, Cause.WRONG_ISSUER),
        ({"aud": "val-serve"}, Cause.WRONG_AUDIENCE),
        ({"aud": "val-server other"}, Cause.WRONG_AUDIENCE),
        ({"aud": []}, Cause.WRONG_AUDIENCE),
        ({"aud": ["val-server", 1]}, Cause.MALFORMED_CLAIM),
        ({"aud": {"val-server": 1}}, Cause.MALFORMED_CLAIM),
        ({"aud": 7}, Cause.MALFORMED_CLAIM),
        ({"scope": None}, Cause.MISSING_SCOPE),
        ({"scope": ""}, Cause.MISSING_SCOPE),
        ({"scope": "openid"}, Cause.MISSING_SCOPE),
        ({"scope": "3gpp:seal:val_services"}, Cause.MISSING_SCOPE),
        ({"scope": ["3gpp:seal:val_service"]}, Cause.MALFORMED_CLAIM),
        ({"scope": "openid\n3gpp:seal:val_service"}, Cause.MALFORMED_CLAIM),
        ({"val_user_id": None}, Cause.NO_VAL_USER),
        ({"val_user_id": ""}, Cause.NO_VAL_USER),
        ({"val_user_id": " "}, Cause.NO_VAL_USER),
        ({"val_user_id": 7}, Cause.MALFORMED_CLAIM),
        ({"val_user_id": "alice\r\nX: y"}, Cause.MALFORMED_CLAIM),
        ({"val_user_id": "\ud800"}, Cause.MALFORMED_CLAIM),
        ({"val_service_ids": None}, Cause.NO_VAL_SERVICE),
        ({"val_service_ids": []}, Cause.NO_VAL_SERVICE),
        ({"val_service_ids": "dispatch"}, Cause.MALFORMED_CLAIM),
        ({"val_service_ids": [""]}, Cause.MALFORMED_CLAIM),
        ({"val_service_ids": [" "]}, Cause.MALFORMED_CLAIM),
        ({"val_service_ids": ["dispatch", None]}, Cause.MALFORMED_CLAIM),
        ({"val_service_ids": ["a\x00b"]}, Cause.MALFORMED_CLAIM),
        ({"val_service_ids": {"dispatch": 1}}, Cause.MALFORMED_CLAIM),
        ({"jti": 7}, Cause.MALFORMED_CLAIM),
        ({"jti": ""}, Cause.MALFORMED_CLAIM),
        ({"jti": "  "}, Cause.MALFORMED_CLAIM),
        ({"sub": ""}, Cause.MALFORMED_CLAIM),
        ({"client_id": ""}, Cause.MALFORMED_CLAIM),
        ({"sub": ["alice"]}, Cause.MALFORMED_CLAIM),
        ({"client_id": {}}, Cause.MALFORMED_CLAIM),
        ({"exp": "1800000300"}, Cause.MALFORMED_CLAIM),
        ({"exp": True}, Cause.MALFORMED_CLAIM),
        ({"exp": float("inf")}, Cause.MALFORMED_CLAIM),
        ({"exp": float("nan")}, Cause.MALFORMED_CLAIM),
        ({"exp": 10**300}, Cause.MALFORMED_CLAIM),
        ({"exp": []}, Cause.MALFORMED_CLAIM),
        ({"exp": -1}, Cause.EXPIRED),
        ({"iat": "now"}, Cause.MALFORMED_CLAIM),
        ({"nbf": {}}, Cause.MALFORMED_CLAIM),
    ],
)
def test_each_fault_has_its_cause(changes: dict[str, Any], cause: Cause) -> None:
    """The cause names what is wrong, so that whoever reads the log need not look at the token."""
    assert cause_of(**changes) is cause


@pytest.mark.parametrize(
    ("changes", "first", "last"),
    [
        ({}, -10, 309),
        ({"nbf": int(NOW) + 60}, 50, 309),
        ({"iat": int(NOW) + 60}, 50, 309),
        ({"exp": NOW + 0.5, "iat": NOW - 0.5}, -10, 10.4),
    ],
)
def test_a_token_holds_within_its_time(changes: dict[str, Any], first: float, last: float) -> None:
    """From nbf and iat until exp, ten seconds of leeway at both ends (RFC 7519 4.1.4 to 4.1.6)."""
    assert accepted(now=NOW + first, **changes)
    assert accepted(now=NOW + last, **changes)


@pytest.mark.parametrize(
    ("changes", "after", "cause"),
    [
        ({}, 310, Cause.EXPIRED),
        ({}, 10_000, Cause.EXPIRED),
        ({}, -10.1, Cause.NOT_YET_VALID),
        ({"nbf": int(NOW) + 60}, 49, Cause.NOT_YET_VALID),
        ({"iat": int(NOW) + 60}, 49, Cause.NOT_YET_VALID),
    ],
)
def test_outside_of_it_it_does_not(changes: dict[str, Any], after: float, cause: Cause) -> None:
    """`exp` is the first moment at which a token must not be believed."""
    with pytest.raises(TokenRejected) as caught:
        accepted(now=NOW + after, **changes)
    assert caught.value.cause is cause


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from(sorted(GRANT.claims())), JSON)
def test_any_value_of_any_claim_is_believed_or_refused(name: str, value: Any) -> None:
    """No value makes anything else happen, and what is believed has the types it is declared with."""
    changes: dict[str, Any] = {name: value}
    try:
        access = accepted(**changes)
    except TokenRejected:
        return
    texts: tuple[Any, ...] = (*access.val_service_ids, access.val_user_id, access.subject, access.jti)
    assert all(isinstance(text, str) and text.isprintable() for text in texts)
    assert abs(access.exp) < 2**53


def test_who_looks_at_the_scope_itself_may_leave_it_to_be_looked_at() -> None:
    """A policy that asks for none takes any, and none at all; what is no scope is refused still."""
    policy = evolve(POLICY, scope="")
    assert accepted(policy, scope="openid").scope == "openid"
    claims = {name: value for name, value in GRANT.claims().items() if name != "scope"}
    assert access_token(claims, policy).scope == ""
    assert cause_of(policy, scope=["openid"]) is Cause.MALFORMED_CLAIM
