"""What a group management server can be told; whose tokens it believes must be said, the rest has defaults."""

from pathlib import Path

from seal.listening import ListenSettings, Port
from seal.management.settings import ManagementSettings
from seal.requesters import AdminSettings, RequesterSettings, operator_with
from valkit.settings import Settings, YesNo

SCOPE = "3gpp:seal:group_management_service"


class GmsListenSettings(ListenSettings):
    """Where the server is reached, by HTTPS."""

    host: str = "127.0.0.7"
    """The IP address to listen on; the certificate names it."""


class GmsAdminSettings(AdminSettings):
    """The HTTP address at which the operator reads and writes every document, by XCAP."""

    port: Port = 8_067
    """0 takes a free one."""
    requesters: tuple[RequesterSettings, ...] = operator_with("val-gms-operator.token")
    """Who may."""


class KmsSettings(Settings):
    """The S-KMS that has the keys of groups."""

    url: str
    """Where it is: `https://kms.home.example`."""
    token_file: Path
    """A file with this server's access token in its first line: scope 3gpp:seal:key_management_service, and `SKeyProv`,
    since the keys are the groups'. Read each time."""


class GmsSettings(ManagementSettings):
    """All settings of `val gms`."""

    listen: GmsListenSettings = GmsListenSettings()
    scope: str = SCOPE
    """The scope that a token must have."""
    store: str = "sqlite:///val-gms.sqlite"
    """Where documents and subscriptions are kept: `sqlite:///FILE`, `postgresql://USER@HOST/NAME`, or `memory`."""
    admin: GmsAdminSettings | None = None
    """Where the operator reads and writes every document, by XCAP. Left out: nowhere."""
    creators: tuple[str, ...] = ()
    """VAL users who may create groups beside the operator, who alone does so where the S-KMS has key material of a
    group ID already."""
    anybody_creates: YesNo = False
    """Whether every VAL user of a VAL service may create groups for it."""
    kms: KmsSettings | None = None
    """Where the key material of groups is obtained. Left out: groups have none."""
