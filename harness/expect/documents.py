"""What a phone has got from configuration and group management servers."""

from typing import Any

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.stage import Stage
from ue_sim.documents.groups import GroupKey
from valkit.settings import YesNo


class ProfileIs(Arguments):
    """Whose profile, and what is in it; what is not said may be anything."""

    short = "ue"

    ue: str
    """Which phone."""
    name: str | None = None
    """What it is called."""
    groups: tuple[str, ...] | None = None
    """The groups in it: all of them and no others, in any order."""
    partner_domains: tuple[str, ...] | None = None
    """The domains, other than the phone's own, that have groups in it (DOM-05)."""


class ConfigurationIs(Arguments):
    """Whose UE configuration, and what is in it."""

    short = "ue"

    ue: str
    """Which phone."""
    name: str | None = None
    """What it is called; nothing is said of one that there is not."""
    present: YesNo = True
    """Whether there is one."""


class GroupsAre(Arguments):
    """Whose groups, and which."""

    ue: str
    """Which phone."""
    groups: tuple[str, ...]
    """Their VAL group IDs: all of them and no others, in any order."""


class GroupIs(Arguments):
    """A group as a phone has got it; what is not said may be anything."""

    ue: str
    """Which phone."""
    group: str
    """The VAL group ID."""
    members: tuple[str, ...] | None = None
    """Its members: all of them and no others, in any order."""
    administrators: tuple[str, ...] | None = None
    """Its administrators, the same way."""
    subject: str | None = None
    """What it is about."""
    priority: int | None = None
    """Its priority."""
    keys: YesNo | None = None
    """Whether the phone has got a key of the group: the one that the scenario has provisioned, if it has."""


@step("expect.profile")
async def expect_profile(stage: Stage, told: ProfileIs) -> None:
    """Check the profile that a phone has got."""
    profile = stage.profiles.get(told.ue)
    if profile is None:
        raise Unmet(Finding(f"a profile of {told.ue}", "it has got none"))
    home = {stage.lab.domain_of(told.ue).plan.domain}
    _compare(
        f"the profile of {told.ue}",
        name=(told.name, profile.name),
        groups=(_sorted(told.groups), _sorted(tuple(each.group_id for each in profile.groups))),
        partner_domains=(_sorted(told.partner_domains), _sorted(profile.partner_domains(home))),
    )


@step("expect.ue_configuration")
async def expect_ue_configuration(stage: Stage, told: ConfigurationIs) -> None:
    """Check the UE configuration that a phone has got."""
    if told.ue not in stage.configurations:
        raise Unmet(Finding(f"a UE configuration that {told.ue} has asked for, there or not", "it has asked for none"))
    found = stage.configurations[told.ue]
    _compare(
        f"the UE configuration of {told.ue}",
        present=(told.present, found is not None),
        name=(told.name, None if found is None else found.name),
    )


@step("expect.groups")
async def expect_groups(stage: Stage, told: GroupsAre) -> None:
    """Check which groups a phone has got."""
    if told.ue not in stage.groups:
        raise Unmet(Finding(f"groups that {told.ue} has asked for, one or none", "it has asked for none"))
    _compare(f"groups of {told.ue}", groups=(_sorted(told.groups), _sorted(tuple(stage.groups[told.ue]))))


@step("expect.group")
async def expect_group(stage: Stage, told: GroupIs) -> None:
    """Check a group that a phone has got."""
    group = stage.groups.get(told.ue, {}).get(told.group)
    if group is None:
        raise Unmet(Finding(f"the group {told.group} at {told.ue}", "it has not got it"))
    _compare(
        f"the group {told.group} at {told.ue}",
        members=(_sorted(told.members), _sorted(group.members)),
        administrators=(_sorted(told.administrators), _sorted(group.administrators)),
        subject=(told.subject, group.subject),
        priority=(told.priority, group.priority),
        keys=(told.keys, told.group in stage.group_keys.get(told.ue, {})),
    )
    if told.keys:
        _require_provisioned(stage, told, stage.group_keys[told.ue][told.group])


def _require_provisioned(stage: Stage, told: GroupIs, got: GroupKey) -> None:
    """Hold the keys that a phone has got against those of the same names that the scenario has provisioned."""
    provisioned = stage.provisioned.get(told.group, {})
    for key in got.keys:
        if key.key != provisioned.get(key.key_id, key).key:
            found = f"{key.key_id} is not the key that was provisioned"
            raise Unmet(Finding(f"the keys of {told.group} at {told.ue}", found))


def _sorted(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _compare(what: str, **pairs: tuple[Any, Any]) -> None:
    """Hold each that is wanted against what there is."""
    differences = [
        f"{name.replace('_', ' ')} {got!r}, wanted {wanted!r}"
        for name, (wanted, got) in pairs.items()
        if wanted is not None and wanted != got
    ]
    if differences:
        raise Unmet(Finding(f"{what} as it should be", "; ".join(differences)))
