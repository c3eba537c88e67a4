import pytest

from harness.errors import Unmet
from harness.expect.token import TokenSays, expect_token
from harness.stage import Minted, Stage
from tests.harness.staging import stage

CLAIMS = {"val_user_id": "alice", "val_service_ids": ["dispatch", "video"], "iat": 1000, "exp": 1300}


def scene() -> Stage:
    """Make a stage with a token."""
    made = stage()
    made.tokens["default"] = Minted("default", "token-1", CLAIMS, {"acr": "3gpp:acr:password"})
    return made


@pytest.mark.parametrize(
    "told",
    [
        {"val_user_id": "alice", "val_service_ids": ["video", "dispatch"], "lasts": 300},
        {"claims": {"iat": 1000}, "id_token": {"acr": "3gpp:acr:password"}},
        {"claims": {"nbf": None}},
    ],
)
async def test_a_token_that_says_so_is_fine(told: dict[str, object]) -> None:
    """In any order, claim by claim; an empty one is to be absent."""
    await expect_token(scene(), TokenSays.model_validate(told))


@pytest.mark.parametrize("written", ["val-server", ["val-server"]])
@pytest.mark.parametrize("told", [{"audience": ["val-server"]}, {"claims": {"aud": "val-server"}}])
async def test_an_audience_may_be_a_text_or_a_list_of_one(written: object, told: dict[str, object]) -> None:
    """Both mean the same (RFC 7519 4.1.3)."""
    made = scene()
    made.tokens["default"] = Minted("default", "token-1", CLAIMS | {"aud": written})
    await expect_token(made, TokenSays.model_validate(told))
    with pytest.raises(Unmet, match="aud "):
        await expect_token(made, TokenSays.model_validate({"audience": ["val-server", "other"]}))


@pytest.mark.parametrize(
    ("told", "got"),
    [
        ({"val_user_id": "bob"}, "val_user_id alice"),
        ({"val_service_ids": ["video"]}, "val_service_ids"),
        ({"claims": {"nbf": 1}}, "no nbf"),
        ({"id_token": {"acr": "other"}}, "ID token: acr 3gpp:acr:password"),
        ({"lasts": 60}, "wanted a token default with a life of 60 s, got it lasts 300 s"),
        ({"claims": {"iat": "1000"}}, 'iat 1000, wanted "1000"'),
        ({"as": "second"}, "there is none"),
    ],
)
async def test_what_it_says_otherwise_is_told(told: dict[str, object], got: str) -> None:
    """With the claim that differs."""
    with pytest.raises(Unmet, match=got):
        await expect_token(scene(), TokenSays.model_validate(told))


async def test_how_long_it_lasts_is_not_known_without_its_times() -> None:
    """Which of them it lacks, or has as something else, is told."""
    made = scene()
    made.tokens["default"] = Minted("default", "token-1", {"iat": 1000, "exp": "never"})
    with pytest.raises(Unmet, match="got nobody knows how long it lasts, without a time as exp"):
        await expect_token(made, TokenSays.model_validate({"lasts": 60}))


async def test_what_an_id_token_does_not_say_is_asked_of_one_that_there_is() -> None:
    """A token that came without any shows nothing of it."""
    made = scene()
    made.tokens["default"] = Minted("default", "token-1", CLAIMS)
    with pytest.raises(Unmet, match="no ID token came with it"):
        await expect_token(made, TokenSays.model_validate({"id_token": {"nonce": None}}))
