"""What a step that asks for tokens makes of what comes: kept under a name, or held against the refusal told."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import Unmet
from harness.stage import Stage
from harness.steps.obtaining import Asked, judged, keep, obtained
from ue_sim.identity.errors import IdentityError, NotSignedIn, Refused, Unreachable
from ue_sim.identity.tokens import TokenSet
from valkit.tokens import Grant, SigningKey, mint

KEY = SigningKey.generate()


def tokens(user: str = "alice", id_token: str | None = None) -> TokenSet:
    """Give what a log-in gives."""
    access = mint(KEY, Grant("https://idms.home.example", "val-server", user, ("dispatch",), "j1", 1000.0))
    return TokenSet(access, 1300.0, None, id_token, "openid", None, 1000.0)


class Patience:
    """Waits for nothing."""

    async def during(self, work: Any) -> Any:
        """Give what comes of it."""
        return await work


def stage() -> Stage:
    """Give a stage with nothing on it."""
    return cast(Stage, SimpleNamespace(lab=SimpleNamespace(patience=Patience()), tokens={}, granted={}))


async def coming(found: TokenSet | IdentityError) -> TokenSet:
    """Give the tokens, or be refused."""
    if isinstance(found, IdentityError):
        raise found
    return found


def asked(**more: object) -> Asked:
    """Give what a scenario says of alice."""
    return Asked.model_validate({"ue": "alice", **more})


def test_a_phone_alone_is_enough_to_say() -> None:
    """Its token is then called default; where it is to be refused, there is none."""
    assert Asked.model_validate({"ue": "alice"}).token_given() == "default"
    assert asked(**{"as": "mine"}).token_given() == "mine"
    assert asked(refused="invalid_grant").token_given() is None


async def test_what_comes_has_the_name_that_was_told() -> None:
    """The token by its claims, and the whole set to go on with."""
    here = stage()
    await obtained(here, asked(**{"as": "mine"}), coming(tokens()))
    assert here.tokens["mine"].claims["val_user_id"] == "alice"
    assert here.tokens["mine"].jti == "j1"
    assert here.granted["mine"].expires == 1300.0


@pytest.mark.parametrize(
    ("told", "came"),
    [
        ("invalid_grant", Refused("invalid_grant")),
        ("not signed in", NotSignedIn("the form was shown again")),
        ("unreachable", Unreachable("nobody there")),
    ],
)
async def test_a_refusal_that_was_told_is_met(told: str, came: IdentityError) -> None:
    """By its OAuth code, or by what the phone calls it; nothing is kept."""
    here = stage()
    await obtained(here, asked(refused=told), coming(came))
    assert (here.tokens, here.granted) == ({}, {})


@pytest.mark.parametrize(
    ("told", "came", "said"),
    [
        (None, Refused("access_denied"), "access_denied"),
        ("invalid_grant", Refused("access_denied"), "access_denied"),
        ("unreachable", NotSignedIn("the form was shown again"), "the form was shown again"),
        ("invalid_grant", tokens(), "a refusal: invalid_grant"),
    ],
)
async def test_whatever_else_comes_is_a_failure(told: str | None, came: TokenSet | IdentityError, said: str) -> None:
    """With what was wanted and what came."""
    with pytest.raises(Unmet, match=said):
        await judged(stage(), asked(refused=told), coming(came))


def test_an_id_token_is_kept_by_its_claims() -> None:
    """So that a scenario may look at it."""
    here = stage()
    id_token = mint(KEY, Grant("https://idms.home.example", "app", "bob", (), "j2", 1000.0))
    keep(here, "with ID", tokens(id_token=id_token))
    assert here.tokens["with ID"].id_claims["val_user_id"] == "bob"
    keep(here, "without", tokens())
    assert here.tokens["without"].id_claims == {}
