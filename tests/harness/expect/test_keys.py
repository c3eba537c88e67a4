"""Expectations of keys that a phone holds."""

from types import SimpleNamespace
from typing import Any

import pytest

from harness.errors import Unmet
from harness.expect.keys import KeysAre, NoKeysAre, expect_keys, expect_no_keys
from harness.stage import Stage
from tests.harness.staging import stage
from tests.support import result_of
from tests.ue_sim.keys.kms import HOME, NOW, NUMBER, FakeKms, client


def scene(*, held: bool = True) -> Stage:
    """Make a stage on which alice holds keys, or not."""
    phone = client(FakeKms())
    made = stage()
    lab: Any = made.lab
    if held:
        ring = result_of(phone.fetch("t", "alice"))
        result_of(phone.fetch_others("t"))
        made.keys["mine"] = tuple(each.key_set for each in ring.periods)
        made.keys["bobs"] = (HOME.key_set("bob", NUMBER),)
    lab.kms = SimpleNamespace(clients=SimpleNamespace(of=lambda _: phone))
    lab.clock = SimpleNamespace(seconds=lambda: NOW)
    return made


@pytest.mark.parametrize(
    "told",
    [
        {"periods": ["this", "next"], "same_as": "mine", "other_than": "bobs"},
        {"provisioned": ["gmk-1"], "others": ["kms.partner.example"], "services": []},
    ],
)
async def test_keys_that_are_held_are_fine(told: dict[str, object]) -> None:
    """In any order, one by one."""
    await expect_keys(scene(), KeysAre.model_validate({"ue": "alice", **told}))


@pytest.mark.parametrize(
    ("told", "got"),
    [
        ({"periods": ["this"]}, "those of key periods"),
        ({"periods": ["last", "this", "next"]}, "those of key periods"),
        ({"same_as": "bobs"}, "others than bobs"),
        ({"same_as": "nobodys"}, "others than nobodys"),
        ({"other_than": "mine"}, "some of mine"),
        ({"other_than": "nobodys"}, "some of nobodys"),
        ({"provisioned": []}, "provisioned are gmk-1"),
        ({"others": []}, "certificates of kms.partner.example"),
        ({"services": ["dispatch"]}, "for "),
    ],
)
async def test_what_is_otherwise_is_told(told: dict[str, object], got: str) -> None:
    """With what is held."""
    with pytest.raises(Unmet, match=got):
        await expect_keys(scene(), KeysAre.model_validate({"ue": "alice", **told}))


async def test_none_at_all() -> None:
    """Wanted or not."""
    await expect_no_keys(scene(held=False), NoKeysAre(ue="alice"))
    with pytest.raises(Unmet, match="it holds none"):
        await expect_keys(scene(held=False), KeysAre(ue="alice"))
    with pytest.raises(Unmet, match="no keys of alice"):
        await expect_no_keys(scene(), NoKeysAre(ue="alice"))
