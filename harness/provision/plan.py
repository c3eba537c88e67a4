"""What a file of provisioning says, and the documents that come of it. Pure: `desks` reads the files it names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from attrs import frozen
from pydantic import AfterValidator, Field

from seal.idms.proving.users import usable_hash
from seal.names import Name
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
from valkit.settings import HttpsUrl, Settings, YesNo, written_as
from valkit.sip import parse_uri
from valkit.sip.errors import ParseError
from valkit.xcap import DocumentSelector


def _admin(text: str) -> str:
    if not text.startswith("http://"):
        raise ValueError(text)
    return text


def _group_id(text: str) -> str:
    try:
        parse_uri(text)
    except ParseError:
        raise ValueError("is no VAL group ID (expected something like sip:fire@home.example)") from None
    return text


Admin = Annotated[str, written_as(_admin, "http://127.0.0.1:8062")]
"""An operator's address, which is plain HTTP on this host."""
GroupId = Annotated[Name, AfterValidator(_group_id)]
"""A VAL group ID, which is a URI: that is how profiles, keys and other domains name it."""


class ServerEntry(Settings):
    """A server that is provisioned at its admin address."""

    admin: Admin
    """The address, as http://127.0.0.1:8062."""
    token_file: Path
    """The file with the operator's token, which the server makes."""


class KeyServerEntry(Settings):
    """The key management server, which takes key material of VAL servers (TS 33.434 5.8)."""

    url: HttpsUrl
    """The server, as https://127.0.0.5:8443."""
    token_file: Path
    """The file with an access token that has `SKeyProv` and the scope 3gpp:seal:key_management_service."""
    authority: Path = Path("val-ca/authority.pem")
    """PEM file with who vouches for its certificate."""
    kms_uri: str = "kms.home.example"
    """The server's name in its certificate."""


class ConfigurationEntry(Settings):
    """The UE configuration for every UE of a VAL service."""

    domain: str
    """The domain."""
    name: str = ""
    """What it is called."""


class ServiceEntry(Settings):
    """A VAL service."""

    ue_configuration: ConfigurationEntry | None = None
    """What its UEs are told. Without it, nothing."""


class ProfileEntry(Settings):
    """A user's profile in a VAL service; the user's groups in this file are in it by themselves."""

    name: str = ""
    """What it is called."""
    partner_groups: tuple[GroupId, ...] = ()
    """VAL group IDs of groups in partner domains."""


class UserEntry(Settings):
    """A VAL user, by the name that is typed at the log-in."""

    val_user_id: Name | None = None
    """The VAL user ID; by default the same."""
    password_file: Path | None = None
    """A file with the password in its first line, for a user that is new."""
    password_hash: Annotated[str, written_as(usable_hash, "$argon2id$v=19$...")] | None = Field(
        default=None, repr=False
    )
    """Or its argon2id hash; `val idms user hash` makes one."""
    enabled: YesNo = True
    """Whether the user may log in."""
    services: tuple[Name, ...] = ()
    """The VAL services that the user may use."""
    profiles: dict[Name, ProfileEntry] = Field(default_factory=dict)
    """The user's profile in each VAL service."""


class KeyEntry(Settings):
    """Key material of a group, for its members."""

    id: Name
    """Its name; another key of this name takes its place."""
    file: Path
    """A file with the key in its first line, in hexadecimal."""


class GroupEntry(Settings):
    """A group, by its VAL group ID."""

    service: Name
    """The VAL service that it is for."""
    display_name: str = ""
    """What it is called."""
    subject: str = ""
    """What it is about."""
    administrators: tuple[Name, ...] = ()
    """The users who may change it."""
    members: tuple[Name, ...] = ()
    """The users who are members."""
    priority: Annotated[int, Field(ge=0, le=255)] | None = None
    """Its priority."""
    key: KeyEntry | None = None
    """Its key material. Without it, the key management server makes identity-based keys alone."""


class Provisioning(Settings):
    """Users, services, profiles and groups, and the servers that are to have them."""

    idms: ServerEntry | None = None
    """The identity server."""
    cms: ServerEntry | None = None
    """The configuration management server."""
    gms: ServerEntry | None = None
    """The group management server."""
    kms: KeyServerEntry | None = None
    """The key management server."""
    services: dict[Name, ServiceEntry] = Field(default_factory=dict)
    """The VAL services, by their IDs."""
    users: dict[Name, UserEntry] = Field(default_factory=dict)
    """The users."""
    groups: dict[GroupId, GroupEntry] = Field(default_factory=dict)
    """The groups."""

    def val_user_id(self, user: str) -> str:
        """Give the VAL user ID of a user."""
        return self.users[user].val_user_id or user

    def configurations(self) -> "Iterator[Wanted]":
        """Give the documents of the configuration management server."""
        for service, entry in self.services.items():
            if entry.ue_configuration is not None:
                told = entry.ue_configuration
                text = bytes(UeConfiguration(told.domain, service, told.name))
                yield Wanted(ue_configuration_selector(service), text, configurations.MEDIA_TYPE)
        for user, person in self.users.items():
            for service, profile in person.profiles.items():
                mine = self._groups_of(user, service)
                memberships = tuple(GroupMembership(each) for each in (*mine, *profile.partner_groups))
                text = bytes(UserProfile(0, profile.name, groups=memberships))
                yield Wanted(profile_selector(service, self.val_user_id(user)), text, profiles.MEDIA_TYPE)

    def group_documents(self) -> "Iterator[Wanted]":
        """Give the documents of the group management server."""
        for group_id, entry in self.groups.items():
            document = GroupDocument(
                group_id,
                (entry.service,),
                entry.display_name,
                entry.subject,
                administrators=tuple(map(self.val_user_id, entry.administrators)),
                members=tuple(map(self.val_user_id, entry.members)),
                priority=entry.priority,
            )
            yield Wanted(group_selector(entry.service, group_id), bytes(document), groups.MEDIA_TYPE)

    def _groups_of(self, user: str, service: str) -> list[str]:
        return [name for name, entry in self.groups.items() if entry.service == service and user in entry.members]


@frozen
class Wanted:
    """A document that there is to be."""

    selector: DocumentSelector
    text: bytes
    media_type: str
