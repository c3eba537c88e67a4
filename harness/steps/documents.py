"""Profiles, UE configurations and groups: written by operators and administrators, asked for by phones (C-4, C-5)."""

from collections.abc import Awaitable
from typing import Literal, TypeVar

from harness.clients.admin_client import AdminRefused
from harness.errors import Finding, Unmet
from harness.grammar.refusals import refused_so
from harness.grammar.vocabulary import Arguments, step
from harness.lab.document_management import DocumentServer
from harness.seen.cast import CMS, apart
from harness.stage import Stage
from harness.steps.ue import Token
from ue_sim.documents.configuration import ConfigurationClient
from ue_sim.documents.errors import DocumentsError, Refused
from ue_sim.documents.groups import GroupClient
from valkit.documents import (
    GroupDocument,
    GroupMembership,
    UeConfiguration,
    UserProfile,
    group_selector,
    profile_selector,
    ue_configuration_selector,
)
from valkit.documents import group as groups
from valkit.documents import profile as profiles
from valkit.documents import ue_configuration as configurations
from valkit.settings import YesNo
from valkit.trace import Note
from valkit.xcap import DocumentSelector

T = TypeVar("T")


class Profile(Arguments):
    """A user's profile."""

    user: str
    """Whose: the VAL user ID."""
    service: str = "dispatch"
    """The VAL service."""
    index: int | None = None
    """Its index, for a user with several."""
    name: str = ""
    """What it is called."""
    groups: tuple[str, ...] = ()
    """The VAL group IDs of the groups that the user is a member of, whatever domain they are in."""


class WhoseProfile(Arguments):
    """Which profile."""

    short = "user"

    user: str
    """Whose: the VAL user ID."""
    service: str = "dispatch"
    """The VAL service."""


class Configuration(Arguments):
    """A UE configuration."""

    user: str | None = None
    """Whose: the VAL user ID; without it, for every UE of the VAL service."""
    service: str = "dispatch"
    """The VAL service."""
    name: str = ""
    """What it is called."""


class Group(Arguments):
    """A group; whatever the server has of it is overwritten."""

    group: str
    """The VAL group ID."""
    service: str = "dispatch"
    """The VAL service under which it is put."""
    services: tuple[str, ...] = ()
    """The VAL services that it names; if nothing is said, that one."""
    administrators: tuple[str, ...] = ()
    """VAL users who may change it."""
    members: tuple[str, ...] = ()
    """VAL users who are members."""
    invited: tuple[str, ...] = ()
    """VAL users who may become members."""
    subject: str = ""
    """What it is about."""
    priority: int | None = None
    """Its priority, 0 to 255."""

    @property
    def document(self) -> GroupDocument:
        """The same as a document."""
        return GroupDocument(
            self.group,
            self.services or (self.service,),
            subject=self.subject,
            administrators=self.administrators,
            members=self.members,
            explicit_members=self.invited,
            priority=self.priority,
        )


class GroupAt(Group):
    """A group, and the server that has it."""

    at: Literal["gms", "partner.gms"] = "gms"
    """The one at home, or the partner's."""


class Asked(Arguments):
    """Which phone asks, and with what."""

    short = "ue"

    ue: str
    """Which phone."""
    service: str = "dispatch"
    """The VAL service."""
    token: Token = True
    """The token that it shows: the one at hand, one by its name, or none."""
    refused: int | str | None = None
    """It is to fail: with this status of the server, or with what the client calls it: unusable, unreachable, no keys.
    Without it, it is to succeed."""


class GetProfile(Asked):
    """Whose profile a phone asks for."""

    of: str | None = None
    """Whose, by VAL user ID; its own user's, if nothing is said."""
    unchanged: YesNo | None = None
    """Whether the server has to say that it is as the phone has it (304)."""


class GetGroup(Asked):
    """Which group a phone asks for."""

    group: str
    """The VAL group ID."""


class PutGroup(Group, Asked):
    """The group that a phone puts, as its user's client does."""

    held: YesNo = False
    """Whether it is put only in place of what the phone read last, or of nothing if it has read nothing."""


@step("cms.put_profile", acts=True)
async def put_profile(stage: Stage, told: Profile) -> None:
    """Have the operator put a user's profile."""
    memberships = tuple(GroupMembership(each) for each in told.groups)
    text = bytes(UserProfile(told.index or 0, told.name, groups=memberships))
    await _put(stage, _cms(stage), profile_selector(told.service, told.user, told.index), text, profiles.MEDIA_TYPE)


@step("cms.delete_profile", acts=True)
async def delete_profile(stage: Stage, told: WhoseProfile) -> None:
    """Have the operator delete a user's profile."""
    server = _cms(stage)
    await _operated(stage, server.asking.operator(CMS).delete(profile_selector(told.service, told.user)))
    _note(stage, CMS, "removed", str(profile_selector(told.service, told.user)))


@step("cms.put_ue_configuration", acts=True)
async def put_ue_configuration(stage: Stage, told: Configuration) -> None:
    """Have the operator put a UE configuration."""
    text = bytes(UeConfiguration(stage.lab.plan.domain, told.service, told.name))
    await _put(stage, _cms(stage), ue_configuration_selector(told.service, told.user), text, configurations.MEDIA_TYPE)


