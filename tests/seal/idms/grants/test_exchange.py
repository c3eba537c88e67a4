"""Token exchange: an access token of ours becomes a security token for one partner, and nothing else does."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from seal.idms.grants.assertion import NAME as JWT_BEARER
from seal.idms.grants.exchange import ACCESS_TOKEN, JWT
from seal.idms.records import Partner
from seal.idms.tokens.issuing import SECURITY_TOKEN
from seal.idms.tokens.signed import unverified_header
from tests.seal.idms.domains import AWAY, HOME, NOW, Domains
from tests.seal.idms.parts import APP, NOBODYS, claims
from tests.support import result_of
from valkit.tokens import SigningKey, jwks

THIRD = "https://idms.third.example"
KEY = SigningKey.generate()


@pytest.fixture
def domains(tmp_path: Path) -> Domains:
    """Give two domains."""
    return Domains(tmp_path)


def test_a_security_token_says_who_the_user_is_to_one_partner(domains: Domains) -> None:
    """Claims as in TS 33.180 B.8, the answer as in RFC 8693 2.2.1."""
    answer = domains.exchange()
    token = str(answer.pop("access_token")) if isinstance(answer, dict) else ""
    assert answer == {"issued_token_type": JWT, "token_type": "N_A", "expires_in": 60}
    said = claims(token)
    assert said.pop("jti")
    assert said == {"iss": HOME, "sub": "alice", "aud": ["app", AWAY], "exp": NOW + 60, "iat": NOW}
    assert unverified_header(token)["typ"] == SECURITY_TOKEN
    assert domains.home.told[-1][0] == "security token issued"


def test_each_has_a_name_of_its_own(domains: Domains) -> None:
    """So that it can be seen that one comes again."""
    assert claims(domains.security_token())["jti"] != claims(domains.security_token())["jti"]


def test_audience_may_name_the_partner_as_well(domains: Domains) -> None:
    """RFC 8693 has two parameters for it; both may be there if they agree."""
    assert "access_token" in domains.exchange(resource=None, audience=AWAY)
    assert "access_token" in domains.exchange(audience=AWAY)
    assert "access_token" in domains.exchange(requested_token_type=None)


def test_it_lives_as_long_as_the_partners_entry_says_and_no_longer_than_what_it_was_given_for(domains: Domains) -> None:
    """IDM-09: the lifetime is configured."""
    domains.home.change_partner(AWAY, token_lifetime=17.0)
    assert domains.exchange()["expires_in"] == 17
    short = domains.home.access_token(lifetime=5.0)
    assert domains.exchange(subject_token=short)["expires_in"] == 5


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"resource": None}, "invalid_request"),
        ({"resource": "https://nobody.example"}, "invalid_target"),
        ({"audience": "https://nobody.example"}, "invalid_target"),
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token": "nonsense"}, "invalid_request"),
        ({"subject_token_type": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request"),
        ({"requested_token_type": ACCESS_TOKEN}, "invalid_request"),
        ({"actor_token": "x", "actor_token_type": JWT}, "invalid_request"),
        ({"scope": "3gpp:seal:val_service"}, "invalid_scope"),
        ({"client_id": "nobody"}, "invalid_client"),
    ],
)
def test_whatever_else_is_asked_is_refused(domains: Domains, form: dict[str, Any], error: str) -> None:
    """With the error that RFC 8693 2.2.2 has for it."""
    assert domains.exchange(**form)["error"] == error


def test_one_token_is_for_one_partner(domains: Domains) -> None:
    """Several are asked for one after the other (DOM-06)."""
    form: dict[str, Any] = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "resource": AWAY}
    token = domains.home.access_token()
    more: dict[str, Any] = {"subject_token": token, "subject_token_type": ACCESS_TOKEN}
    assert domains.home.ask(repeated=frozenset({"resource"}), **form, **more)["error"] == "invalid_target"
    assert domains.home.ask(repeated=frozenset({"subject_token"}), **form, **more)["error"] == "invalid_request"


def test_an_access_token_is_the_clients_that_got_it(domains: Domains) -> None:
    """Whoever found it can do nothing with it here."""
    result_of(domains.home.store.add_client(evolve(APP, client_id="kiosk")))
    answer = domains.exchange(client_id="kiosk")
    assert (answer["error"], "another client" in answer["error_description"]) == ("invalid_request", True)


def test_what_has_ended_is_exchanged_no_more(domains: Domains) -> None:
    """By time, by revocation of the token or of all that came of the log-in."""
    store = domains.home.store
    assert domains.exchange(NOW + 300, subject_token=domains.home.access_token())["error"] == "invalid_request"
    token = domains.home.access_token(family="f2")
    result_of(store.revoke_access(claims(token)["jti"], NOW))
    assert domains.exchange(subject_token=token)["error"] == "invalid_request"
    other = domains.home.access_token(family="f2")
    assert "access_token" in domains.exchange(subject_token=other)
    result_of(store.revoke_family("f2", NOW))
    assert domains.exchange(subject_token=other)["error"] == "invalid_request"


def test_an_account_that_is_not_in_order_goes_nowhere(domains: Domains) -> None:
    """Though its access token would still be believed by a VAL server."""
    token = domains.home.access_token()
    domains.home.change_user("alice", enabled=False)
    assert domains.exchange(subject_token=token)["error"] == "invalid_request"
    assert domains.exchange(subject_token=domains.home.access_token(user=NOBODYS))["error"] == "invalid_request"


@pytest.mark.parametrize("account", ["alice", "zoe@third"])
def test_a_guest_is_not_vouched_for(domains: Domains, account: str) -> None:
    """Only its own domain can: no chain leads through a third, also where the table names a user of ours."""
    home = domains.home
    third = Partner(THIRD, keys=jwks(KEY), guests={"zed": "alice"}, pattern="{subject}@third", guest_services=("x",))
    result_of(home.store.add_partner(third))
    subject = {"alice": "zed", "zoe@third": "zoe"}[account]
    token = domains.forged(KEY, iss=THIRD, sub=subject, aud=["app", HOME])
    given = home.ask(grant_type=JWT_BEARER, assertion=token)
    assert claims(str(given["access_token"]))["sub"] == account
    answer = domains.exchange(subject_token=given["access_token"])
    assert (answer["error"], "guest" in answer["error_description"]) == ("invalid_request", True)
    result_of(home.store.change_partner(THIRD, lambda partner: evolve(partner, guest_refresh=True)))
    token = domains.forged(KEY, iss=THIRD, sub=subject, aud=["app", HOME])
    refresh = home.ask(grant_type=JWT_BEARER, assertion=token)["refresh_token"]
    given = home.ask(grant_type="refresh_token", refresh_token=refresh)
    assert "guest" in domains.exchange(subject_token=given["access_token"])["error_description"]
    assert "access_token" in domains.exchange(subject_token=home.access_token())


def test_an_account_of_another_domain_is_not_vouched_for(domains: Domains) -> None:
    """However somebody has logged in to it."""
    token = domains.home.access_token()
    domains.home.change_user("alice", partner=THIRD)
    assert "guest" in domains.exchange(subject_token=token)["error_description"]


@pytest.mark.parametrize(
    ("policy", "error"),
    [
        ({"clients": ("server",)}, "invalid_target"),
        ({"users": ("bob",)}, "invalid_target"),
        ({"needs": ("3gpp:seal:migration_service",)}, "invalid_request"),
        ({"token_lifetime": 0.0}, "invalid_target"),
    ],
)
def test_who_may_go_is_agreed_with_each_partner(domains: Domains, policy: dict[str, Any], error: str) -> None:
    """By client, by user, by scope; or nobody."""
    domains.home.change_partner(AWAY, **policy)
    assert domains.exchange()["error"] == error


def test_who_is_named_may_go(domains: Domains) -> None:
    """The other side of the same policy."""
    domains.home.change_partner(AWAY, clients=("app",), users=("alice",), needs=("3gpp:seal:val_service",))
    assert "access_token" in domains.exchange()


def test_a_partners_token_is_nothing_here(domains: Domains) -> None:
    """Neither its access tokens nor security tokens are ours."""
    assert domains.exchange(subject_token=domains.away.access_token())["error"] == "invalid_request"
    assert domains.exchange(subject_token=domains.security_token())["error"] == "invalid_request"
