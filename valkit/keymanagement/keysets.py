"""The keys of one user or group in one key period (TS 33.180 D.3.3), and key material that a VAL server provisioned.

Secrets are never shown. Whether they fit the identity is for whoever uses them (`valkit.idbased`).
"""

from attrs import field, frozen
from lxml import etree

from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.markup import OURS, Reading, add, add_key, add_time, element
from valkit.keymanagement.resources import checked_uri

VERSION = "1.1.0"
UID = 32
"""Bytes of a UID."""
LARGEST_KEY = 512
"""Bytes of the largest key that is provisioned."""
NAME = 128
"""Characters of the longest name of a key or VAL service."""


@frozen
class KeySet:
    """What a KMS makes for an identity."""

    kms_uri: str
    user_uri: str
    uid: bytes
    number: int
    """Of the key period, counted from 1900."""
    rsk: bytes = field(repr=False)
    """UserDecryptKey."""
    ssk: bytes = field(repr=False)
    """UserSigningKeySSK."""
    pvt: bytes
    """UserPubTokenPVT."""
    valid_from: float | None = None
    valid_to: float | None = None
    cert_uri: str | None = None
    """The KMS certificate that they go with."""
    issuer: str | None = None
    revoked: bool = False
    services: tuple[str, ...] = ()
    """The VAL services that they were given for; ours."""

    def element(self) -> etree._Element:
        """Write it, secrets and all."""
        made = element("KmsKeySet", Version=VERSION)
        add(made, "KmsUri", self.kms_uri)
        add(made, "CertUri", self.cert_uri)
        add(made, "Issuer", self.issuer)
        add(made, "UserUri", self.user_uri)
        add(made, "UserID", self.uid)
        add_time(made, "ValidFrom", self.valid_from)
        add_time(made, "ValidTo", self.valid_to)
        add(made, "KeyPeriodNo", self.number)
        add(made, "Revoked", self.revoked)
        add_key(made, "UserDecryptKey", self.rsk)
        add_key(made, "UserSigningKeySSK", self.ssk)
        add_key(made, "UserPubTokenPVT", self.pvt)
        for service in self.services:
            add(made, "ValServiceId", service, OURS)
        return made

    @classmethod
    def read(cls, found: Reading) -> "KeySet":
        """Read it. Raises Unreadable."""
        identity = found.identity("UserID")
        if len(identity) != UID:
            raise Unreadable(f"UserID of a KmsKeySet has not {UID} bytes")
        return cls(
            kms_uri=found.text("KmsUri"),
            user_uri=checked_uri(found.text("UserUri")),
            uid=identity,
            number=found.number("KeyPeriodNo"),
            rsk=found.key("UserDecryptKey"),
            ssk=found.key("UserSigningKeySSK"),
            pvt=found.key("UserPubTokenPVT"),
            valid_from=found.optional_time("ValidFrom"),
            valid_to=found.optional_time("ValidTo"),
            cert_uri=found.optional("CertUri"),
            issuer=found.optional("Issuer"),
            revoked=found.flag("Revoked"),
            services=tuple(each.own_text() for each in found.children("ValServiceId", OURS)),
        )


@frozen
class ProvisionedKey:
    """Key material of a VAL service for a user or group (TS 33.434 5.8). What it is for, the VAL service knows."""

    key_id: str
    """Its name; another key of this name takes its place."""
    val_service_id: str
    """The VAL service whose users it is given to."""
    key: bytes = field(repr=False)
    valid_to: float | None = None
    """When it ends, in epoch seconds; without it, when another takes its place."""
    group: bool = False
    """Whether it is a group's: then a VAL server that serves the group may ask for it; if not, its user alone."""

    def element(self) -> etree._Element:
        """Write it, the key and all."""
        made = element("ProvisionedKey", OURS)
        add(made, "KeyId", self.key_id, OURS)
        add(made, "ValServiceId", self.val_service_id, OURS)
        add(made, "Key", self.key, OURS)
        add_time(made, "ValidTo", self.valid_to, OURS)
        add(made, "Group", self.group or None, OURS)
        return made

    @classmethod
    def read(cls, found: Reading) -> "ProvisionedKey":
        """Read it. Raises Unreadable."""
        key = found.octets("Key")
        if len(key) > LARGEST_KEY:
            raise Unreadable(f"a ProvisionedKey has more than {LARGEST_KEY} bytes")
        names = _name(found, "KeyId"), _name(found, "ValServiceId")
        return cls(*names, key, found.optional_time("ValidTo"), found.flag("Group"))


def _name(found: Reading, name: str) -> str:
    text = found.text(name)
    if len(text) > NAME:
        raise Unreadable(f"{name} of a ProvisionedKey has more than {NAME} characters")
    return text
