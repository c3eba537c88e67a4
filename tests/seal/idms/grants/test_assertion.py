"""The JWT bearer grant: what a security token must be, and what comes of it."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from seal.idms.provisioning.partners import PartnerEntry
from seal.idms.provisioning.provisioning import Provisioner
from seal.idms.records import Partner, User
from tests.seal.idms.domains import AWAY, HOME, NOW, Domains
from tests.seal.idms.parts import claims
from tests.support import result_of
from valkit.tokens import SigningKey, jwks


@pytest.fixture
def domains(tmp_path: Path) -> Domains:
    """Give two domains."""
    return Domains(tmp_path)


async def unhashed(_password: str, _old: str) -> str:
    """Hash nothing: no user is provisioned here."""
    raise AssertionError


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


@pytest.mark.parametrize(
    "change", [None, {"guest_scopes": ("openid",)}, {"guests": {"bob": "visitor"}}, {"keys": None}]
)
@pytest.mark.parametrize(
    ("step", "refresh"),
    [("user", True), ("user", False), ("once", True), ("once", False), ("put_refresh", True)],
)
def test_an_agreement_that_ends_meanwhile_gives_nothing(
    domains: Domains, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any] | None, step: str, refresh: bool
) -> None:
    """Or allows less, or somebody else: at whatever step it ends, no token that was given then is of any use."""
    domains.away.change_partner(HOME, guest_refresh=True)
    if not refresh:
        result_of(domains.away.store.change_client("app", lambda client: evolve(client, refresh_lifetime=0)))
    store = domains.away.store
    act, does = getattr(store, step), Provisioner(store, unhashed)
    entry = PartnerEntry.model_validate({"issuer": HOME} | (change or {}))

    async def ending(*arguments: Any) -> Any:
        done = await act(*arguments)
        await (does.remove_partner(HOME) if change is None else does.update_partner(entry))
        return done

    token = domains.security_token()
    with monkeypatch.context() as patched:
        patched.setattr(store, step, ending)
        answer = domains.bring(token)
    if "error" in answer:
        assert answer["error"] == "invalid_grant"
        return
    assert (step, refresh) not in {("user", True), ("user", False), ("once", True)}
    assert result_of(domains.away.desk.tokens.alive(str(answer["access_token"]), NOW)) is None
    if "refresh_token" in answer:
        renewed = domains.away.ask(grant_type="refresh_token", refresh_token=str(answer["refresh_token"]))
        assert renewed["error"] == "invalid_grant"


def test_a_guest_account_that_is_made_while_the_agreement_ends_gets_nothing(
    domains: Domains, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is too new to have ended with it."""
    domains.away.change_partner(HOME, pattern="{subject}@home", guest_services=("rescue",))
    store, add = domains.away.store, domains.away.store.add_user

    async def ending(user: User) -> Any:
        await Provisioner(store, unhashed).remove_partner(HOME)
        return await add(user)

    monkeypatch.setattr(store, "add_user", ending)
    assert "at this moment" in refused(domains, domains.forged(sub="zoe"))


def test_an_account_that_becomes_anothers_is_no_longer_the_first_ones(domains: Domains) -> None:
    """Neither by access token nor by refresh token, with or without the same account in the table."""
    domains.away.change_partner(HOME, guest_refresh=True)
    given = domains.bring(domains.security_token())
    entry = PartnerEntry.model_validate({"issuer": HOME, "guests": {"carol": "visitor"}})
    result_of(Provisioner(domains.away.store, unhashed).update_partner(entry))
    assert result_of(domains.away.desk.tokens.alive(str(given["access_token"]), NOW)) is None
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    assert domains.away.ask(**form)["error"] == "invalid_grant"
    assert "not known here" in refused(domains, domains.security_token())
    assert "access_token" in domains.bring(domains.forged(sub="carol"))


@pytest.mark.parametrize("scope", ["openid", "3gpp:seal:val_service 3gpp:seal:key_management_service", "admin"])
def test_the_scope_is_limited_to_what_guests_may_have(domains: Domains, scope: str) -> None:
    """Whatever the client may have for users of the domain."""
    assert domains.bring(domains.security_token(), scope=scope)["error"] == "invalid_scope"


def test_who_asks_for_more_is_told_what_there_is(domains: Domains) -> None:
    """As the agreement says it, and nothing of what was sent."""
    said = domains.bring(domains.security_token(), scope="openid")["error_description"]
    assert said == "guests of this domain may have with this client: 3gpp:seal:val_service 3gpp:seal:migration_service"


def test_the_scope_may_be_part_of_it(domains: Domains) -> None:
    """Such as the migration service alone."""
    answer = domains.bring(domains.security_token(), scope="3gpp:seal:migration_service")
    assert claims(str(answer["access_token"]))["scope"] == "3gpp:seal:migration_service"


def test_nobody_else_redeems_it(domains: Domains) -> None:
    """Without a client that is known here there is nothing, though RFC 7523 would allow it (TS 33.180 B.6)."""
    assert domains.bring(domains.security_token(), client_id=None)["error"] == "invalid_client"
    assert domains.bring("", assertion=None)["error"] == "invalid_request"
