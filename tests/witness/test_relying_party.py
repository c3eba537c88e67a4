"""A relying party that we did not write, and whose makers had it certified, is served over TLS by `val idms`.

idpyoidc discovers, asks, verifies, refreshes, revokes and asks about tokens as it sees fit; only the person at the form
is played here.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptojwt import KeyJar
from idpyoidc.client.exception import OidcServiceError
from idpyoidc.client.oauth2.stand_alone_client import StandAloneClient
from idpyoidc.client.rp_handler import RPHandler

from tests.witness.identity import PASSWORD, RETURN, SECRET, SIGNED_OUT, Idms, Person, idms

SERVICES = {
    name: {"class": f"idpyoidc.client.{path}"}
    for name, path in {
        "discovery": "oidc.provider_info_discovery.ProviderInfoDiscovery",
        "registration": "oidc.registration.Registration",
        "authorization": "oidc.authorization.Authorization",
        "accesstoken": "oidc.access_token.AccessToken",
        "refresh_token": "oidc.refresh_access_token.RefreshAccessToken",
        "userinfo": "oidc.userinfo.UserInfo",
        "token_revocation": "oauth2.token_revocation.TokenRevocation",
        "introspection": "oauth2.introspection.Introspection",
        "end_session": "oidc.end_session.EndSession",
    }.items()
}
PKCE = {
    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
}
BASIC = "client_secret_basic"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Idms]:
    """Run a server for the tests of this module."""
    with idms(tmp_path_factory.mktemp("idms")) as running:
        yield running


@pytest.fixture
def party(server: Idms) -> Any:
    """Give a relying party that has read the discovery document and the keys."""
    told = {
        "client_type": "oidc",
        "issuer": server.token,
        "client_id": "foreign",
        "client_secret": SECRET,
        "redirect_uris": [RETURN],
        "post_logout_redirect_uris": [SIGNED_OUT],
        "response_types": ["code"],
        "client_authn_methods": [BASIC, "bearer_header"],
        "add_ons": {"pkce": PKCE},
    }
    handler = RPHandler(
        base_url=RETURN.rpartition("/")[0],
        client_configs={server.token: told},
        services=SERVICES,
        keyjar=KeyJar(),  # else it makes keys of its own, in files
        httpc_params={"verify": str(server.authority)},
    )
    return handler.client_setup(server.token)


def begin(party: Any, **asked: Any) -> str:
    """Let the relying party make an authorization request; the scopes of TS 33.434 with it."""
    return str(party.init_authorization(req_args={"scope": ["openid", "3gpp:seal:val_service"], **asked}))


def sign_in(party: Any, server: Idms) -> Any:
    """Let alice sign in; gives what the relying party makes of it."""
    done = party.finalize(Person(server).sign_in(begin(party), "alice", PASSWORD))
    assert "error" not in done, done
    return done


def kept(party: Any, state: str) -> dict[str, Any]:
    """Give what the relying party knows of a log-in."""
    return dict(party.get_context().cstate.get(state))


def is_active(party: Any, token: str) -> bool:
    """Let the relying party ask about a token (RFC 7662)."""
    return bool(party.do_request("introspection", request_args={"token": token}, authn_method=BASIC)["active"])


def test_it_signs_somebody_in(server: Idms, party: StandAloneClient) -> None:
    """Code flow with PKCE, nonce and log-in form; ID token and userinfo are believed, and name the VAL services."""
    url = begin(party, scope=["openid", "profile", "email", "3gpp:seal:val_service"])
    assert "code_challenge_method=S256" in url
    assert "nonce=" in url
    done = party.finalize(Person(server).sign_in(url, "alice", PASSWORD))
    for told in (done["id_token"], done["userinfo"]):
        assert (told["sub"], told["val_user_id"], told["val_service_ids"]) == (
            "alice",
            "alice",
            ["dispatch", "telemetry"],
        )
    assert (done["id_token"]["acr"], done["id_token"]["amr"]) == ("3gpp:acr:password", ["pwd"])


def test_it_is_told_why_nobody_was_signed_in(server: Idms, party: StandAloneClient) -> None:
    """prompt=none and nobody is: an error that it understands."""
    answer = Person(server).ask(begin(party, prompt="none")).leads
    assert party.finalize(answer)["error"] == "login_required"


def test_a_wrong_password_leads_nowhere(server: Idms, party: StandAloneClient) -> None:
    """The person stays at the form."""
    with pytest.raises(AssertionError, match="not accepted"):
        Person(server).sign_in(begin(party), "bob", "wrong horse battery")


def test_it_refreshes_and_each_refresh_token_holds_once(server: Idms, party: StandAloneClient) -> None:
    """A new pair each time; who brings an old one again has stolen it, or was stolen from, and all of it ends."""
    state = sign_in(party, server)["state"]
    first = kept(party, state)
    second = party.refresh_access_token(state)
    assert second["refresh_token"] != first["refresh_token"]
    third = party.refresh_access_token(state)
    assert len({each["access_token"] for each in (first, second, third)}) == 3
    assert is_active(party, third["access_token"])
    party.get_context().cstate.update(state, {"refresh_token": first["refresh_token"]})
    with pytest.raises(OidcServiceError, match="invalid_grant"):
        party.refresh_access_token(state)
    assert not is_active(party, third["access_token"])


def test_it_revokes_what_it_no_longer_needs(server: Idms, party: StandAloneClient) -> None:
    """With the refresh token all of the log-in ends, at userinfo too."""
    done = sign_in(party, server)
    assert is_active(party, done["token"])
    service = party.get_service("token_revocation")
    asked = {"token": kept(party, done["state"])["refresh_token"]}
    told = service.get_request_parameters(request_args=asked, authn_method=BASIC)
    sent = {"url": told["url"], "method": "POST", "data": told["body"], "headers": told["headers"]}
    # it would have a body to read, where the status says it all (RFC 7009 2.2)
    assert party.httpc(**sent, **party.httpc_params).status_code == 200
    assert not is_active(party, done["token"])
    with pytest.raises(OidcServiceError, match="invalid_token"):
        party.get_user_info(done["state"])


def test_it_signs_somebody_out(server: Idms, party: StandAloneClient) -> None:
    """With the ID token as a hint, back to where it wants, with its state; then there is a form again."""
    person = Person(server)
    done = party.finalize(person.sign_in(begin(party), "alice", PASSWORD))
    again = begin(party, prompt="none", id_token_hint=kept(party, done["state"])["id_token"])
    assert "code" in person.ask(again).leads
    leaving = party.logout(done["state"])["url"]
    location = person.ask(leaving).location
    assert location is not None
    assert location.startswith(f"{SIGNED_OUT}?state=")
    assert person.ask(begin(party, prompt="none")).leads["error"] == "login_required"
