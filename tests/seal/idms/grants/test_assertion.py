"""The JWT bearer grant: what a security token must be, and what comes of it."""

from pathlib import Path
from typing import Any

import pytest

from seal.idms.records import Partner, Refresh
from tests.seal.idms.domains import AWAY, HOME, NOW, Domains
from tests.seal.idms.parts import claims
from tests.support import result_of
from valkit.tokens import SigningKey, jwks


@pytest.fixture
def domains(tmp_path: Path) -> Domains:
    """Give two domains."""
    return Domains(tmp_path)


def refused(domains: Domains, token: str, now: float = NOW) -> str:
    """Bring a token that is refused; give why."""
    answer = domains.bring(token, now)
    assert answer["error"] == "invalid_grant", answer
    what, fields = domains.away.told[-1]
    assert (what, fields["cause"]) == ("security token refused", answer["error_description"])
    return str(answer["error_description"])


def test_the_partner_gives_a_token_of_its_own(domains: Domains) -> None:
    """Of the user that the foreign one is there, in the partner's services, migration included (DOM-07)."""
    answer = domains.bring(domains.security_token())
    assert answer["scope"] == "3gpp:seal:val_service 3gpp:seal:migration_service"
    assert "refresh_token" not in answer
    assert "id_token" not in answer
    said = claims(str(answer["access_token"]))
    assert (said["iss"], said["sub"], said["client_id"]) == (AWAY, "visitor", "app")
    assert (said["val_user_id"], said["val_service_ids"]) == ("visitor@partner.example", ["rescue"])
    assert [what for what, _ in domains.away.told] == ["security token accepted", "tokens issued"]


def test_with_openid_there_is_an_id_token_that_vouches_for_no_log_in(domains: Domains) -> None:
    """Neither when nor how the user logged in is known here."""
    domains.away.change_partner(HOME, guest_scopes=("openid", "3gpp:seal:val_service"))
    answer = domains.bring(domains.security_token(), scope="openid 3gpp:seal:val_service")
    said = claims(str(answer["id_token"]))
    assert (said["sub"], said["aud"], said["val_service_ids"]) == ("visitor", "app", ["rescue"])
    assert not {"acr", "amr", "auth_time", "nonce"} & said.keys()


def test_a_refresh_token_is_policy(domains: Domains) -> None:
    """It is as good as any other, for as long as the account here is in order."""
    domains.away.change_partner(HOME, guest_refresh=True)
    token = str(domains.bring(domains.security_token())["refresh_token"])
    renewed = domains.away.ask(grant_type="refresh_token", refresh_token=token)
    assert claims(str(renewed["access_token"]))["sub"] == "visitor"
    domains.away.change_user("visitor", enabled=False)
    again = domains.away.ask(grant_type="refresh_token", refresh_token=str(renewed["refresh_token"]))
    assert again["error"] == "invalid_grant"


def test_a_security_token_is_taken_once(domains: Domains) -> None:
    """And remembered for as long as it could be taken."""
    token = domains.security_token()
    assert "access_token" in domains.bring(token)
    assert "used before" in refused(domains, token)
    assert "used before" in refused(domains, token, NOW + 85)
    assert "over" in refused(domains, token, NOW + 91)


def test_one_without_a_jti_is_taken_once_too(domains: Domains) -> None:
    """It is known again by what was signed: the standards do not ask for a jti."""
    token = domains.forged(jti=None)
    assert "access_token" in domains.bring(token)
    assert "used before" in refused(domains, token)


def test_what_is_refused_is_not_used_up(domains: Domains) -> None:
    """Whoever brings another's token spends nothing."""
    token = domains.security_token()
    assert domains.bring(token, scope="admin")["error"] == "invalid_scope"
    assert domains.bring(token, client_id="nobody")["error"] == "invalid_client"
    assert "access_token" in domains.bring(token)


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ({"aud": ["app", "https://idms.third.example"]}, "for another S-IdMS"),
        ({"aud": "app"}, "for another S-IdMS"),
        ({"aud": None}, "for another S-IdMS"),
        ({"aud": AWAY}, "to another client"),
        ({"aud": ["kiosk", AWAY]}, "to another client"),
        ({"exp": NOW - 31}, "is over"),
        ({"exp": NOW + 3601}, "lives longer"),
        ({"iat": NOW + 31}, "has not come"),
        ({"nbf": NOW + 31}, "has not come"),
        ({"exp": None}, "a claim is missing"),
        ({"iat": None}, "a claim is missing"),
        ({"iat": "now"}, "a claim is missing"),
        ({"sub": None}, "a claim is missing"),
        ({"sub": ""}, "a claim is missing"),
        ({"sub": ["alice"]}, "a claim is missing"),
        ({"iss": None}, "no domain that is known"),
        ({"iss": "https://idms.third.example"}, "no domain that is known"),
        ({"sub": "bob"}, "not known here"),
        ({"sub": "visitor"}, "not known here"),
    ],
)
def test_each_claim_is_looked_at(domains: Domains, claim: dict[str, Any], why: str) -> None:
    """TS 33.180 B.8 and B.11, RFC 7523 3."""
    assert why in refused(domains, domains.forged(**claim))


