"""The operator's say: services disabled, identities revoked, durable and at once; and nobody else's."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from treq.client import HTTPClient
from twisted.web.client import Agent

from tests.seal.kms.parts import ALICE, Home, home, reactor
from valkit.keymanagement.resources import CertCache, KeyProv
from valkit.keymanagement.responses import KmsCertCache


def administered(folder: Path) -> dict[str, object]:
    """Give the settings of the admin API."""
    names = {"operator": True, "somebody": False}
    requesters = [
        {"name": name, "token_file": str(folder / f"{name}.token"), "operator": operator}
        for name, operator in names.items()
    ]
    return {"port": 0, "requesters": requesters}


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator]
async def kms(tmp_path: Path) -> AsyncIterator[Home]:
    """Give a server with an admin API."""
    at = await home(tmp_path, admin=administered(tmp_path))
    yield at
    await at.running.stop()


async def ask(
    kms: Home, method: str, path: str, entry: object = None, *, who: str = "operator", raw: bytes | None = None
) -> tuple[int, dict[str, Any]]:
    """Ask as somebody; gives status and answer."""
    token = (kms.folder / f"{who}.token").read_text().strip() if who else "x" * 20
    client: Any = HTTPClient(Agent(reactor))
    body = raw if raw is not None else None if entry is None else json.dumps(entry).encode()
    response = await client.request(
        method, f"{kms.running.addresses['admin']}{path}", data=body, headers={"Authorization": f"Bearer {token}"}
    )
    return response.code, await response.json()


async def test_a_service_is_disabled_and_enabled(kms: Home) -> None:
    """From the next request on."""
    service = {"val_service_id": "dispatch"}
    assert (await ask(kms, "PUT", "/services", service | {"enabled": False})) == (
        200,
        {"result": "success", "disabled": ["dispatch"], "revoked": [], "external": []},
    )
    assert (await kms.ask(KeyProv()))[0] == 403
    await ask(kms, "PUT", "/services", service | {"enabled": True})
    assert (await kms.ask(KeyProv()))[0] == 200
    assert [note.what for note in kms.notes if "entry" in note.fields] == ["service disabled", "service enabled"]


async def test_an_identity_is_revoked_and_restored(tmp_path: Path) -> None:
    """Over a restart; restored, its keys are as before."""
    first = await home(tmp_path, admin=administered(tmp_path))
    before = await first.key_sets()
    await ask(first, "PUT", "/identities", {"uri": ALICE, "revoked": True})
    await first.running.stop()
    second = await home(tmp_path, admin=administered(tmp_path))
    assert (await ask(second, "GET", "/state"))[1]["revoked"] == [ALICE]
    assert (await second.ask(KeyProv()))[0] == 403
    await ask(second, "PUT", "/identities", {"uri": ALICE, "revoked": False})
    assert await second.key_sets() == before
    await second.running.stop()


@pytest.mark.parametrize(("who", "status"), [("somebody", 403), ("", 401)])
async def test_it_is_the_operators_alone(kms: Home, who: str, status: int) -> None:
    """Who is not known is asked who it is (RFC 9110 15.5.2), and a requester that is no operator may not, nor read."""
    for method, path in (("GET", "/state"), ("PUT", "/services"), ("PUT", "/identities")):
        assert (await ask(kms, method, path, {}, who=who))[0] == status


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/services", b""),
        ("/services", b"\xff"),
        ("/services", b'{"val_service_id": "x"}'),
        ("/services", b'{"val_service_id": "", "enabled": true}'),
        ("/identities", b'{"uri": "a b", "revoked": true}'),
        ("/identities", b'{"uri": "alice", "revoked": "perhaps"}'),
        ("/identities", b'{"uri": "alice", "revoked": true, "more": 1}'),
        ("/certificates", b'{"certificate": "<x/>"}'),
        ("/certificates", b'{"certificate": "<!DOCTYPE x><x/>"}'),
    ],
)
async def test_what_cannot_be_read(kms: Home, path: str, raw: bytes) -> None:
    """400, and nothing is changed."""
    status, answer = await ask(kms, "PUT", path, raw=raw)
    assert (status, "error" in answer) == (400, True)
    assert (await ask(kms, "GET", "/state"))[1] == {"result": "success", "disabled": [], "revoked": [], "external": []}


async def test_what_is_not_durable_is_not_acknowledged(kms: Home) -> None:
    """503, and it holds for nobody."""
    (kms.folder / "vault" / "state.new").mkdir()
    status, _ = await ask(kms, "PUT", "/identities", {"uri": ALICE, "revoked": True})
    assert status == 503
    assert (await kms.ask(KeyProv()))[0] == 200


async def test_there_is_room_for_so_many(kms: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an operator's script could do by mistake is bounded."""
    monkeypatch.setattr("seal.kms.admin.MOST", 1)
    await ask(kms, "PUT", "/identities", {"uri": "a", "revoked": True})
    assert (await ask(kms, "PUT", "/identities", {"uri": "b", "revoked": True}))[0] == 507
    assert (await ask(kms, "PUT", "/identities", {"uri": "a", "revoked": True}))[0] == 200
    assert (await ask(kms, "PUT", "/identities", {"uri": "a", "revoked": False}))[0] == 200


async def test_certificates_of_other_domains(tmp_path: Path) -> None:
    """Taken while running, handed out from then on under another number, and kept; left again."""
    (tmp_path / "partner").mkdir()
    partner = await home(tmp_path / "partner", kms_uri="kms.partner.example", admin=administered(tmp_path / "partner"))
    theirs = (await ask(partner, "GET", "/certificate"))[1]["certificate"]
    await partner.running.stop()
    kms = await home(tmp_path, admin=administered(tmp_path))
    before = await kms.message(CertCache())
    assert (await ask(kms, "PUT", "/certificates", {"certificate": theirs}))[1]["external"] == ["kms.partner.example"]
    await kms.running.stop()
    kms = await home(tmp_path, admin=administered(tmp_path))
    after = await kms.message(CertCache())
    assert isinstance(before, KmsCertCache)
    assert isinstance(after, KmsCertCache)
    assert [each.kms_uri for each in after.certificates] == ["kms.partner.example"]
    assert after.number == before.number + 1
    own = (await ask(kms, "GET", "/certificate"))[1]["certificate"]
    assert (await ask(kms, "PUT", "/certificates", {"certificate": own}))[0] == 400
    assert (await ask(kms, "DELETE", "/certificates"))[0] == 400
    assert (await ask(kms, "DELETE", "/certificates?id=kms.partner.example"))[1]["external"] == []
    assert await kms.message(CertCache(after.number)) == KmsCertCache(after.number + 1, ())
    await kms.running.stop()


async def test_without_it_there_is_no_such_address(tmp_path: Path) -> None:
    """It is only where it is wished for."""
    at = await home(tmp_path)
    assert set(at.running.addresses) == {"kms"}
    await at.running.stop()
