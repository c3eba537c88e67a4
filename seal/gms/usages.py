"""The documents of a group management server: groups, and what they must be like (TS 24.544 7)."""

from importlib.resources import files
from pathlib import Path

from seal.xcap.errors import Conflicting, Refused
from seal.xcap.usage import Schema, Usage
from valkit.documents import GroupDocument, group
from valkit.xcap import Condition, DocumentSelector, Existing

MEMBERS = 1_000
"""Members of a group at most (TS 23.434 10.3.3 has a limit, and leaves it to policy)."""


def _sound(selector: DocumentSelector, text: bytes) -> None:
    """Refuse a group under another name, not for the VAL service that it is put under, or too large."""
    found = GroupDocument.read(text)
    if found.group_id != selector.name:
        where = Existing("seal-group-doc/list-service/@uri", (selector.name,))
        raise Conflicting(
            Condition.NOT_UNIQUE, "the uri of a group is the VAL group ID that it is put under", existing=(where,)
        )
    if selector.auid not in found.services:
        raise Conflicting(Condition.CONSTRAINT, f"val-service-id does not name {selector.auid}, under which it is put")
    if len(found.everybody) > MEMBERS:
        raise Conflicting(Condition.CONSTRAINT, f"a group has {MEMBERS} members at most")


def _named(text: bytes) -> frozenset[str]:
    """Give the VAL users in a group, administrators among them."""
    found = GroupDocument.read(text)
    return found.everybody | frozenset(found.administrators)


GROUP = Usage(
    group.MEDIA_TYPE,
    group.NAMESPACE,
    Schema(Path(str(files("seal.gms.schemas"))) / "seal-group-doc.xsd"),
    constrain=_sound,
    names=_named,
)


def usage_of(selector: DocumentSelector) -> Usage:
    """Give the usage of a document. Raises Refused with 404 where a server like this has none of this name."""
    match selector:
        case DocumentSelector(xui=None, path=(group.DIRECTORY, _)):
            return GROUP
    raise Refused(404, f"groups are below <VAL service ID>/global/{group.DIRECTORY}")
