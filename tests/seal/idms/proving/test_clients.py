"""Client authentication: each method proves its own clients, and only one is used at a time."""

import json
from base64 import b64encode
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from seal.idms.errors import Code, OAuthError
from seal.idms.parameters import Parameters
from seal.idms.proving.clients import ASSERTION_TYPE, ClientAuthentication, claim
from seal.idms.records import Client
from seal.idms.stores.store_memory import MemoryStore
from seal.secrets import digest
from tests.seal.idms.parts import SECRET
from tests.support import result_of
from valkit.tokens import Grant, SigningKey, jwks, mint
from valkit.tokens.minting import sealed

NOW = 1_795_000_000.0
US = "https://127.0.0.3:8443"
KEY = SigningKey.generate("ES256")
CLIENTS = (
    Client("public"),
    Client("basic", auth_method="client_secret_basic", secret_hash=digest(SECRET)),
    Client("post", auth_method="client_secret_post", secret_hash=digest(SECRET)),
    Client("jwt", auth_method="private_key_jwt", jwks=jwks(KEY)),
    Client("bare", auth_method="client_secret_basic"),
    Client("keyless", auth_method="private_key_jwt"),
    Client("a b:c", auth_method="client_secret_basic", secret_hash=digest("p%+:q")),
)


def authentication(**changes: Any) -> ClientAuthentication:
    """Give the authentication, with all kinds of clients."""
    store = MemoryStore()
    for client in CLIENTS:
        assert result_of(store.add_client(client))
    return evolve(ClientAuthentication(store, (US, f"{US}/token")), **changes)


def basic(client_id: str, secret: str = SECRET) -> str:
    """Give an Authorization header."""
    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()


def assertion(key: SigningKey = KEY, **claims: Any) -> dict[str, str]:
    """Give the parameters of an assertion with these claims."""
    said: dict[str, object] = {"sub": "jwt", "val_user_id": None, "val_service_ids": None, "scope": None}
    grant = Grant("jwt", US, "", (), "j1", NOW, 60.0, extra=said | {"client_id": None} | claims)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": mint(key, grant)}


def proved(parameters: dict[str, str], header: str | None = None, at: ClientAuthentication | None = None) -> str | None:
    """Give the client that is proved, or None."""
    try:
        return str(result_of((at or authentication()).client(Parameters(parameters), header, NOW)).client_id)
    except OAuthError as error:
        return None if error.code is Code.INVALID_CLIENT else str(error)


def test_each_method_proves_its_clients() -> None:
    """None, the two with a secret, and the one with a key."""
    assert proved({"client_id": "public"}) == "public"
    assert proved({}, basic("basic")) == "basic"
    assert proved({"client_id": "post", "client_secret": SECRET}) == "post"
    assert proved(assertion()) == "jwt"


def test_names_and_secrets_of_any_characters() -> None:
    """They are form-encoded before they are put together (RFC 6749 2.3.1)."""
    assert proved({}, basic("a+b%3Ac", "p%25%2B%3Aq")) == "a b:c"


@pytest.mark.parametrize(
    ("parameters", "header"),
    [
        ({}, None),
        ({"client_id": "basic"}, None),
        ({"client_id": "jwt"}, None),
        ({"client_id": "basic", "client_secret": SECRET}, None),
        ({}, basic("post")),
        ({}, basic("basic", "wrong")),
        ({}, basic("basic", "")),
        ({}, basic("public", "")),
        ({}, basic("bare", "")),
        ({}, basic("bare", "None")),
        ({}, basic("nobody")),
        ({"client_id": "post"}, basic("basic")),
        ({}, "Basic ???"),
        ({}, "Basic " + b64encode(b"\xff\xfe:").decode()),
        ({}, "Basic " + b64encode(b"basic").decode()),
        ({}, "Bearer x"),
        ({}, ""),
    ],
)
def test_nobody_else_is_proved(parameters: dict[str, str], header: str | None) -> None:
    """Not by another method than the client's own, and not by nothing."""
    assert proved(parameters, header) is None


def test_one_way_at_a_time() -> None:
    """RFC 6749 2.3."""
    with pytest.raises(OAuthError, match="invalid_request"):
        claim(Parameters({"client_id": "post", "client_secret": SECRET}), basic("basic"))


def test_public_clients_are_a_matter_of_policy() -> None:
    """They may be left outside."""
    assert proved({"client_id": "public"}, at=authentication(public_clients=False)) is None


def test_who_must_be_confidential_must() -> None:
    """Anybody could say that it is a public client."""
    with pytest.raises(OAuthError):
        result_of(authentication().confidential(Parameters({"client_id": "public"}), None, NOW))
    assert result_of(authentication().confidential(Parameters({}), basic("basic"), NOW)).client_id == "basic"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "basic"},
        {"sub": "basic"},
        {"sub": None},
        {"sub": ["jwt"]},
        {"aud": "https://evil.example"},
        {"aud": None},
        {"exp": None},
        {"exp": int(NOW) - 60},
        {"exp": int(NOW) + 7200},
        {"exp": "soon"},
        {"nbf": int(NOW) + 60},
        {"jti": None},
        {"jti": ["j"]},
    ],
)
def test_an_assertion_that_says_something_else_is_refused(claims: dict[str, Any]) -> None:
    """RFC 7523 3."""
    assert proved(assertion(**claims)) is None


def test_an_assertion_is_taken_once() -> None:
    """Its jti is remembered."""
    at, once = authentication(), assertion()
    assert [proved(once, at=at), proved(once, at=at), proved(assertion(jti="j2"), at=at)] == ["jwt", None, "jwt"]


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "ey.ey.ey", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqd3QifQ."])
def test_what_is_no_assertion_proves_nothing(text: str) -> None:
    """Not even one without a signature."""
    assert proved({"client_assertion_type": ASSERTION_TYPE, "client_assertion": text} if text else {}) is None


def test_the_assertion_is_signed_with_the_clients_key() -> None:
    """Not with another, and not of a client that has none; the kind of assertion is said."""
    assert proved(assertion(SigningKey.generate("ES256"))) is None
    assert proved(assertion(sub="keyless", iss="keyless")) is None
    assert proved(assertion() | {"client_assertion_type": "x"}) is None
    assert proved(assertion(aud=[f"{US}/token", "other"])) == "jwt"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just(US),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
ODD_CLAIMS = st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]), ODD, max_size=4)


@given(ODD_CLAIMS)
def test_whatever_a_client_signs_is_survived(changes: dict[str, object]) -> None:
    """It proves the client or it does not."""
    claims = {"iss": "jwt", "sub": "jwt", "aud": US, "exp": NOW + 60, "iat": NOW, "jti": "j1"} | changes
    header = {"alg": KEY.algorithm, "kid": KEY.kid}
    signed = sealed(KEY, json.dumps(header).encode(), json.dumps(claims).encode())
    assert proved({"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}) in {"jwt", None}
