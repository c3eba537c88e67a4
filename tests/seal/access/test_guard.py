"""Who asks, over real TLS: tokens, assertions, and peers that nobody trusts to assert anything."""

import json
from pathlib import Path

import pytest

from seal.access.guard import Guard, policy
from seal.access.settings import AccessSettings
from seal.errors import CannotStart
from tests.seal.access.site import AUTHORITY, NOW, SCOPE, reactor, serve, settings, token
from valkit.net.https import HttpsClient
from valkit.net.tls import Tls
from valkit.tokens import SigningKey

PROXY = "proxy.home.example"
ASSERTED = {"X-3GPP-Asserted-Identity": '"sip:val@home.example"'}


async def asked(told: AccessSettings, headers: dict[str, str], tls: Tls | None = None) -> tuple[int, dict[str, object]]:
    """Give status and body of the answer."""
    scene = await serve(told)
    answer = await HttpsClient(reactor, tls or AUTHORITY.trusting()).get(scene.url, headers)
    await scene.close()
    if answer.status != 200:
        assert answer.header("WWW-Authenticate") or answer.status == 403
        return answer.status, {"cause": scene.notes[-1].fields["cause"]}
    assert scene.notes == []
    said: dict[str, object] = json.loads(answer.body)
    return 200, said


def bearer(text: str) -> dict[str, str]:
    """Give the header."""
    return {"Authorization": f"Bearer {text}"}


async def test_a_token_that_holds_says_who_asks(tmp_path: Path) -> None:
    """With the claims that the profiles do not know."""
    status, said = await asked(settings(tmp_path), bearer(token(SKeyProv="dispatch")))
    assert (status, said) == (200, {"user": "alice", "asserted": "", "keys": "dispatch"})


@pytest.mark.parametrize(
    ("text", "status", "cause"),
    [
        (token(audience="elsewhere"), 401, "wrong_audience"),
        (token(exp=NOW - 60), 401, "expired"),
        (token(exp=NOW - 60, scope="openid"), 401, "expired"),
        (token(scope="openid"), 403, "missing_scope"),
        (token(scope=f"{SCOPE}x"), 403, "missing_scope"),
        (token(key=SigningKey.generate("ES256")), 401, "unknown_kid"),
        (token(val_user_id=""), 401, "no_val_user"),
        (token(val_service_ids=[]), 401, "no_val_service"),
        (token()[:-4], 401, "malformed"),
        ("", 401, "malformed"),
    ],
)
async def test_a_token_that_does_not_hold_is_refused(tmp_path: Path, text: str, status: int, cause: str) -> None:
    """Scope is asked last, so that 403 is said only of a token that holds."""
    found, said = await asked(settings(tmp_path), bearer(text))
    assert (found, said["cause"]) == (status, cause) or (cause == "malformed" and said["cause"] == "bad_signature")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}])
async def test_who_brings_nothing_is_forbidden(tmp_path: Path, headers: dict[str, str]) -> None:
    """TS 24.547 A.2.3.1."""
    assert await asked(settings(tmp_path), headers) == (403, {"cause": "no_credentials"})


@pytest.mark.parametrize(
    ("more", "shown", "status"),
    [
        ({}, True, 403),
        ({"trusted_peers": ["127.0.0.0/8"]}, False, 200),
        ({"trusted_peers": ["192.0.2.0/24"]}, True, 403),
        ({"trusted_names": [PROXY]}, True, 200),
        ({"trusted_names": [PROXY.upper()]}, True, 200),
        ({"trusted_names": [PROXY]}, False, 403),
        ({"trusted_names": ["other.home.example"]}, True, 403),
        ({"trusted_names": [PROXY], "trusted_peers": ["127.0.0.0/8"]}, True, 200),
        ({"trusted_names": [PROXY], "trusted_peers": ["192.0.2.0/24"]}, True, 403),
        ({"trusted_names": [PROXY], "trusted_peers": ["127.0.0.0/8"]}, False, 403),
    ],
)
async def test_an_assertion_is_believed_from_a_proxy(
    tmp_path: Path, more: dict[str, object], shown: bool, status: int
) -> None:
    """Known by its address, by its certificate, or by both where both are asked."""
    told = settings(tmp_path, **more)
    found, said = await asked(told, ASSERTED, AUTHORITY.server(PROXY) if shown else None)
    assert found == status
    assert said in ({"user": "", "asserted": "sip:val@home.example", "keys": None}, {"cause": "untrusted_peer"})


async def test_what_is_asserted_must_be_one_identity(tmp_path: Path) -> None:
    """Even by a trusted proxy."""
    told = settings(tmp_path, trusted_peers=["127.0.0.0/8"])
    headers = {"X-3GPP-Asserted-Identity": "sip:a@x, sip:b@x"}
    assert await asked(told, headers) == (403, {"cause": "not_asserted"})


async def test_the_refusal_is_noted_with_its_path_and_not_its_token(tmp_path: Path) -> None:
    """For the log and the trace."""
    scene, wrong = await serve(settings(tmp_path)), token(scope="openid")
    answer = await HttpsClient(reactor, AUTHORITY.trusting()).get(f"{scene.url}?secret=1", bearer(wrong))
    await scene.close()
    (note,) = scene.notes
    assert (note.who, note.what, note.at) == ("skms", "access refused", NOW)
    assert note.fields == {"cause": "missing_scope", "status": "403", "path": "/who", "asker": "alice"}
    assert b"missing_scope" not in answer.body


def test_a_guard_without_keys_cannot_start(tmp_path: Path) -> None:
    """The sentence names the file."""
    told = settings(tmp_path)
    (tmp_path / "jwks.json").unlink()
    with pytest.raises(CannotStart, match=r"jwks\.json"):
        Guard.of(told, reactor, reactor, who="skms", scope=SCOPE)


def test_the_policy_asks_all_but_the_scope(tmp_path: Path) -> None:
    """As the settings have it."""
    asked_of_it = policy(settings(tmp_path).tokens)
    assert (asked_of_it.audience, asked_of_it.scope, asked_of_it.typ) == ("seal", "", "at+jwt")
