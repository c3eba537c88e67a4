import pytest
from attrs import evolve

from harness.errors import Unmet
from harness.expect.no_token import Tokenless, expect_no_token
from tests.harness.scenes import TOKEN, asked, passed_on, request, sent
from tests.harness.staging import stage

BARE = sent("scscf", "valserver", request())
LOADED = sent("scscf", "valserver", request(token=TOKEN))
WAY = {"from": "scscf", "to": "valserver"}


async def test_a_way_without_a_token_is_fine() -> None:
    """Where messages went."""
    await expect_no_token(stage(BARE), Tokenless.model_validate(WAY))


async def test_a_token_in_sip_or_http_is_found() -> None:
    """Wherever it stands; the finding names the place and not the token."""
    with pytest.raises(Unmet, match="there is one") as caught:
        await expect_no_token(stage(BARE, LOADED), Tokenless.model_validate(WAY))
    assert TOKEN not in str(caught.value)
    http = evolve(asked("PUT", "/migrations/a"), tokens={"access_token": "{}"})
    with pytest.raises(Unmet, match="access_token"):
        await expect_no_token(stage(http), Tokenless.model_validate({"from": http.source, "to": http.target}))


async def test_a_token_that_is_passed_on_is_on_each_way() -> None:
    """Between neighbours as well as from the phone to whom it reaches in the end."""
    publication = passed_on(request("PUBLISH", token=TOKEN), "alice", "pcscf", "scscf", "valserver")
    for source, target in (("alice", "pcscf"), ("pcscf", "scscf"), ("scscf", "valserver"), ("alice", "valserver")):
        with pytest.raises(Unmet, match="there is one: in SIP"):
            await expect_no_token(stage(BARE, *publication), Tokenless.model_validate({"from": source, "to": target}))


async def test_a_way_that_nothing_went_proves_nothing() -> None:
    """So it is no success."""
    with pytest.raises(Unmet, match="there were none"):
        await expect_no_token(stage(LOADED), Tokenless.model_validate({"from": "valserver", "to": "idms"}))
