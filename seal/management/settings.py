"""What a configuration or group management server can be told; each has defaults of its own for a lab."""

from typing import Annotated, Literal

from pydantic import Field

from seal.access import AccessSettings
from seal.listening import ListenSettings
from seal.notifying.callbacks import CallbackSettings
from seal.requesters import AdminSettings
from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import Monitored
from valkit.settings import Duration


class ManagementSettings(Monitored):
    """What both servers have in common."""

    listen: ListenSettings
    tls: TlsSettings = TlsSettings()
    access: AccessSettings
    """Whose tokens are believed, and which proxies may assert the identity of a network function."""
    scope: str
    """The scope that a token must have."""
    services: tuple[str, ...] = ()
    """The VAL services whose documents are here: the application usages (AUIDs). Left out: any."""
    store: str
    """Where documents and subscriptions are kept: `sqlite:///FILE`, `postgresql://USER@HOST/NAME`, or `memory`."""
    callbacks: CallbackSettings = CallbackSettings()
    """Where notifications of changes may go."""
    admin: AdminSettings | None = None
    """Where the operator reads and writes every document, by XCAP. Left out: nowhere."""
    forget_every: Annotated[Duration, Field(gt=0)] = 60.0
    """How often subscriptions that have expired are removed."""
    log: Literal["events", "errors"] = "events"
    """What is logged: all that was read and changed, or only what was refused, for servers under load."""