@step("gms.put_group", acts=True)
async def put_group(stage: Stage, told: GroupAt) -> None:
    """Have the operator put a group."""
    selector = group_selector(told.service, told.group)
    await _put(stage, stage.lab.domain_of(told.at).gms, selector, bytes(told.document), groups.MEDIA_TYPE)


@step("ue.get_profile", acts=True)
async def get_profile(stage: Stage, told: GetProfile) -> None:
    """Get a user's profile with an access token (C-4); the phone keeps it."""
    xcap = stage.lab.domain_of(told.ue).cms.asking.of(apart(told.ue)[1])
    user = told.of or stage.user_of(told.ue)
    client, token = ConfigurationClient(xcap), _token(stage, told)
    before = xcap.held.get(profile_selector(told.service, user))
    profile = await _done(stage, told, client.profile(token, told.service, user), "a profile")
    if profile is not None:
        same = xcap.held.get(profile_selector(told.service, user)) is before
        if told.unchanged is not None and same != told.unchanged:
            raise Unmet(Finding(f"a profile that is {'' if told.unchanged else 'not '}as before", "it is otherwise"))
        stage.profiles[told.ue] = profile


@step("ue.get_ue_configuration", acts=True)
async def get_ue_configuration(stage: Stage, told: Asked) -> None:
    """Get the UE configuration with an access token (C-4); the phone keeps it, or forgets it where there is none."""
    client = ConfigurationClient(stage.lab.domain_of(told.ue).cms.asking.of(apart(told.ue)[1]))
    asked = client.ue_configuration(_token(stage, told), told.service, stage.user_of(told.ue))
    found = await _done(stage, told, asked, "a UE configuration")
    if told.refused is None:
        stage.configurations[told.ue] = found


@step("ue.get_groups", acts=True)
async def get_groups(stage: Stage, told: Asked) -> None:
    """Get the list of the user's groups, and each of them, with an access token (C-5); the phone keeps them."""
    client, token = _groups(stage, told.ue), _token(stage, told)

    async def all_of_them() -> dict[str, GroupDocument]:
        listed = await client.listed(token, told.service)
        return {each: await client.group(token, told.service, each) for each in listed}

    found = await _done(stage, told, all_of_them(), "groups")
    if found is not None:
        stage.groups[told.ue] = found


@step("ue.get_group", acts=True)
async def get_group(stage: Stage, told: GetGroup) -> None:
    """Get one group with an access token; the phone keeps it."""
    asked = _groups(stage, told.ue).group(_token(stage, told), told.service, told.group)
    found = await _done(stage, told, asked, "a group")
    if found is not None:
        stage.groups.setdefault(told.ue, {})[told.group] = found


@step("ue.get_group_keys", acts=True)
async def get_group_keys(stage: Stage, told: GetGroup) -> None:
    """Get the key material of a group with an access token; the phone keeps it. It fails where no key comes."""
    asked = _groups(stage, told.ue).keys(_token(stage, told), told.service, told.group)
    key = await _done(stage, told, asked, "the group's keys")
    if key is not None:
        stage.group_keys.setdefault(told.ue, {})[told.group] = key


@step("ue.put_group", acts=True)
async def ue_put_group(stage: Stage, told: PutGroup) -> None:
    """Create or change a group with an access token, as one who may."""
    asked = _groups(stage, told.ue).put(_token(stage, told), told.service, told.document, held=told.held)
    await _done(stage, told, asked, "the group put")


@step("ue.delete_group", acts=True)
async def ue_delete_group(stage: Stage, told: GetGroup) -> None:
    """Delete a group with an access token, as one who may."""
    await _done(stage, told, _groups(stage, told.ue).delete(_token(stage, told), told.service, told.group), "it gone")


def _cms(stage: Stage) -> DocumentServer:
    return stage.lab.home.cms


def _groups(stage: Stage, ue: str) -> GroupClient:
    return GroupClient(stage.lab.domain_of(ue).gms.asking.of(apart(ue)[1]))


def _token(stage: Stage, told: Asked) -> str | None:
    return stage.lab.ues[told.ue].wallet.choose(told.token)


async def _put(stage: Stage, server: DocumentServer, selector: DocumentSelector, text: bytes, media_type: str) -> None:
    await _operated(stage, server.asking.operator(server.kind).put(selector, text, media_type))
    _note(stage, server.kind, "provisioned", str(selector))


async def _operated(stage: Stage, work: Awaitable[None]) -> None:
    try:
        await stage.lab.patience.during(work)
    except AdminRefused as error:
        raise Unmet(Finding("what the operator asks for", str(error))) from None


async def _done(stage: Stage, told: Asked, work: Awaitable[T], what: str) -> T | None:
    """Give what comes of it, or hold the refusal against the one wanted."""
    try:
        given = await stage.lab.patience.during(work)
    except DocumentsError as error:
        got = str(error.status) if isinstance(error, Refused) else type(error).__name__
        if not refused_so(told.refused, got):
            raise Unmet(Finding(_wanted(told, what), str(error))) from None
        return None
    if told.refused is not None:
        raise Unmet(Finding(_wanted(told, what), what))
    return given


def _wanted(told: Asked, what: str) -> str:
    return what if told.refused is None else f"a refusal: {told.refused}"


def _note(stage: Stage, who: str, what: str, entry: str) -> None:
    stage.lab.wire.note(Note(stage.lab.clock.seconds(), who, what, {"entry": entry}))
