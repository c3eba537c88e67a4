"""What operators ask and do, through klein, without a socket."""

import json
from typing import Any, cast

import pytest
from attrs import define, field
from treq.testing import StubTreq
from twisted.internet.defer import Deferred

from sipcore_stub.admin import Admin
from sipcore_stub.scscf.changes import Event
from tests.sipcore_stub.parts import IMPI, IMPU, WORK, Phone
from tests.sipcore_stub.scscf.test_registering import Office

JSON = {"Content-Type": "application/json"}


@define
class Site:
    """An admin application at a registrar, and a client for it."""

    office: Office = field(factory=Office)
    client: Any = field(init=False)

    def __attrs_post_init__(self) -> None:
        office = self.office
        app = Admin(office.hss, office.registrations, office.clock).app
        self.client = cast(Any, StubTreq)(app.resource())

    def asks(self, path: str) -> tuple[int, Any]:
        """Give status and JSON of the answer."""
        return self._answer("GET", path)

    def posts(self, path: str, body: object, headers: dict[str, str] = JSON) -> tuple[int, Any]:
        """Post something."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._answer("POST", path, data=data, headers=headers)

    def _answer(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        response = now(self.client.request(method, f"http://127.0.0.1:8061{path}", **more))
        return response.code, now(response.json())


def now(deferred: Deferred[Any]) -> Any:
    """Give the result of a Deferred that has one."""
    results: list[Any] = []
    deferred.addCallback(results.append)
    return results[0]


@pytest.fixture
def site() -> Site:
    """Give a core at which Alice is registered."""
    site = Site()
    site.office.registered(Phone(), 3600)
    return site


def test_who_is_registered(site: Site) -> None:
    """IMPI, the identities that may be told, and each contact with what is left of it."""
    site.office.clock.advance(600)
    contact = {"contact": "sip:alice@127.0.0.11:5060", "seconds": 3000, "path": []}
    shown = {"registrations": [{"impi": IMPI, "impus": [IMPU, WORK], "contacts": [contact]}]}
    assert site.asks("/registrations") == (200, shown)
    assert site.asks("/registrations?impu=sip:alice.work@home.example") == (200, shown)
    assert Site().asks("/registrations") == (200, {"registrations": []})


@pytest.mark.parametrize("event", ["deactivated", "rejected", "probation", "unregistered"])
def test_a_registration_is_ended(site: Site, event: str) -> None:
    """By any identity of its set; watchers and servers hear of it."""
    assert site.posts("/registrations/end", {"impu": WORK, "event": event, "retry_after": 30}) == (
        200,
        {"status": "ended"},
    )
    (contact,) = site.office.changed[-1].contacts
    assert (contact.event, contact.retry_after) == (Event(event), 30 if event == "probation" else None)
    assert site.office.told[-1].expires == 0
    assert site.posts("/registrations/end", {"impu": IMPU})[0] == 404


def test_a_registration_is_shortened(site: Site) -> None:
    """To so many seconds."""
    assert site.posts("/registrations/shorten", {"impu": IMPU, "seconds": 60}) == (200, {"status": "shortened"})
    assert site.asks("/registrations")[1]["registrations"][0]["contacts"][0]["seconds"] == 60
    assert Site().posts("/registrations/shorten", {"impu": IMPU, "seconds": 60})[0] == 404


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"no JSON", 400, "no JSON"),
        (b"[" * 100_000, 400, "no JSON"),
        ([], 400, "the body"),
        ({}, 400, "impu"),
        ({"impu": IMPU, "event": "forgotten"}, 400, "event"),
        ({"impu": IMPU, "why": "x"}, 400, "why"),
        ({"impu": "alice"}, 400, "no URI"),
        ({"impu": "sip:bob@home.example"}, 404, "nobody's"),
    ],
)
def test_what_cannot_be_done_is_said(site: Site, body: object, status: int, says: str) -> None:
    """And nothing happens."""
    code, told = site.posts("/registrations/end", body)
    assert (code, says in told["error"]) == (status, True)
    assert site.office.registrations.standing()


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}])
def test_no_page_of_a_browser_ends_a_registration(site: Site, headers: dict[str, str]) -> None:
    """A form or a script of another site cannot send JSON unasked; nor can it use a name that leads here."""
    assert site.posts("/registrations/end", {"impu": IMPU}, headers)[0] == 415
    assert site.posts("/registrations/end", {"impu": IMPU}, JSON | {"Host": "evil.example"})[0] in {403, 421}
    assert site.office.registrations.standing()
