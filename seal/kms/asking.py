"""Whether a request fits: what its document says against where it came, who sent it, and when. Pure.

The document may be left out (TS 33.180 D.2.2), since TLS and the token protect what it says; where there is one, it
must not be another's, for another server, or of another time.
"""

from urllib.parse import urlsplit

from attrs import frozen

from seal.kms.errors import Cause, KmsRefused
from seal.kms.rights import Rights
from valkit.keymanagement import resources
from valkit.keymanagement.errors import NoResource, Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import Provision, Resource


@frozen
class Asking:
    """One request: for what, and with which document."""

    resource: Resource
    document: KmsRequest | None

    @property
    def keys(self) -> tuple[ProvisionedKey, ...]:
        """What it provisions."""
        return self.document.keys if self.document is not None else ()

    @property
    def url(self) -> str:
        """What was asked for: as the client says, who may have come by a proxy, else the path alone."""
        return self.resource.path if self.document is None else self.document.client_req_url


def read(method: str, path: str, body: bytes) -> Asking:
    """Read a request, its path as it came on the wire. Raises KmsRefused."""
    try:
        resource = resources.read(path)
        if method != "POST":
            raise KmsRefused(Cause.NOT_POST)
        document = KmsRequest.parse(body) if body.strip() else None
    except NoResource as error:
        raise KmsRefused(Cause.NO_RESOURCE, str(error)) from None
    except Unreadable as error:
        raise KmsRefused(Cause.UNREADABLE, str(error)) from None
    asking = Asking(resource, document)
    if isinstance(resource, Provision) != bool(asking.keys):
        raise KmsRefused(Cause.UNREADABLE, "key material is sent to be provisioned, and nowhere else")
    return asking


def require_fit(asking: Asking, rights: Rights, kms_uri: str, now: float, leeway: float) -> None:
    """Hold what the document says against the rest. Raises KmsRefused; times in seconds."""
    said = asking.document
    if said is None:
        return
    if said.kms_uri != kms_uri:
        raise KmsRefused(Cause.ANOTHER_KMS, f"this is {kms_uri}")
    if _resource_at(said.client_req_url) != asking.resource:
        raise KmsRefused(Cause.ANOTHER_RESOURCE)
    if abs(now - said.time) > leeway:
        raise KmsRefused(Cause.STALE)
    if not rights.own(said.user_uri):
        raise KmsRefused(Cause.NOT_ONESELF)


def _resource_at(url: str) -> Resource | None:
    """Read a whole URL; None where there is nothing. How it is escaped makes no difference."""
    try:
        return resources.read(urlsplit(url).path)
    except (ValueError, NoResource, Unreadable):
        return None
