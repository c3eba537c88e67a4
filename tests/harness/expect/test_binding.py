from typing import Any

import pytest

from harness.clients.observing import BindingSeen
from harness.errors import Unmet
from harness.expect.binding import BindingIs, NoBinding, expect_binding, expect_no_binding
from harness.stage import Minted
from tests.harness.scenes import noted
from tests.harness.staging import stage

ALICE = "sip:alice@home.example"
BOUND = BindingSeen(ALICE, "alice", ("dispatch", "video"), ("REGISTER",), ("token-1",))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"val_user_id": "alice"},
        {"val_service_ids": ["video", "dispatch"]},
        {"via": ["REGISTER"]},
        {"token": "mine"},
    ],
)
async def test_a_binding_that_fits_is_fine(told: dict[str, object]) -> None:
    """What is not said may be anything; services may stand in any order."""
    scene = stage(bindings=[BOUND])
    scene.tokens["mine"] = Minted("mine", "token-1", {})
    await expect_binding(scene, BindingIs.model_validate({"impu": ALICE, **told}))


@pytest.mark.parametrize(
    "told",
    [
        {"val_user_id": "bob"},
        {"val_service_ids": ["dispatch"]},
        {"val_service_ids": ["dispatch", "video", "rescue"]},
        {"via": ["REGISTER", "PUBLISH"]},
        {"token": "other"},
    ],
)
async def test_a_binding_with_more_or_less_fails(told: dict[str, object]) -> None:
    """Services and ways are all of them and no others."""
    scene = stage(bindings=[BOUND])
    scene.tokens["other"] = Minted("other", "token-2", {})
    with pytest.raises(Unmet, match=r"got sip:alice@home.example bound to alice in dispatch, video by REGISTER"):
        await expect_binding(scene, BindingIs.model_validate({"impu": ALICE, **told}))


async def test_a_missing_binding_fails_and_the_others_are_told() -> None:
    """The reader sees whom it was bound to instead."""
    with pytest.raises(Unmet, match="it is not bound; bound are: sip:alice"):
        await expect_binding(stage(bindings=[BOUND]), BindingIs.model_validate({"impu": "sip:bob@home.example"}))
    with pytest.raises(Unmet, match="nothing is bound"):
        await expect_binding(stage(), BindingIs.model_validate({"impu": ALICE}))


async def test_a_binding_must_still_hold_when_all_is_quiet() -> None:
    """After a phone has left its binding stands until the core has told the VAL server."""
    scene: Any = stage(bindings=[BOUND])

    async def quiet() -> None:
        scene.lab.valserver.found = ()

    scene.lab.patience.quiet = quiet
    with pytest.raises(Unmet, match="nothing is bound"):
        await expect_binding(scene, BindingIs(impu=ALICE))


async def test_no_binding_means_none_of_this_impu_or_none_at_all() -> None:
    """Without an IMPU nobody may be bound."""
    scene = stage(bindings=[BOUND])
    await expect_no_binding(scene, NoBinding.model_validate("sip:bob@home.example"))
    for told in (ALICE, None):
        with pytest.raises(Unmet):
            await expect_no_binding(scene, NoBinding.model_validate(told))
    await expect_no_binding(stage(), NoBinding.model_validate(None))


async def test_what_is_not_bound_was_refused_for_a_cause() -> None:
    """It stands beside what came, so that nobody has to look for it."""
    with pytest.raises(Unmet) as unmet:
        await expect_binding(stage(noted("valserver", "refused", cause="expired")), BindingIs(impu=ALICE))
    assert unmet.value.finding.got == "nothing is bound; refused was: expired"
