"""What a configuration management server can be told; whose tokens it believes must be said, the rest has defaults."""

from seal.listening import ListenSettings, Port
from seal.management.settings import ManagementSettings
from seal.requesters import AdminSettings, RequesterSettings, operator_with
from valkit.settings import YesNo

SCOPE = "3gpp:seal:config_management_service"


class CmsListenSettings(ListenSettings):
    """Where the server is reached, by HTTPS."""

    host: str = "127.0.0.6"
    """The IP address to listen on; the certificate names it."""


class CmsAdminSettings(AdminSettings):
    """The HTTP address at which the operator reads and writes every document, by XCAP."""

    port: Port = 8_066
    """0 takes a free one."""
    requesters: tuple[RequesterSettings, ...] = operator_with("val-cms-operator.token")
    """Who may."""


class CmsSettings(ManagementSettings):
    """All settings of `val cms`."""

    listen: CmsListenSettings = CmsListenSettings()
    scope: str = SCOPE
    """The scope that a token must have."""
    store: str = "sqlite:///val-cms.sqlite"
    """Where documents and subscriptions are kept: `sqlite:///FILE`, `postgresql://USER@HOST/NAME`, or `memory`."""
    admin: CmsAdminSettings | None = None
    """Where the operator reads and writes every document, by XCAP. Left out: nowhere."""
    users_write_profiles: YesNo = False
    """Whether a VAL user may change the own profiles."""
    users_write_configurations: YesNo = False
    """Whether a VAL user may change the own UE configuration."""
