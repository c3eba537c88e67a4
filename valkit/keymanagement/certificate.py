"""The certificate of a KMS (TS 33.180 D.3.2): what everybody needs to send to its users and to verify their signatures.

Its keys are bytes as they travel; whether they are keys is for whoever uses them (`valkit.idbased`).
"""

from hashlib import sha256
from typing import Literal

from attrs import evolve, frozen
from lxml import etree

from valkit.idbased.uid import KeyPeriods, uid
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.markup import Reading, add, add_time, element

VERSION = "1.1.0"
FORMAT = 2
"""UserIdFormat: UIDs as TS 33.180 F.2.1 makes them. The other one, 1, is RFC 6509's, of telephone numbers."""
SET = 1
"""ParameterSet: the one of RFC 6509 Appendix A."""

Role = Literal["Root", "External"]


@frozen
class Certificate:
    """One KMS's."""

    kms_uri: str
    periods: KeyPeriods
    z: bytes
    """PubEncKey, with which one encapsulates to its users."""
    kpak: bytes
    """PubAuthKey, with which one verifies their signatures."""
    cert_uri: str | None = None
    """The name of this certificate, which another one of this KMS has not."""
    issuer: str | None = None
    valid_from: float | None = None
    valid_to: float | None = None
    revoked: bool = False
    domains: tuple[str, ...] = ()
    """The security domains that it is for."""
    role: Role = "Root"

    def external(self) -> "Certificate":
        """Give the same as it is handed to users of another KMS."""
        return evolve(self, role="External")

    def holds(self, at: float) -> bool:
        """Whether it may be used at this time."""
        begun = self.valid_from is None or self.valid_from <= at
        return begun and not self.revoked and (self.valid_to is None or at < self.valid_to)

    @property
    def fingerprint(self) -> str:
        """What tells its keys from all others: SHA-256 over both, in hexadecimal."""
        return sha256(self.z + self.kpak).hexdigest()

    def identity(self, uri: str, number: int) -> bytes:
        """Give the UID of a user or group in a key period. Raises ValueError for a URI that can have none."""
        return uid(uri, self.kms_uri, self.periods, number)

    def element(self) -> etree._Element:
        """Write it."""
        made = element("KmsCertificate", Version=VERSION, Role=self.role)
        add(made, "CertUri", self.cert_uri)
        add(made, "KmsUri", self.kms_uri)
        add(made, "Issuer", self.issuer)
        add_time(made, "ValidFrom", self.valid_from)
        add_time(made, "ValidTo", self.valid_to)
        add(made, "Revoked", self.revoked)
        add(made, "UserIdFormat", FORMAT)
        add(made, "UserKeyPeriod", self.periods.length)
        add(made, "UserKeyOffset", self.periods.offset)
        add(made, "PubEncKey", self.z)
        add(made, "PubAuthKey", self.kpak)
        add(made, "ParameterSet", SET)
        if self.domains:
            listed = element("KmsDomainList")
            for domain in self.domains:
                add(listed, "KmsDomain", domain)
            made.append(listed)
        return made

    @classmethod
    def read(cls, found: Reading) -> "Certificate":
        """Read it. Unreadable, also where it is of a kind that is not understood."""
        if found.number("UserIdFormat") != FORMAT:
            raise Unreadable(f"the KMS certificate has another UserIdFormat than {FORMAT}")
        if found.optional_number("ParameterSet") not in {None, SET}:
            raise Unreadable(f"the KMS certificate has another ParameterSet than {SET}")
        role = found.element.get("Role", "Root")
        if role not in {"Root", "External"}:
            raise Unreadable("the KMS certificate's Role is neither Root nor External")
        listed = found.child("KmsDomainList")
        return cls(
            kms_uri=found.text("KmsUri"),
            periods=_periods(found),
            z=found.octets("PubEncKey"),
            kpak=found.octets("PubAuthKey"),
            cert_uri=found.optional("CertUri"),
            issuer=found.optional("Issuer"),
            valid_from=found.optional_time("ValidFrom"),
            valid_to=found.optional_time("ValidTo"),
            revoked=found.flag("Revoked"),
            domains=() if listed is None else tuple(each.own_text() for each in listed.children("KmsDomain")),
            role="Root" if role == "Root" else "External",
        )


def _periods(found: Reading) -> KeyPeriods:
    try:
        return KeyPeriods(found.number("UserKeyPeriod"), found.number("UserKeyOffset"))
    except ValueError:
        raise Unreadable("the KMS certificate's key periods are none") from None
