from json import dumps

import pytest
from attrs import evolve

from harness.errors import Unmet
from harness.expect.http import NoHttp, SpokeOften, expect_http, expect_no_http
from harness.expect.order import Order, expect_order
from harness.grammar.captured import Captured
from harness.seen.claims import without_signature
from harness.seen.disclosure import Hidden
from tests.harness.scenes import TOKEN, asked, log_in, replied
from tests.harness.staging import stage

TOKEN_PATH = "/token"


@pytest.mark.parametrize(
    "told",
    [
        "/authorize",
        {"from": "alice", "to": "idms", "method": "POST", "path": "/login", "fields": {"username": "alice"}},
        {"from": "idms", "to": "ue", "path": TOKEN_PATH, "status": "2xx", "fields": {"id_token": None}},
        {"path": TOKEN_PATH, "status": 200, "without": ["refresh_token"], "count": 1},
        {"path": "/login", "fields": {"username": {"matches": "ali.*"}, "otp": {"present": "no"}}},
    ],
)
async def test_an_http_message_that_was_sent_is_fine(told: object) -> None:
    """By its path, its ends, its method, its status and what it says."""
    await expect_http(stage(*log_in()), SpokeOften.model_validate(told))


@pytest.mark.parametrize(
    "told",
    [
        "/jwks",
        {"path": "/login", "from": "idms"},
        {"path": TOKEN_PATH, "status": 400},
        {"path": "/login", "fields": {"username": "bob"}},
        {"path": "/login", "fields": {"otp": None}},
        {"path": "/login", "without": ["password"]},
        {"path": "/login", "count": 2},
    ],
)
async def test_another_is_not_it(told: object) -> None:
    """And where none is wanted, that is fine."""
    scene = stage(*log_in())
    with pytest.raises(Unmet):
        await expect_http(scene, SpokeOften.model_validate(told))
    if not (isinstance(told, dict) and "count" in told):
        await expect_no_http(scene, NoHttp.model_validate(told))


async def test_what_was_sent_instead_is_told() -> None:
    """One on the same way with what it says otherwise, or all there were."""
    call = asked("POST", TOKEN_PATH)
    scene = stage(call, replied(call, 400, error="invalid_grant"))
    other = SpokeOften.model_validate({"path": TOKEN_PATH, "status": 400, "fields": {"error": "invalid_request"}})
    with pytest.raises(Unmet, match="got one with error invalid_grant"):
        await expect_http(scene, other)
    granted = SpokeOften.model_validate({"path": TOKEN_PATH, "status": 200, "fields": {"access_token": None}})
    with pytest.raises(Unmet, match="got one with status 400, no access_token"):
        await expect_http(scene, granted)
    with pytest.raises(Unmet, match="got one with path /token"):
        await expect_http(scene, SpokeOften.model_validate({"path": "/tokne", "method": "POST"}))
    with pytest.raises(Unmet, match="only POST /token from alice to idms; 400 Bad Request from idms to alice"):
        await expect_http(scene, SpokeOften.model_validate({"path": "/jwks", "method": "GET"}))


async def test_claims_are_those_of_a_token_in_it() -> None:
    """Wherever it stands; header and claims are all that is kept of it."""
    parts = dumps(without_signature(TOKEN))
    scene = stage(evolve(asked("GET", "/keys"), tokens={"Authorization": parts}), asked("GET", "/none"))
    await expect_http(scene, SpokeOften.model_validate({"path": "/keys", "claims": {"val_user_id": "alice"}}))
    for path, said in (("/keys", "one with claim val_user_id: alice"), ("/none", "one with no token")):
        with pytest.raises(Unmet, match=f"with claim val_user_id: bob, got {said}"):
            await expect_http(scene, SpokeOften.model_validate({"path": path, "claims": {"val_user_id": "bob"}}))


async def test_values_are_captured_of_the_first_that_fits() -> None:
    """One that lacks them is not the one meant."""
    call = asked("POST", TOKEN_PATH)
    scene = stage(replied(call, 200), replied(call, 200, expires_in="60"), replied(call, 200, expires_in="90"))
    told = {"path": TOKEN_PATH, "status": 200, "capture": {"lasts": "expires_in"}}
    await expect_http(scene, SpokeOften.model_validate(told))
    assert scene.captured == {"lasts": Captured("60")}
    with pytest.raises(Unmet, match="with error to capture, got one with no error"):
        await expect_http(scene, SpokeOften.model_validate(told | {"capture": {"x": "error"}}))


async def test_the_one_that_is_most_like_it_is_told() -> None:
    """Whichever came first."""
    scene = stage(asked("GET", "/a"), asked("GET", "/a", b="1", c="2"))
    with pytest.raises(Unmet, match="got one with c 2"):
        await expect_http(scene, SpokeOften.model_validate({"path": "/a", "fields": {"b": "1", "c": "3"}}))


async def test_one_that_was_sent_is_not_none() -> None:
    """expect.no_http fails then, and shows it."""
    with pytest.raises(Unmet, match="no HTTP request /login"):
        await expect_no_http(stage(*log_in()), NoHttp.model_validate("/login"))


async def test_it_has_its_place_among_what_happened() -> None:
    """expect.order knows it as well."""
    right = [{"http": "/authorize"}, {"event": {"what": "logged in", "by": "idms"}}, {"http": TOKEN_PATH}]
    await expect_order(stage(*log_in()), Order.model_validate(right))
    with pytest.raises(Unmet):
        await expect_order(stage(*log_in()), Order.model_validate(right[::-1]))


async def test_json_is_asked_member_by_member() -> None:
    """What stands within another, in a list, as a number or as a text, or not at all."""
    call = asked("POST", TOKEN_PATH)
    document = {"expires_in": 300, "act": {"sub": "alice"}, "pin": Hidden("s3cr3t")}
    scene = stage(evolve(replied(call, 200), document=document), replied(call, 204))
    right = {"expires_in": 300, "act.sub": "alice", "act.act": {"present": "no"}, "pin": {"type": "text"}}
    await expect_http(scene, SpokeOften.model_validate({"path": TOKEN_PATH, "status": 200, "json": right}))
    wrong = {"expires_in": "300", "act.sub": "bob", "pin": "1"}
    with pytest.raises(Unmet) as unmet:
        await expect_http(scene, SpokeOften.model_validate({"path": TOKEN_PATH, "status": 200, "json": wrong}))
    wanted = '200 to HTTP request /token with expires_in: "300" with act.sub: "bob" with pin: "1"'
    assert unmet.value.finding.wanted == wanted
    assert unmet.value.finding.got == 'one with expires_in: 300, act.sub: "alice", pin: "(hidden)"'
    asks = SpokeOften.model_validate({"path": TOKEN_PATH, "status": 204, "json": {"act.sub": "alice"}})
    with pytest.raises(Unmet, match=r"got one with no act\.sub"):
        await expect_http(scene, asks)
