import pytest

from harness.errors import Unmet
from harness.stage import Stage
from harness.steps.sign_in import Name, Refresh, SignIn, name_token, refresh_token, sign_in
from tests.harness.lab.test_identity import home


def told(**arguments: str) -> SignIn:
    """Give what a scenario would say."""
    return SignIn.model_validate(arguments)


async def test_what_a_log_in_gives_has_the_name_that_was_told() -> None:
    """The token, its claims and its refresh token are found under it."""
    async with home() as lab:
        stage = Stage(lab)
        await sign_in(stage, SignIn.model_validate({"ue": "alice", "as": "first"}))
        assert stage.tokens["first"].claims["val_user_id"] == "alice"
        assert stage.granted["first"].access_token == lab.ues["alice"].wallet.choose(True)


async def test_a_log_in_that_is_to_fail_must_fail_so() -> None:
    """The refusal told is held against what came; tokens where none were wanted are a failure as well."""
    async with home() as lab:
        stage = Stage(lab)
        await sign_in(stage, told(ue="alice", password="wrong", refused="not signed in"))
        with pytest.raises(Unmet, match="unreachable"):
            await sign_in(stage, told(ue="alice", password="wrong", refused="unreachable"))
        with pytest.raises(Unmet, match="a refusal: not signed in"):
            await sign_in(stage, told(ue="dave", refused="not signed in"))
        assert stage.tokens == {}


@pytest.mark.parametrize("wrong", ["code_twice", "other_client", "wrong_verifier", "changed_redirect"])
async def test_a_code_redeemed_in_the_wrong_way_is_refused(wrong: str) -> None:
    """As RFC 6749 5.2 says: invalid_grant."""
    async with home() as lab:
        await sign_in(Stage(lab), SignIn.model_validate({"ue": "alice", "wrong": wrong, "refused": "invalid_grant"}))


async def test_a_renewal_takes_the_place_of_the_token_before() -> None:
    """Without a log-in; a refresh token that was used up is refused."""
    async with home() as lab:
        stage = Stage(lab)
        await sign_in(stage, SignIn.model_validate({"ue": "alice", "as": "first"}))
        await refresh_token(stage, Refresh.model_validate({"ue": "alice", "as": "second"}))
        assert stage.granted["first"].access_token != stage.granted["second"].access_token
        await refresh_token(stage, Refresh.model_validate({"ue": "alice", "of": "first", "refused": "invalid_grant"}))


async def test_another_user_signs_in_on_the_same_phone() -> None:
    """The browser has forgotten the first, so its form is shown again."""
    async with home() as lab:
        stage = Stage(lab)
        await sign_in(stage, SignIn.model_validate({"ue": "alice", "as": "hers"}))
        await sign_in(stage, SignIn.model_validate({"ue": "alice", "user": "bob", "as": "his"}))
        assert [stage.tokens[name].claims["val_user_id"] for name in ("hers", "his")] == ["alice", "bob"]


async def test_a_phone_may_let_its_token_end() -> None:
    """Nothing is renewed then."""
    async with home() as lab:
        await sign_in(Stage(lab), SignIn.model_validate({"ue": "alice", "renew": "no"}))
        before = lab.ues["alice"].wallet.choose(True)
        await lab.patience.advance(600.0)
        assert lab.ues["alice"].wallet.choose(True) == before


async def test_names_are_for_tokens_that_are_there() -> None:
    """A phone that has not signed in holds none."""
    async with home() as lab:
        with pytest.raises(Unmet, match="alice is not signed in"):
            await name_token(Stage(lab), Name.model_validate({"ue": "alice", "as": "mine"}))
