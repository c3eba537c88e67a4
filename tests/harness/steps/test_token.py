import pytest
from pydantic import ValidationError

from harness.steps.token import Mint, mint_token
from tests.harness.scenes import request
from tests.harness.staging import NOW, Phone, stage
from valkit.tokens import Cause, KeySet, TokenPolicy, TokenRejected, Verifier, jwks

POLICY = TokenPolicy("https://idms.home.example", "val-server")


async def minted(**told: object) -> tuple[str, Verifier]:
    """Mint a token; gives it and who judges it."""
    phone = Phone(request().answer(200))
    scene = stage(phone=phone)
    await mint_token(scene, Mint.model_validate({"ue": "alice", **told}))
    token = phone.wallet.choose(True)
    assert token is not None
    return token, Verifier(POLICY, KeySet.from_jwks(jwks(scene.lab.workshop.key)))


async def test_a_token_speaks_for_the_user_of_the_phone() -> None:
    """The lab says who that is and which services they have; the VAL server would believe it."""
    token, verifier = await minted()
    access = verifier.verify(token, NOW)
    assert (access.val_user_id, access.val_service_ids) == ("alice", ("dispatch",))
    assert access.jti.startswith("default-")


async def test_a_scenario_may_have_it_say_otherwise() -> None:
    """User, services, lifetime and single claims."""
    told = {"val_user_id": "bob", "val_service_ids": ["video"], "lifetime": "1m", "claims": {"client_id": "tablet"}}
    token, verifier = await minted(**told)
    access = verifier.verify(token, NOW)
    assert (access.val_user_id, access.val_service_ids, access.client_id) == ("bob", ("video",), "tablet")
    assert access.exp == NOW + 60


async def test_a_broken_token_is_broken() -> None:
    """One word of the forger's table makes it so."""
    token, verifier = await minted(broken="wrong_audience")
    with pytest.raises(TokenRejected) as refused:
        verifier.verify(token, NOW)
    assert refused.value.cause is Cause.WRONG_AUDIENCE


def test_a_kind_that_is_not_in_the_table_is_refused() -> None:
    """When the file is read, with the kinds there are."""
    with pytest.raises(ValidationError, match="expected one of: expired"):
        Mint.model_validate({"ue": "alice", "broken": "rotten"})
