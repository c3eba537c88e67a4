"""What a client says when it asks a key management server (TS 33.180 D.2.2). It may also say nothing."""

from attrs import frozen

from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.markup import OURS, Reading, add, add_time, document, element
from valkit.keymanagement.resources import checked_uri

VERSION = "1.1.0"
MOST_KEYS = 16
"""Keys that one request may provision."""


@frozen
class KmsRequest:
    """Who asks whom, when, and by which URL."""

    user_uri: str
    kms_uri: str
    time: float
    client_req_url: str
    client_id: str | None = None
    device_id: str | None = None
    keys: tuple[ProvisionedKey, ...] = ()
    """What is provisioned, at the resource for that."""

    def __bytes__(self) -> bytes:
        root = element("KmsRequest", Version=VERSION)
        add(root, "UserUri", self.user_uri)
        add(root, "KmsUri", self.kms_uri)
        add_time(root, "Time", self.time)
        add(root, "ClientId", self.client_id)
        add(root, "DeviceId", self.device_id)
        add(root, "ClientReqUrl", self.client_req_url)
        root.extend([key.element() for key in self.keys])
        return document(root)

    @classmethod
    def parse(cls, body: bytes) -> "KmsRequest":
        """Read one. Raises Unreadable; a signed one (SignedKmsRequest) is not understood either."""
        found = Reading.of(body, "KmsRequest")
        keys = tuple(map(ProvisionedKey.read, found.children("ProvisionedKey", OURS)))
        if len(keys) > MOST_KEYS:
            raise Unreadable(f"a KmsRequest has more than {MOST_KEYS} keys")
        return cls(
            user_uri=checked_uri(found.text("UserUri")),
            kms_uri=found.text("KmsUri"),
            time=found.time("Time"),
            client_req_url=found.text("ClientReqUrl"),
            client_id=found.optional("ClientId"),
            device_id=found.optional("DeviceId"),
            keys=keys,
        )
