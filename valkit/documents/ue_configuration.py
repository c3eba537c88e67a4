"""The VAL UE configuration (TS 24.546 7.2): what a UE is told for one VAL service."""

from attrs import frozen

from valkit.documents.markup import add, add_given, begun, root_of, text_of, written
from valkit.xcap import DocumentSelector

MEDIA_TYPE = "application/vnd.3gpp.seal-ue-config-info+xml"
NAMESPACE = "urn:3gpp:ns:seal:sealUEConfig:1.0"
NAME = "ue-configuration"
"""File name: in the global tree for every UE of the VAL service, in a home directory for the user's."""


@frozen
class UeConfiguration:
    """One configuration."""

    domain: str
    val_service_id: str = ""
    name: str = ""
    instance_ids: tuple[str, ...] = ()
    """The UEs that it is for, by their instance IDs (URNs); none: for all."""

    def __bytes__(self) -> bytes:
        """Write it as a document."""
        root = begun(NAMESPACE, "seal-UE-configuration", {"domain": self.domain})
        if self.instance_ids:
            ues = add(root, "VAL-UE-id")
            for urn in self.instance_ids:
                add(ues, "instance-ID-URN", urn)
        add_given(root, VAL_service_id=self.val_service_id, name=self.name)
        return written(root)

    @classmethod
    def read(cls, body: bytes) -> "UeConfiguration":
        """Read a document. Raises NoSuchDocument."""
        root = root_of(body, f"{{{NAMESPACE}}}seal-UE-configuration")
        urns = root.iterfind("d:VAL-UE-id/d:instance-ID-URN", {"d": NAMESPACE})
        return cls(
            root.get("domain") or "",
            text_of(root, "d:VAL-service-id", NAMESPACE),
            text_of(root, "d:name", NAMESPACE),
            tuple((each.text or "").strip() for each in urns),
        )


def ue_configuration_selector(val_service_id: str, val_user_id: str | None = None) -> DocumentSelector:
    """Say where a configuration is: a user's own, or the one for all."""
    return DocumentSelector(val_service_id, val_user_id, (NAME,))
