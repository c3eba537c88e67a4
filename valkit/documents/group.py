"""The group document (TS 24.544 7): members, administrators and policy of a VAL group."""

from collections import Counter

from attrs import frozen

from valkit.documents.markup import add, add_given, begun, root_of, text_of, whole, written
from valkit.xcap import DocumentSelector

MEDIA_TYPE = "application/vnd.3gpp.seal-group-doc+xml"
NAMESPACE = "urn:3gpp:ns:seal:GroupInfo:1.0"
DIRECTORY = "byGroupID"
"""Where groups are in the global tree, as TS 24.481 has it."""


@frozen
class GroupDocument:
    """One group of one VAL service, or of several."""

    group_id: str
    """The VAL group ID, a URI."""
    services: tuple[str, ...]
    """The VAL services that the group is for, at least one."""
    display_name: str = ""
    subject: str = ""
    category: str = "normal"
    administrators: tuple[str, ...] = ()
    """VAL users who may change and delete the group."""
    members: tuple[str, ...] = ()
    """VAL users who are members as they are."""
    explicit_members: tuple[str, ...] = ()
    """VAL users who are members once they have joined."""
    priority: int | None = None
    """`<group-priority>`, 0 to 255."""
    external_group_id: str = ""
    """How the 3GPP core network names the group."""

    @property
    def everybody(self) -> frozenset[str]:
        """All who are members or may become so."""
        return frozenset((*self.members, *self.explicit_members))

    def __bytes__(self) -> bytes:
        """Write it as a document."""
        root = begun(NAMESPACE, "seal-group-doc", {})
        group = add(root, "list-service", uri=self.group_id)
        add_given(group, display_name=self.display_name)
        common = add(group, "common")
        add_given(common, seal_subject=self.subject)
        add(common, "category", self.category)
        for service in self.services:
            add(common, "val-service-id", service)
        for name, users in self._lists():
            if users:
                entries = add(group, name)
                for user in users:
                    add(entries, "entry", uri=user)
        priority = "" if self.priority is None else str(self.priority)
        specific = add(group, "val-specific-config")
        add_given(specific, group_priority=priority, external_group_id=self.external_group_id)
        return written(root)

    @classmethod
    def read(cls, body: bytes) -> "GroupDocument":
        """Read a document. Raises NoSuchDocument."""
        root = root_of(body, f"{{{NAMESPACE}}}seal-group-doc")
        names = {"d": NAMESPACE}

        def said(path: str) -> str:
            return text_of(root, f"d:list-service/{path}", NAMESPACE)

        def users(name: str) -> tuple[str, ...]:
            return tuple(each.get("uri") or "" for each in root.iterfind(f"d:list-service/d:{name}/d:entry", names))

        group = root.find("d:list-service", names)
        services = root.iterfind("d:list-service/d:common/d:val-service-id", names)
        return cls(
            ("" if group is None else group.get("uri")) or "",
            tuple((each.text or "").strip() for each in services),
            said("d:display-name"),
            said("d:common/d:seal-subject"),
            said("d:common/d:category"),
            users("administrators"),
            users("list"),
            users("explicit-members-list"),
            whole(said("d:val-specific-config/d:group-priority")),
            said("d:val-specific-config/d:external-group-id"),
        )

    @classmethod
    def knows_all_of(cls, body: bytes) -> bool:
        """Tell whether nothing of a document is lost when it is read and written. Raises NoSuchDocument."""
        return not _sayings(body) - _sayings(bytes(cls.read(body)))

    def _lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (
            ("administrators", self.administrators),
            ("explicit-members-list", self.explicit_members),
            ("list", self.members),
        )


def _sayings(body: bytes) -> Counter[tuple[object, ...]]:
    """Count each element of a document that has text or attributes."""
    each = root_of(body, f"{{{NAMESPACE}}}seal-group-doc").iter("{*}*")
    said = ((item.tag, *sorted(item.items()), (item.text or "").strip()) for item in each)
    return Counter(saying for saying in said if any(saying[1:]))


def group_selector(val_service_id: str, group_id: str) -> DocumentSelector:
    """Say where the document of a group is."""
    return DocumentSelector(val_service_id, None, (DIRECTORY, group_id))
