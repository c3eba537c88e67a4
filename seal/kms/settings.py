"""What a key management server can be told. Everything but whose tokens it believes has a default for a lab."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from seal.access import AccessSettings
from seal.kms.vault import VaultSettings
from seal.listening import ListenSettings, Port
from seal.requesters import AdminSettings, RequesterSettings, operator_with
from valkit.idbased.uid import THIRTY_DAYS, KeyPeriods
from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import Monitored
from valkit.settings import Duration, Settings

Seconds = Annotated[Duration, Field(ge=0)]

SCOPE = "3gpp:seal:key_management_service"
"""The scope that a token must have, if nothing else is said."""


class KmsListenSettings(ListenSettings):
    """Where the server is reached, by HTTPS."""

    host: str = "127.0.0.5"
    """The IP address to listen on; the certificate names it."""


class KmsAdminSettings(AdminSettings):
    """The HTTP address at which the operator says for whom no keys are given."""

    port: Port = 8_065
    """0 takes a free one."""
    requesters: tuple[RequesterSettings, ...] = operator_with("val-kms-operator.token")
    """Who may."""


class PeriodSettings(Settings):
    """How time is cut into key periods (TS 33.180 F.2.1), and of which of them keys are given."""

    length: Duration = float(THIRTY_DAYS)
    """How long a key period is, in whole seconds."""
    offset: Duration = 0.0
    """How long after 1900-01-01 00:00 the first one begins."""
    ahead: Annotated[int, Field(ge=0, le=4)] = 1
    """Key periods after the current one whose keys are given with it, so that a client has them when they begin."""
    behind: Annotated[int, Field(ge=0, le=120)] = 12
    """Key periods before it whose keys are given to who asks for that time, to read what was sent then."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.length < 1 or self.length % 1 or self.offset % 1 or self.offset >= self.length:
            raise ValueError("has key periods that are not whole seconds, or an offset not shorter than one of them")
        return self

    def periods(self) -> KeyPeriods:
        """Give the same as keys go by it."""
        return KeyPeriods(int(self.length), int(self.offset))


class CertificateSettings(Settings):
    """What the KMS certificate says beside its keys (TS 33.180 D.3.2)."""

    validity: Annotated[Duration, Field(gt=0)] = 3650 * 86_400.0
    """For how long it holds, from when the master secrets were made."""
    issuer: str | None = None
    """Who issues it."""
    domains: Annotated[tuple[str, ...], Field(max_length=16)] = ()
    """The security domains that it is for."""


class KmsSettings(Monitored):
    """All settings of `val kms`."""

    listen: KmsListenSettings = KmsListenSettings()
    tls: TlsSettings = TlsSettings()
    kms_uri: str = "kms.home.example"
    """The server's name in certificates and UIDs. Who changes it makes other keys of everybody's."""
    kms_id: str | None = None
    """A name of the server for people, in its responses."""
    access: AccessSettings
    """Whose tokens are believed. A token is needed whoever asks: an identity that a proxy asserts is not enough."""
    scope: str = SCOPE
    """The scope that a token must have."""
    services: tuple[str, ...] = ()
    """The VAL services that have keys here. Left out: all."""
    periods: PeriodSettings = PeriodSettings()
    certificate: CertificateSettings = CertificateSettings()
    external: Annotated[tuple[Path, ...], Field(max_length=32)] = ()
    """XML files with KMS certificates of other domains, or KMS responses that have one: handed out by certcache."""
    vault: VaultSettings = VaultSettings()
    provisioned_most: Annotated[int, Field(ge=0)] = 10_000
    """Users and groups for whom VAL servers can provision key material, at most."""
    admin: KmsAdminSettings | None = None
    """Where the operator disables VAL services and revokes identities while the server runs. Left out: nowhere."""
    request_leeway: Seconds = 300.0
    """By how much the time in a request may differ from the server's."""
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Keys that are made at a time."""
    waiting: Annotated[int, Field(ge=1)] = 200
    """Keys that may wait to be made; who asks for more is told to come again."""
    remembered: Annotated[int, Field(ge=0)] = 1_000
    """Key sets that are remembered once they have been made, at about 2 kB each."""
    log: Literal["events", "errors"] = "events"
    """What is logged: all that was given, or only what was refused, for servers under load."""
