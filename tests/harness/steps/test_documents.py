"""Steps about documents, in a lab that runs; each fails for what it is for. What they are for is in scenarios/."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import Unmet
from harness.expect.documents import ConfigurationIs, GroupIs, expect_group, expect_ue_configuration
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.stage import Stage
from harness.steps import documents
from harness.steps.documents import (
    Asked,
    Configuration,
    GetGroup,
    GetProfile,
    GroupAt,
    Profile,
    PutGroup,
    WhoseProfile,
)
from harness.steps.keys import Provision, provision_key
from harness.steps.token import Mint, mint_token

reactor: Any = the_reactor
FIRE = "sip:fire@home.example"


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator]
async def stage() -> AsyncIterator[Stage]:
    """Make a stage in a lab with servers of documents; alice has a token."""
    lab = await Lab.start(read_lab(SHIPPED / "seal.yaml")[0], reactor)
    made = Stage(lab)
    await mint_token(made, Mint.model_validate({"ue": "alice"}))
    yield made
    await lab.stop()


def getting(**more: Any) -> GetProfile:
    """Tell of a profile."""
    return GetProfile.model_validate({"ue": "alice", **more})


async def test_a_profile_that_was_put_is_got(stage: Stage) -> None:
    """And kept, for expectations."""
    await documents.put_profile(stage, Profile(user="alice", name="day"))
    await documents.get_profile(stage, getting())
    assert stage.profiles["alice"].name == "day"


@pytest.mark.parametrize(
    ("more", "got"),
    [
        ({"refused": 403}, "a refusal: 403.*a profile"),
        ({"token": False}, "a profile.*refuses: 403"),
        ({"token": False, "refused": 401}, "a refusal: 401.*refuses: 403"),
        ({"of": "bob"}, "a profile.*refuses: 403"),
        ({"service": "video"}, "a profile.*refuses: 403"),
        ({"unchanged": True}, "a profile that is as before.*it is otherwise"),
    ],
)
async def test_what_is_otherwise_than_said_is_told(stage: Stage, more: dict[str, Any], got: str) -> None:
    """Success where there ought to be a refusal, and the other way round."""
    await documents.put_profile(stage, Profile(user="alice"))
    with pytest.raises(Unmet, match=f"(?s){got}"):
        await documents.get_profile(stage, getting(**more))


async def test_a_server_that_is_gone_is_unreachable(stage: Stage) -> None:
    """For phones, and for operators."""
    await stage.lab.home.cms.stop()
    await documents.get_profile(stage, getting(refused="unreachable"))
    with pytest.raises(Unmet, match="nobody answers"):
        await documents.delete_profile(stage, WhoseProfile(user="alice"))


async def test_a_refusal_takes_nothing_from_the_phone(stage: Stage) -> None:
    """What it was given before it still has; only where the server has none it has none."""
    await documents.put_ue_configuration(stage, Configuration(name="for all"))
    await documents.get_ue_configuration(stage, Asked(ue="alice"))
    await documents.get_ue_configuration(stage, Asked(ue="alice", token=False, refused=403))
    await expect_ue_configuration(stage, ConfigurationIs(ue="alice", name="for all"))
    with pytest.raises(Unmet, match="a refusal: 404"):
        await documents.get_ue_configuration(stage, Asked(ue="alice", refused=404))
    await mint_token(stage, Mint.model_validate({"ue": "alice", "val_service_ids": ["video"], "as": "video"}))
    await documents.get_ue_configuration(stage, Asked(ue="alice", service="video", token="video"))
    await expect_ue_configuration(stage, ConfigurationIs(ue="alice", present=False))


async def test_groups_are_put_by_the_operator_and_by_phones_that_may(stage: Stage) -> None:
    """Others are refused; keys are those of the key management server, and there are none before one is provisioned."""
    await documents.put_group(stage, GroupAt(group=FIRE, administrators=("alice",), members=("alice",)))
    await documents.get_groups(stage, Asked(ue="alice"))
    assert list(stage.groups["alice"]) == [FIRE]
    put = {"ue": "alice", "group": FIRE, "administrators": ["alice"], "members": ["alice", "bob"], "held": True}
    await documents.ue_put_group(stage, PutGroup.model_validate(put))
    await documents.get_group(stage, GetGroup(ue="alice", group=FIRE))
    assert stage.groups["alice"][FIRE].members == ("alice", "bob")
    await documents.get_group_keys(stage, GetGroup(ue="alice", group=FIRE, refused="no keys"))
    assert not stage.group_keys
    with pytest.raises(Unmet, match=r"(?s)the group's keys.*no key material of sip:fire@home.example"):
        await documents.get_group_keys(stage, GetGroup(ue="alice", group=FIRE))
    await provision_key(stage, Provision.model_validate({"for": FIRE, "as": "gmk-1", "group": True}))
    await documents.get_group_keys(stage, GetGroup(ue="alice", group=FIRE))
    [key] = stage.group_keys["alice"][FIRE].keys
    assert stage.provisioned == {FIRE: {"gmk-1": key}}
    await expect_group(stage, GroupIs(ue="alice", group=FIRE, keys=True))
    with pytest.raises(Unmet, match="a refusal: 403"):
        await documents.ue_delete_group(stage, GetGroup(ue="alice", group=FIRE, refused=403))
