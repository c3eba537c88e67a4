"""What operators ask, through klein, without a socket."""

from pathlib import Path
from typing import Any, cast

import pytest
from attrs import define, field
from treq.testing import StubTreq
from twisted.internet.defer import Deferred

from tests.valserver.parts import ALICE, AUDIENCE, ISSUER, KEY, Server, register, token
from valkit.net.trust.issuers import FileKeys, Issuers, Trusted
from valkit.net.trust.key_file import KeyFile
from valkit.tokens import KeySet, TokenPolicy, Verifier, jwks
from valserver import admin as module
from valserver.admin import Admin
from valserver.issuers import Trust
from valserver.watching.events import EventLog


@define
class Site:
    """An admin application and a client for it."""

    keys: Path
    server: Server = field(factory=Server)
    events: EventLog = field(factory=lambda: EventLog("e"))
    client: Any = field(init=False)

    def __attrs_post_init__(self) -> None:
        verifier = Verifier(TokenPolicy(ISSUER, AUDIENCE), KeySet())
        keys = FileKeys(KeyFile(self.keys, verifier.trust), self.server.clock, 5.0)
        trust = Trust({"": Issuers([Trusted(verifier, keys)])})
        app = Admin(self.server.ledger, self.events, trust, self.server.clock).app
        self.client = cast(Any, StubTreq)(app.resource())

    def asks(self, path: str, method: str = "GET") -> tuple[int, Any]:
        """Give status and JSON of the answer."""
        response = now(self.client.request(method, f"http://127.0.0.1:8060{path}"))
        return response.code, now(response.json())


def now(deferred: Deferred[Any]) -> Any:
    """Give the result of a Deferred that has one."""
    results: list[Any] = []
    deferred.addCallback(results.append)
    return results[0]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Give a site where alice and bob are bound and carol is only registered."""
    path = tmp_path / "keys.json"
    path.write_text(jwks(KEY))
    site = Site(path)
    site.server.asked(register(token("alice", "dispatch")))
    site.server.asked(register(token("bob", jti="b"), impu="sip:bob@home.example", Call_ID="c2"))
    site.server.asked(register(impu="sip:carol@home.example", Call_ID="c3"))
    return site


def impus(answer: tuple[int, Any]) -> list[str]:
    """Give the IMPUs in an answer."""
    assert answer[0] == 200
    return [binding["impu"] for binding in answer[1]["bindings"]]


def test_bindings_are_shown(site: Site) -> None:
    """Those bound, with all there is to a binding; not who is only registered."""
    status, body = site.asks("/bindings")
    assert (status, body["more"]) == (200, False)
    assert impus((status, body)) == [ALICE, "sip:bob@home.example"]
    binding = body["bindings"][0]
    assert (binding["val_user_id"], binding["val_service_ids"]) == ("alice", ["dispatch"])


def test_bindings_are_narrowed(site: Site) -> None:
    """By IMPU in any spelling, by user, by both."""
    assert impus(site.asks("/bindings?impu=sip:alice@HOME.example")) == [ALICE]
    assert impus(site.asks("/bindings?user=bob")) == ["sip:bob@home.example"]
    assert impus(site.asks("/bindings?impu=sip:alice@home.example&user=bob")) == []
    assert impus(site.asks("/bindings?impu=sip:carol@home.example")) == []


def test_bindings_are_bounded(site: Site) -> None:
    """And the answer says that there are more."""
    status, body = site.asks("/bindings?limit=1")
    assert (status, len(body["bindings"]), body["more"]) == (200, 1, True)


@pytest.mark.parametrize("query", ["limit=many", "limit=-1", "limit=9999999999", "impu=nobody"])
def test_a_wrong_question_is_told_so(site: Site, query: str) -> None:
    """400 with a sentence."""
    status, body = site.asks(f"/bindings?{query}")
    assert status == 400
    assert body["error"]


def test_health_and_readiness(site: Site) -> None:
    """Both well."""
    assert site.asks("/health") == (200, {"status": "alive"})
    assert site.asks("/ready") == (200, {"ready": True, "faults": []})


def test_a_store_that_cannot_write_is_not_ready(site: Site) -> None:
    """503; but the process is alive."""
    store: Any = site.server.store
    store.writable = False
    status, body = site.asks("/ready")
    assert (status, body["ready"], len(body["faults"])) == (503, False, 1)
    assert site.asks("/health")[0] == 200


def test_keys_are_read_again(site: Site) -> None:
    """A file that cannot be used is told at once and with readiness, which it does not end."""
    assert site.asks("/keys/reload", "POST") == (200, {"status": "reloaded"})
    site.keys.write_text("{")
    status, body = site.asks("/keys/reload", "POST")
    assert (status, "stay in use" in body["error"]) == (409, True)
    status, body = site.asks("/ready")
    assert (status, body["ready"], len(body["faults"])) == (200, True, 1)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/keys/reload", 405)])
def test_other_paths_and_methods_are_not_there(site: Site, method: str, path: str, status: int) -> None:
    """With the error as JSON."""
    assert site.asks(path, method)[0] == status


def test_only_so_many_follow_the_events(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is too many is told so; where one goes another may come."""
    monkeypatch.setattr(module, "FOLLOWERS", 1)
    following = now(site.client.get("http://127.0.0.1/events"))
    assert following.code == 200
    assert site.asks("/events")[0] == 503