@pytest.mark.parametrize("claim", [{"exp": NOW - 29}, {"iat": NOW + 29}, {"aud": ["app", f"{AWAY}/token"]}])
def test_clocks_may_differ_by_half_a_minute(domains: Domains, claim: dict[str, Any]) -> None:
    """And the token endpoint is a name of ours as well (RFC 7523 3)."""
    assert "access_token" in domains.bring(domains.forged(**claim))


def test_only_keys_that_were_provisioned_sign(domains: Domains) -> None:
    """Another key, one that is retired, one that goes by a trusted name, or none at all."""
    stranger = SigningKey.generate()
    assert "signed with no key" in refused(domains, domains.forged(stranger))
    named = domains.forged(stranger, {"kid": domains.home.keys.signer("ES256").kid})
    assert "signed with no key" in refused(domains, named)
    assert "signed with no key" in refused(domains, domains.forged(header={"alg": "none"}))
    assert "signed with no key" in refused(domains, domains.forged(header={"crit": ["exp"]}))
    token = domains.security_token()
    domains.away.change_partner(HOME, keys=jwks(stranger))
    assert "signed with no key" in refused(domains, token)
    assert "access_token" in domains.bring(domains.forged(stranger))
    domains.away.change_partner(HOME, keys=None)
    assert "signed with no key" in refused(domains, domains.forged(stranger))


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt"])
def test_other_kinds_of_tokens_are_none(domains: Domains, kind: str) -> None:
    """A key signs many things (RFC 8725 3.11)."""
    assert "another kind" in refused(domains, domains.forged(header={"typ": kind}))


def test_an_access_or_id_token_of_home_is_no_security_token(domains: Domains) -> None:
    """Though it is signed with the same key, and by the same issuer."""
    assert "another kind" in refused(domains, domains.home.access_token())


def test_one_domain_does_not_speak_for_another(domains: Domains) -> None:
    """A partner's key is believed for tokens that name this partner."""
    third = SigningKey.generate()
    result_of(domains.away.store.add_partner(Partner("https://idms.third.example", keys=jwks(third))))
    assert "signed with no key" in refused(domains, domains.forged(third))


def test_an_account_that_was_disabled_gets_nothing(domains: Domains) -> None:
    """Nor one that is gone, or has no VAL service."""
    domains.away.change_user("visitor", enabled=False)
    assert "not active" in refused(domains, domains.security_token())
    domains.away.change_user("visitor", enabled=True, val_service_ids=())
    assert "no VAL service" in refused(domains, domains.security_token())


def test_an_agreement_that_ends_meanwhile_gives_nothing(domains: Domains, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks at that moment gets no token, and keeps nothing that could be renewed under a later agreement."""
    domains.away.change_partner(HOME, guest_refresh=True)
    store, put, kept = domains.away.store, domains.away.store.put_refresh, list[Refresh]()

    async def ending(refresh: Refresh, now: float) -> None:
        await put(refresh, now)
        await store.remove_partner(HOME)
        kept.append(refresh)

    monkeypatch.setattr(store, "put_refresh", ending)
    token = domains.security_token()
    assert "known here any more" in refused(domains, token)
    [refresh] = kept
    assert result_of(store.refresh(refresh.token_hash, NOW)) is None


@pytest.mark.parametrize("scope", ["openid", "3gpp:seal:val_service 3gpp:seal:key_management_service", "admin"])
def test_the_scope_is_limited_to_what_guests_may_have(domains: Domains, scope: str) -> None:
    """Whatever the client may have for users of the domain."""
    assert domains.bring(domains.security_token(), scope=scope)["error"] == "invalid_scope"


def test_the_scope_may_be_part_of_it(domains: Domains) -> None:
    """Such as the migration service alone."""
    answer = domains.bring(domains.security_token(), scope="3gpp:seal:migration_service")
    assert claims(str(answer["access_token"]))["scope"] == "3gpp:seal:migration_service"


def test_nobody_else_redeems_it(domains: Domains) -> None:
    """Without a client that is known here there is nothing, though RFC 7523 would allow it (TS 33.180 B.6)."""
    assert domains.bring(domains.security_token(), client_id=None)["error"] == "invalid_client"
    assert domains.bring("", assertion=None)["error"] == "invalid_request"
