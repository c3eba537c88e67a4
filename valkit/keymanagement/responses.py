"""What a key management server answers (TS 33.180 D.3.1): a message of one of three kinds, an error, or just yes."""

from collections.abc import Iterable

from attrs import frozen
from lxml import etree

from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import KeySet, ProvisionedKey
from valkit.keymanagement.markup import OURS, Reading, add, add_time, document, element

VERSION = "1.0.0"
MOST = 32
"""Certificates, key sets or provisioned keys that one message has at most."""


@frozen
class KmsInit:
    """The certificate of the user's own KMS."""

    certificate: Certificate

    def element(self) -> etree._Element:
        """Write it."""
        return _message("KmsInit", [self.certificate.element()])

    @classmethod
    def read(cls, found: Reading) -> "KmsInit":
        """Read it. Raises Unreadable."""
        certificate = found.child("KmsCertificate")
        if certificate is None:
            raise Unreadable("KmsInit has no KmsCertificate (one that is signed is not understood)")
        return cls(Certificate.read(certificate))


@frozen
class KmsKeyProv:
    """Key sets of a user, and what a VAL server has provisioned for it."""

    key_sets: tuple[KeySet, ...]
    provisioned: tuple[ProvisionedKey, ...] = ()

    def element(self) -> etree._Element:
        """Write it, secrets and all."""
        sets, keys = (each.element() for each in self.key_sets), (each.element() for each in self.provisioned)
        return _message("KmsKeyProv", (*sets, *keys))

    @classmethod
    def read(cls, found: Reading) -> "KmsKeyProv":
        """Read it. Raises Unreadable."""
        sets = _bounded(found.children("KmsKeySet"), "key sets")
        keys = _bounded(found.children("ProvisionedKey", OURS), "provisioned keys")
        return cls(tuple(map(KeySet.read, sets)), tuple(map(ProvisionedKey.read, keys)))


@frozen
class KmsCertCache:
    """The certificates of other KMSs. There are none where the client has this cache already."""

    number: int
    certificates: tuple[Certificate, ...]

    def element(self) -> etree._Element:
        """Write it."""
        return _message("KmsCertCache", [each.element() for each in self.certificates], CacheNum=str(self.number))

    @classmethod
    def read(cls, found: Reading) -> "KmsCertCache":
        """Read it. Raises Unreadable."""
        number = found.element.get("CacheNum", "0")
        if not (number.isascii() and number.isdecimal() and len(number) <= 9):
            raise Unreadable("CacheNum of KmsCertCache is not a number")
        certificates = _bounded(found.children("KmsCertificate"), "certificates")
        return cls(int(number), tuple(map(Certificate.read, certificates)))


@frozen
class KmsError:
    """Why there is no message. The code is the status of the HTTP answer; the standard names none."""

    code: int
    sentence: str

    def element(self) -> etree._Element:
        """Write it."""
        made = element("KmsError")
        add(made, "ErrorCode", self.code)
        add(made, "ErrorMsg", self.sentence)
        return made

    @classmethod
    def read(cls, found: Reading) -> "KmsError":
        """Read it. Raises Unreadable."""
        return cls(found.number("ErrorCode"), found.optional("ErrorMsg") or "")


KmsMessage = KmsInit | KmsKeyProv | KmsCertCache


@frozen
class KmsResponse:
    """One answer."""

    user_uri: str
    """For whom it is."""
    kms_uri: str
    time: float
    client_req_url: str
    """The resource that was asked for."""
    kms_id: str | None = None
    message: KmsMessage | None = None
    error: KmsError | None = None

    def __bytes__(self) -> bytes:
        root = element("KmsResponse", Version=VERSION)
        add(root, "UserUri", self.user_uri)
        add(root, "KmsUri", self.kms_uri)
        add_time(root, "Time", self.time)
        add(root, "KmsId", self.kms_id)
        add(root, "ClientReqUrl", self.client_req_url)
        if self.message is not None:
            wrapped = element("KmsMessage")
            wrapped.append(self.message.element())
            root.append(wrapped)
        if self.error is not None:
            root.append(self.error.element())
        return document(root)

    @classmethod
    def parse(cls, body: bytes) -> "KmsResponse":
        """Read one. Raises Unreadable; a signed one (SignedKmsResponse) is not understood either."""
        found = Reading.of(body, "KmsResponse")
        wrapped, error = found.child("KmsMessage"), found.child("KmsError")
        return cls(
            user_uri=found.optional("UserUri") or "",
            kms_uri=found.text("KmsUri"),
            time=found.time("Time"),
            client_req_url=found.text("ClientReqUrl"),
            kms_id=found.optional("KmsId"),
            message=None if wrapped is None else _read(wrapped),
            error=None if error is None else KmsError.read(error),
        )


def _message(name: str, parts: Iterable[etree._Element], **attributes: str) -> etree._Element:
    made = element(name, Version=VERSION, **attributes)
    made.extend(list(parts))
    return made


def _read(wrapped: Reading) -> KmsMessage | None:
    for name, kind in (("KmsInit", KmsInit), ("KmsKeyProv", KmsKeyProv), ("KmsCertCache", KmsCertCache)):
        found = wrapped.child(name)
        if found is not None:
            return kind.read(found)
    return None


def _bounded(found: Iterable[Reading], what: str) -> list[Reading]:
    listed = list(found)
    if len(listed) > MOST:
        raise Unreadable(f"a message has more than {MOST} {what}")
    return listed
