"""What is provisioned over HTTP, through klein, without a socket."""

import json
from typing import Any, cast

import pytest
from argon2 import PasswordHasher
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st
from treq.testing import StubTreq
from twisted.internet.defer import Deferred

from seal.errors import StoreUnavailable
from seal.idms.proving.users import hash_password
from seal.idms.provisioning.admin import STATUS, Admin
from seal.idms.provisioning.provisioning import Provisioner
from seal.idms.stores.store_memory import MemoryStore
from seal.requesters import Requester, Requesters
from seal.secrets import digest
from seal.threads import Busy
from valkit.tokens import SigningKey, jwks

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OPERATOR = "the operator's token"
PTT = "a VAL server's token"
ALICE = {"user_id": "alice", "val_user_id": "sip:alice@home.example", "password": "correct horse"}
SERVICE = {"val_service_id": "ptt", "identities": ["sip:alice@home.example"]}


@define
class Site:
    """An admin application and a client for it."""

    client: Any
    store: MemoryStore
    busy: list[bool] = field(factory=list)
    headers: Any = None
    """Of the last answer."""

    def asks(self, method: str, path: str, value: object = None, token: str | None = OPERATOR) -> tuple[int, Any]:
        """Give status and JSON of the answer."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        found: tuple[int, Any] = self.sends(method, path, body, headers)
        return found

    def sends(self, method: str, path: str, body: bytes, headers: dict[str, str], host: str = "127.0.0.1") -> Any:
        """Send a request as it is."""
        response = now(self.client.request(method, f"http://{host}:8062{path}", data=body, headers=headers))
        self.headers = response.headers
        return response.code, now(response.json())


def now(deferred: Deferred[Any]) -> Any:
    """Give the result of a Deferred that has one."""
    results: list[Any] = []
    deferred.addCallback(results.append)
    return results[0]


@pytest.fixture
def site() -> Site:
    """Give a site of which the operator and one VAL server have tokens."""
    return new_site()


def new_site() -> Site:
    """Make one, with an empty store."""
    store = MemoryStore()

    async def cheap(password: str, old_hash: str) -> str:
        if made.busy:
            raise Busy
        return hash_password(password, old_hash, CHEAP)

    known = (digest(OPERATOR), Requester("operator", operator=True)), (digest(PTT), Requester("ptt.example"))
    admin = Admin(Provisioner(store, cheap), Requesters(known))
    made = Site(cast(Any, StubTreq)(admin.app.resource()), store)
    return made


def test_a_val_server_provisions_its_service(site: Site) -> None:
    """Create, get, update, delete, each with its result (TS 23.434 12.3.4)."""
    site.asks("POST", "/users", ALICE)
    kept = {**SERVICE, "requester": "ptt.example"}
    assert site.asks("POST", "/val-services", {"services": [SERVICE]}, PTT) == (
        201,
        {"result": "success", "services": [kept]},
    )
    assert site.asks("GET", "/val-services", token=PTT) == (200, {"result": "success", "services": [kept]})
    assert site.asks("GET", "/users?id=alice")[1]["users"][0]["val_service_ids"] == ["ptt"]
    emptied = {"val_service_id": "ptt", "identities": [], "requester": "ptt.example"}
    assert site.asks("PUT", "/val-services", {"services": [{"val_service_id": "ptt"}]}, PTT)[1]["services"] == [emptied]
    assert site.asks("DELETE", "/val-services?id=ptt", token=PTT) == (200, {"result": "success"})
    assert site.asks("GET", "/val-services?id=ptt", token=PTT) == (
        404,
        {"result": "failure", "error": "there is no VAL service 'ptt'"},
    )


def test_users_are_provisioned_by_the_operator(site: Site) -> None:
    """Create, get, update, delete; whether there is a password is told, never which."""
    status, answer = site.asks("POST", "/users", ALICE)
    shown = {
        "user_id": "alice",
        "val_user_id": "sip:alice@home.example",
        "enabled": True,
        "val_service_ids": [],
        "partner": "",
        "password": True,
        "totp": False,
    }
    assert (status, answer) == (201, {"result": "success", "user": shown})
    changed = {**shown, "enabled": False, "val_service_ids": ["ptt"]}
    assert site.asks("PUT", "/users", {"user_id": "alice", "enabled": False, "val_service_ids": ["ptt"]}) == (
        200,
        {"result": "success", "user": changed},
    )
    assert site.asks("GET", "/users") == (200, {"result": "success", "users": [changed]})
    assert site.asks("GET", "/users?id=bob")[0] == 404
    assert site.asks("POST", "/users", ALICE) == (
        409,
        {"result": "failure", "error": "there is a user 'alice' already"},
    )
    assert site.asks("DELETE", "/users?id=alice")[0] == 200
    assert site.asks("DELETE", "/users?id=alice")[0] == 404


def test_clients_are_provisioned_by_the_operator(site: Site) -> None:
    """A secret goes in and never comes out."""
    secret = "a secret of sixteen or more"
    entry = {"client_id": "rp", "auth_method": "client_secret_basic", "secret": secret, "access_lifetime": "10m"}
    status, answer = site.asks("POST", "/clients", entry)
    assert (status, answer["client"]["access_lifetime"], answer["client"]["secret"]) == (201, 600.0, True)
    assert secret not in str(answer)
    assert digest(secret) not in str(answer)
    assert site.asks("PUT", "/clients", {"client_id": "rp", "name": "A server"})[1]["client"]["name"] == "A server"
    assert [each["client_id"] for each in site.asks("GET", "/clients")[1]["clients"]] == ["rp"]
    assert site.asks("DELETE", "/clients?id=rp")[0] == 200
    assert site.asks("GET", "/clients")[1]["clients"] == []


@pytest.mark.parametrize("path", ["/val-services", "/users", "/clients", "/partners"])
@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
def test_nobody_provisions_without_a_token(site: Site, method: str, path: str) -> None:
    """Nor reads (RFC 6750 3)."""
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": f"Basic {OPERATOR}"}):
        status, answer = site.sends(method, path, b"{}", headers)
        assert (status, answer["result"]) == (401, "failure")
        assert site.headers.getRawHeaders("WWW-Authenticate") == ['Bearer realm="val idms"']


@pytest.mark.parametrize("path", ["/users", "/clients", "/partners"])
@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
def test_a_val_server_may_not_touch_users(site: Site, method: str, path: str) -> None:
    """It maps them to its services, no more."""
    assert site.asks(method, path, {"user_id": "alice", "client_id": "a"}, PTT) == (
        403,
        {"result": "failure", "error": "users, clients and partners are provisioned by the operator"},
    )


@pytest.mark.parametrize(
    ("method", "path", "value", "error"),
    [
        ("POST", "/users", b"{", "the body is no JSON"),
        ("POST", "/users", b"[" * 60_000, "the body is no JSON"),
        ("POST", "/users", [], "expected a mapping"),
        ("POST", "/users", {"user_id": "alice", "passwort": "correct horse"}, "did you mean password?"),
        ("POST", "/users", {"user_id": "alice", "password": "short"}, "a password has 8 to 1024 characters"),
        ("POST", "/clients", {"client_id": "rp", "redirect_uris": ["http://rp.example"]}, "no safe redirect address"),
        ("POST", "/val-services", {"services": [{"identities": []}]}, "services[0].val_service_id: is missing"),
        ("DELETE", "/val-services", None, "id= is missing"),
        ("DELETE", "/users", None, "id= is missing"),
    ],
)
def test_what_is_wrong_is_told(site: Site, method: str, path: str, value: object, error: str) -> None:
    """With its place."""
    status, answer = site.asks(method, path, value)
    assert (status, answer["result"]) == (400, "failure")
    assert error in answer["error"]
    assert "correct horse" not in answer["error"]


def test_a_service_of_another_is_not_told(site: Site) -> None:
    """Nor are users that nobody is mapped."""
    site.asks("POST", "/val-services", {"services": [{"val_service_id": "video"}]})
    assert site.asks("DELETE", "/val-services?id=video", token=PTT)[0] == 403
    assert site.asks("GET", "/val-services", token=PTT)[1]["services"] == []
    assert site.asks("POST", "/val-services", {"services": [SERVICE]}, PTT)[0] == 409


def test_who_comes_too_often_is_told_to_wait(site: Site) -> None:
    """Hashing passwords has its bounds."""
    site.busy.append(True)
    assert site.asks("POST", "/users", ALICE) == (
        503,
        {"result": "failure", "error": "too many passwords wait to be hashed"},
    )
    assert STATUS[StoreUnavailable] == 503


def test_a_page_in_a_browser_may_not_ask(site: Site) -> None:
    """Under a name of its own that leads here."""
    assert site.sends("GET", "/users", b"", {"Authorization": f"Bearer {OPERATOR}"}, "evil.example")[0] == 421
    assert site.asks("GET", "/nothing")[0] == 404
    assert site.asks("PATCH", "/users")[0] == 405


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(["user_id", "client_id", "services", "password", "jwks", "redirect_uris", "totp_secret"])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["POST", "PUT"]),
    st.sampled_from(["/users", "/clients", "/val-services"]),
    st.dictionaries(FIELDS, JSON).map(lambda value: json.dumps(value).encode()) | st.binary(),
)
def test_whatever_is_sent_is_answered(method: str, path: str, body: bytes) -> None:
    """And never by a failure of ours."""
    status, answer = new_site().asks(method, path, body)
    assert status in {200, 201, 400, 404, 409}, answer
    assert answer["result"] == ("success" if status < 300 else "failure")


def test_partners_are_provisioned(site: Site) -> None:
    """Keys are public, so they are shown."""
    keys = json.loads(jwks(SigningKey.generate()))
    entry = {"issuer": "https://idms.home.example", "keys": keys, "guests": {"alice": "visitor"}}
    status, answer = site.asks("POST", "/partners", entry)
    assert (status, answer["partner"]["guests"], json.loads(answer["partner"]["keys"])) == (
        201,
        {"alice": "visitor"},
        keys,
    )
    assert site.asks("POST", "/partners", entry)[0] == 409
    changed = site.asks("PUT", "/partners", {"issuer": "https://idms.home.example", "pattern": "{subject}@home"})[1]
    assert (changed["partner"]["pattern"], changed["partner"]["guests"]) == ("{subject}@home", {"alice": "visitor"})
    assert [each["issuer"] for each in site.asks("GET", "/partners")[1]["partners"]] == ["https://idms.home.example"]
    assert site.asks("PUT", "/partners", {"issuer": "https://nobody.example"})[0] == 404
    status, answer = site.asks("PUT", "/partners", {"issuer": "https://idms.home.example", "keys": {"keys": []}})
    assert (status, "no key that verifies" in answer["error"]) == (400, True)
    assert site.asks("DELETE", "/partners?id=https://idms.home.example")[0] == 200
    assert site.asks("GET", "/partners")[1]["partners"] == []


AGREED = st.sampled_from(["keys", "guests", "pattern", "token_lifetime", "users", "guest_scopes", "guest_refresh"])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["POST", "PUT"]), st.dictionaries(AGREED, JSON))
def test_whatever_is_agreed_with_a_partner_is_answered(method: str, agreed: dict[str, object]) -> None:
    """Kept, or refused with a sentence."""
    body = json.dumps({"issuer": "https://idms.home.example", **agreed}).encode()
    status, answer = new_site().asks(method, "/partners", body)
    assert status in {201, 400, 404}, answer
    assert answer["result"] == ("success" if status < 300 else "failure")
