"""The VAL user profile (TS 24.546 7.1), and the groups of the user that it tells of."""

from collections.abc import Collection

from attrs import frozen
from lxml import etree

from valkit.documents.markup import add, add_given, begun, root_of, text_of, truth, whole, written
from valkit.xcap import DocumentSelector

MEDIA_TYPE = "application/vnd.3gpp.seal-user-profile-info+xml"
NAMESPACE = "urn:3gpp:ns:seal:SealUserProfile:1.0"
OURS = "urn:val:ns:user-profile:1.0"
"""The namespace of what the standard leaves to the VAL service."""
NAME = "user-profile"
"""File name of the profile in the user's home directory; further ones have their index behind it."""


@frozen
class GroupMembership:
    """A group that the user is a member of."""

    group_id: str
    """The VAL group ID."""
    domain: str = ""
    """The domain that has the group; empty where the group ID tells it."""

    @property
    def home(self) -> str:
        """The domain that has the group: as it is said, or what stands after the @ in the group ID."""
        return self.domain or domain_of(self.group_id)


@frozen
class UserProfile:
    """One profile of a VAL user in one VAL service."""

    index: int = 0
    """`user-profile-index`, 0 to 255."""
    name: str = ""
    enabled: bool = True
    """`<status>`."""
    default: bool = False
    """`<is-default>`."""
    groups: tuple[GroupMembership, ...] = ()

    def partner_domains(self, home: Collection[str]) -> tuple[str, ...]:
        """Give the domains, other than these, that have groups of the user's: there it is authorized, too (DOM-05)."""
        domains = (group.home for group in self.groups)
        return tuple(dict.fromkeys(domain for domain in domains if domain and domain not in home))

    def __bytes__(self) -> bytes:
        """Write it as a document."""
        root = begun(NAMESPACE, "seal-user-profile", {"user-profile-index": str(self.index)}, vp=OURS)
        add_given(root, profile_name=self.name)
        add(root, "status", str(self.enabled).lower())
        add(root, "is-default", str(self.default).lower())
        network = add(add(root, "profile-configuration"), "on-network")
        if self.groups:
            network.append(groups := begun(OURS, "groups", {}, vp=OURS))
            for group in self.groups:
                add(groups, "group", uri=group.group_id, **({"domain": group.domain} if group.domain else {}))
        return written(root)

    @classmethod
    def read(cls, body: bytes) -> "UserProfile":
        """Read a document, also of Rel-17, which named some elements otherwise. Raises NoSuchDocument."""
        root = root_of(body, f"{{{NAMESPACE}}}seal-user-profile")
        found = root.iterfind(".//o:groups/o:group", {"o": OURS})
        return cls(
            whole(root.get("user-profile-index") or "") or 0,
            _either(root, "profile-name", "ProfileName"),
            truth(_either(root, "status", "Status"), otherwise=True),
            truth(_either(root, "is-default", "isDefault"), otherwise=False),
            tuple(GroupMembership(each.get("uri") or "", each.get("domain") or "") for each in found),
        )


def profile_selector(val_service_id: str, val_user_id: str, index: int | None = None) -> DocumentSelector:
    """Say where a user's profile is: the only one, or the one of this index."""
    return DocumentSelector(val_service_id, val_user_id, (NAME if index is None else f"{NAME}-{index}",))


def domain_of(group_id: str) -> str:
    """Give the domain in a VAL group ID such as `sip:fire@home.example`; empty where there is none."""
    _, at, domain = group_id.partition("@")
    return domain.partition(";")[0].partition(":")[0].lower() if at else ""


def _either(root: etree._Element, *names: str) -> str:
    found = (text_of(root, f"d:{name}", NAMESPACE) for name in names)
    return next((text for text in found if text), "")
