"""Expectations of documents that a phone has got."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve

from harness.errors import Unmet
from harness.expect.documents import (
    ConfigurationIs,
    GroupIs,
    GroupsAre,
    ProfileIs,
    expect_group,
    expect_groups,
    expect_profile,
    expect_ue_configuration,
)
from harness.stage import Stage
from tests.harness.staging import stage
from ue_sim.documents.groups import GroupKey
from valkit.documents import GroupDocument, GroupMembership, UeConfiguration, UserProfile
from valkit.keymanagement.keysets import ProvisionedKey

FIRE, BORDER = "sip:fire@home.example", "sip:border@partner.example"
KEY = ProvisionedKey("gmk-1", "dispatch", b"key", group=True)


def scene() -> Stage:
    """Make a stage on which alice has got everything that she asked for, and bob nothing."""
    made = stage()
    lab: Any = made.lab
    lab.domain_of = lambda _: SimpleNamespace(plan=SimpleNamespace(domain="home.example"))
    made.profiles["alice"] = UserProfile(0, "day", groups=(GroupMembership(FIRE), GroupMembership(BORDER)))
    made.configurations["bob"], made.groups["bob"] = None, {}
    made.configurations["alice"] = UeConfiguration("home.example", name="hers")
    group = GroupDocument(FIRE, ("dispatch",), subject="Fire", administrators=("bob",), members=("alice",), priority=5)
    made.groups["alice"] = {FIRE: group}
    made.group_keys["alice"] = {FIRE: GroupKey("application/xml", b"k", (KEY,))}
    return made


async def test_what_is_as_said_is_fine() -> None:
    """In any order, and what is not said may be anything."""
    at = scene()
    await expect_profile(
        at, ProfileIs(ue="alice", name="day", groups=(BORDER, FIRE), partner_domains=("partner.example",))
    )
    await expect_profile(at, ProfileIs(ue="alice"))
    await expect_ue_configuration(at, ConfigurationIs(ue="alice", name="hers"))
    await expect_ue_configuration(at, ConfigurationIs(ue="bob", present=False))
    await expect_groups(at, GroupsAre(ue="alice", groups=(FIRE,)))
    await expect_groups(at, GroupsAre(ue="bob", groups=()))
    whole = {"members": ["alice"], "administrators": ["bob"], "subject": "Fire", "priority": 5, "keys": True}
    await expect_group(at, GroupIs.model_validate({"ue": "alice", "group": FIRE, **whole}))


@pytest.mark.parametrize(
    ("told", "got"),
    [
        ({"ue": "bob"}, "it has got none"),
        ({"name": "night"}, "name 'day', wanted 'night'"),
        ({"groups": [FIRE]}, "groups"),
        ({"partner_domains": []}, "partner domains"),
    ],
)
async def test_a_profile_that_is_otherwise_is_told(told: dict[str, Any], got: str) -> None:
    """With what it has."""
    with pytest.raises(Unmet, match=got):
        await expect_profile(scene(), ProfileIs.model_validate({"ue": "alice", **told}))


@pytest.mark.parametrize(
    ("told", "got"),
    [
        ({"ue": "bob"}, "it has not got it"),
        ({"members": []}, "members"),
        ({"administrators": ["alice"]}, "administrators"),
        ({"subject": "Ice"}, "subject 'Fire'"),
        ({"priority": 1}, "priority 5, wanted 1"),
        ({"keys": False}, "keys True, wanted False"),
    ],
)
async def test_a_group_that_is_otherwise_is_told(told: dict[str, Any], got: str) -> None:
    """With what it has."""
    with pytest.raises(Unmet, match=got):
        await expect_group(scene(), GroupIs.model_validate({"ue": "alice", "group": FIRE, **told}))


@pytest.mark.parametrize(
    ("provisioned", "fine"), [({}, True), ({"gmk-1": KEY}, True), ({"gmk-1": evolve(KEY, key=b"other")}, False)]
)
async def test_keys_are_those_that_the_scenario_has_provisioned(
    provisioned: dict[str, ProvisionedKey], fine: bool
) -> None:
    """Of what others have provisioned it cannot say what it is; with the name of one of its own another is wrong."""
    at = scene()
    at.provisioned[FIRE] = provisioned
    with nullcontext() if fine else pytest.raises(Unmet, match="gmk-1 is not the key that was provisioned"):
        await expect_group(at, GroupIs(ue="alice", group=FIRE, keys=True))


async def test_lists_and_configurations_that_are_otherwise_are_told() -> None:
    """As above."""
    with pytest.raises(Unmet, match="groups"):
        await expect_groups(scene(), GroupsAre(ue="alice", groups=()))
    with pytest.raises(Unmet, match="present True, wanted False"):
        await expect_ue_configuration(scene(), ConfigurationIs(ue="alice", present=False))


async def test_who_has_asked_for_nothing_shows_nothing() -> None:
    """That there is none is known of who has asked."""
    made = scene()
    with pytest.raises(Unmet, match="present False"):
        await expect_ue_configuration(made, ConfigurationIs(ue="bob", name="x"))
    with pytest.raises(Unmet, match="it has asked for none"):
        await expect_ue_configuration(made, ConfigurationIs(ue="carol", present=False))
    with pytest.raises(Unmet, match="it has asked for none"):
        await expect_groups(made, GroupsAre(ue="carol", groups=()))
