"""The authorization request, as a value: what is refused, how, and to whom that is told."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from attrs import evolve

from seal.idms.browser.authorize import Asked, Redirected, is_registered, read
from seal.idms.errors import UntrustedRequest
from seal.idms.parameters import Parameters
from seal.idms.proving.methods import Password, PasswordAndCode
from seal.idms.records import Session
from seal.idms.settings import SCOPES
from seal.idms.stores.store_memory import MemoryStore
from tests.seal.idms.parts import ALICE, APP, BOB, NOBODYS, RETURN, asking

ISSUER = "https://127.0.0.3:8443"


async def yes(_hash: str, _password: str) -> bool:
    """Believe every password."""
    return True


METHODS = (Password(yes), PasswordAndCode(Password(yes), MemoryStore()))


def asked(**changes: str | None) -> Asked:
    """Read a request with these changes."""
    return read(Parameters(asking(**changes)), APP, ISSUER, SCOPES, METHODS)


def refused(*repeated: str, **changes: str | None) -> dict[str, str]:
    """Give what the client is told of a request with these changes."""
    with pytest.raises(Redirected) as told:
        read(Parameters(asking(**changes), frozenset(repeated)), APP, ISSUER, SCOPES, METHODS)
    return dict(parse_qsl(urlsplit(told.value.to.with_error(told.value.error)).query))


def test_a_request_of_the_profile_holds() -> None:
    """All eight parameters of TS 33.434 A.4.2.2."""
    request = asked()
    assert (request.scope, request.to.uri, request.method.acr) == (
        "openid 3gpp:seal:val_service",
        RETURN,
        "3gpp:acr:password",
    )


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "https://evil.example/",
        RETURN + "/",
        RETURN + "?x=1",
        RETURN + "#x",
        "HTTP://127.0.0.1/callback",
        "http://127.0.0.1:80:80/callback",
        "http://127.0.0.1@evil.example/callback",
        "http://evil@127.0.0.1/callback",
        "http://127.0.0.2:1/callback",
        "http://localhost/callback",
        "https://127.0.0.1/callback",
        "http://127.0.0.1:99999/callback",
        "http://[::1",
        "com.example.app:/return/",
    ],
)
def test_nobody_is_redirected_to_an_address_that_is_not_registered(uri: str | None) -> None:
    """To the letter (RFC 9700 4.1.3)."""
    with pytest.raises(UntrustedRequest):
        asked(redirect_uri=uri)


def test_nobody_is_redirected_for_an_unknown_client() -> None:
    """Nor when client or address are given twice."""
    with pytest.raises(UntrustedRequest):
        read(Parameters(asking()), None, ISSUER, SCOPES, METHODS)
    for name in ("client_id", "redirect_uri"):
        with pytest.raises(UntrustedRequest):
            read(Parameters(asking(), frozenset({name})), APP, ISSUER, SCOPES, METHODS)


@pytest.mark.parametrize("port", ["", ":1", ":65535"])
def test_a_loopback_port_may_be_any(port: str) -> None:
    """An app takes a free one (RFC 8252 7.3)."""
    assert asked(redirect_uri=f"http://127.0.0.1{port}/callback").to.uri.endswith("/callback")


def test_only_loopback_addresses_have_any_port() -> None:
    """Not names, and not https."""
    assert is_registered("http://[::1]:7/cb", ["http://[::1]/cb"])
    assert not is_registered("https://rp.example:444/cb", ["https://rp.example/cb"])
    assert not is_registered("http://rp.example:81/cb", ["http://rp.example/cb"])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "3gpp:seal:val_service"}, "invalid_scope"),
        ({"scope": "root"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "*" * 43}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "often"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"nonce": "n" * 2001}, "invalid_request"),
        ({"request": "ey"}, "request_not_supported"),
        ({"request_uri": "urn:x"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
def test_a_fault_is_told_to_the_client(changes: dict[str, str | None], error: str) -> None:
    """With its state, and who says so (RFC 9207)."""
    told = refused(**changes)
    assert (told["error"], told["state"], told["iss"]) == (error, "af0ifjsldkj", ISSUER)


def test_a_parameter_that_comes_twice_is_refused() -> None:
    """Of two values each side might take another; a state of two is none."""
    assert refused("scope")["error"] == "invalid_request"
    assert "state" not in refused("state")


def test_the_answer_keeps_the_query_of_the_registered_address() -> None:
    """To the letter."""
    client = evolve(APP, redirect_uris=("https://rp.example/cb?tenant=%C3%BC",))
    request = read(Parameters(asking(redirect_uri=client.redirect_uris[0])), client, ISSUER, SCOPES, METHODS)
    assert request.to.with_code("c").startswith("https://rp.example/cb?tenant=%C3%BC&code=c&state=")


def test_the_method_is_the_first_wished_for_that_is_known() -> None:
    """And the usual one when none is (a wish, not a demand)."""
    assert asked(acr_values="x val:acr:password-totp 3gpp:acr:password").method.amr == ("pwd", "otp")
    assert asked(acr_values="x y").method.amr == ("pwd",)


@pytest.mark.parametrize(
    ("changes", "acr", "enough"),
    [
        ({}, "3gpp:acr:password", True),
        ({"prompt": "none"}, "3gpp:acr:password", True),
        ({"prompt": "login"}, "3gpp:acr:password", False),
        ({"prompt": "consent"}, "3gpp:acr:password", False),
        ({"max_age": "100"}, "3gpp:acr:password", True),
        ({"max_age": "99"}, "3gpp:acr:password", False),
        ({"max_age": "0"}, "3gpp:acr:password", False),
        ({"acr_values": "val:acr:password-totp"}, "3gpp:acr:password", False),
        ({"acr_values": "val:acr:password-totp"}, "val:acr:password-totp", True),
        ({}, "val:acr:password-totp", True),
        ({}, "an:acr:of:old", False),
    ],
)
def test_when_a_log_in_from_before_is_enough(changes: dict[str, str | None], acr: str, enough: bool) -> None:
    """Of the age, the strength and the prompt that were asked for; it was 100 seconds ago."""
    session = Session("h", "alice", acr, 1_000.0, 9_999.0)
    assert asked(**changes).answered_by(session, METHODS, 1_100.0) is enough
    assert not asked(**changes).answered_by(None, METHODS, 1_100.0)


def hinted(claims: dict[str, object] | None) -> Asked:
    """Read a request with an ID token that says this."""
    return read(Parameters(asking(id_token_hint="e30.e30.e30")), APP, ISSUER, SCOPES, METHODS, claims)


def test_the_user_of_the_hint_it_must_be() -> None:
    """Who has logged in before, or does now (OpenID Connect Core 3.1.2.1, id_token_hint)."""
    request = hinted({"sub": "alice", "aud": "app"})
    session = Session("h", "alice", "3gpp:acr:password", 1_000.0, 9_999.0)
    assert request.answered_by(session, METHODS, 1_000.0)
    assert not request.answered_by(evolve(session, user_id="bob"), METHODS, 1_000.0)
    assert request.entitled(ALICE) is ALICE
    with pytest.raises(Redirected, match="login_required"):
        request.entitled(BOB)


def test_scopes_that_nobody_knows_are_passed_over() -> None:
    """As OpenID Connect Core 3.1.2.1 has it; those that are known must be the client's."""
    assert asked(scope="openid profile 3gpp:seal:val_service email openid").scope == "openid 3gpp:seal:val_service"
    client = evolve(APP, scopes=("openid",))
    with pytest.raises(Redirected, match="invalid_scope"):
        read(Parameters(asking()), client, ISSUER, SCOPES, METHODS)


@pytest.mark.parametrize("claims", [None, {"sub": "alice", "aud": "server"}])
def test_a_hint_must_be_the_clients_own(claims: dict[str, object] | None) -> None:
    """An ID token that we made, for it."""
    with pytest.raises(Redirected, match="invalid_request: id_token_hint"):
        hinted(claims)


@pytest.mark.parametrize("user", [None, evolve(ALICE, enabled=False), NOBODYS])
def test_no_code_for_users_who_can_have_no_token(user: object) -> None:
    """Gone, disabled, or without any VAL service (IDM-06)."""
    with pytest.raises(Redirected, match="access_denied"):
        asked().entitled(user)  # type: ignore[arg-type]  # one of the parameters is None
    assert asked().entitled(ALICE) is ALICE
