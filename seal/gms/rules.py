"""Who may do what with a group (TS 24.544 6.2, TS 23.434 10.3).

| who asks                                    | group that is there                 | group that is not there        |
|---------------------------------------------|-------------------------------------|--------------------------------|
| an administrator named in it                | reads, changes, deletes             |                                |
| a member                                    | reads                               |                                |
| any other VAL user with the VAL service     | nothing                             | creates, if policy lets it     |
| a VAL user whose token lacks the service    | nothing                             | nothing                        |
| the VAL server of the VAL service, by proxy | reads                               |                                |
| the operator, at the admin address          | all                                 | all                            |

Who creates a group is named in it as an administrator, so that somebody can change it; and whoever changes one leaves
somebody who can.
"""

from collections.abc import Callable

from attrs import frozen

from seal.access import Asker
from seal.access.errors import not_permitted
from seal.gms.usages import usage_of
from seal.xcap.errors import Conflicting, Refused
from seal.xcap.usage import Usage
from valkit.documents import GroupDocument, group
from valkit.xcap import Condition, DocumentSelector


@frozen
class GmsRules:
    """The rules of one server."""

    services: tuple[str, ...] = ()
    """The VAL services that are served; empty: any."""
    may_create: Callable[[str], bool] = lambda _user: False
    """Whether a VAL user may create groups."""
    namespaces: tuple[str, ...] = (group.NAMESPACE,)

    @property
    def auids(self) -> tuple[str, ...]:
        """The application usages: VAL services (TS 24.544 7.2)."""
        return self.services

    def usage(self, selector: DocumentSelector) -> Usage:
        """Give the usage of a document. Raises Refused."""
        if self.services and selector.auid not in self.services:
            raise Refused(404, "there is no such VAL service here")
        return usage_of(selector)

    def require(self, asker: Asker, method: str, selector: DocumentSelector, kept: bytes | None) -> None:
        """Raise AccessRefused unless who asks may do this with the group as it is kept."""
        reads = method in {"GET", "HEAD"}
        if asker.is_network:
            allowed = reads and asker.asserted in {selector.auid, selector.name}
        elif selector.auid not in asker.val_service_ids:
            allowed = False
        elif kept is None:
            allowed = method != "PUT" or self.may_create(asker.val_user_id)
        else:
            found = GroupDocument.read(kept)
            allowed = asker.val_user_id in found.administrators or (reads and asker.val_user_id in found.everybody)
        if not allowed:
            raise not_permitted(asker.name)

    def require_left(self, asker: Asker, before: bytes | None, after: bytes | None) -> None:
        """Raise Conflicting for a group that nobody administers, or that was created for others."""
        if after is None or asker.is_network:
            return
        administrators = GroupDocument.read(after).administrators
        if not administrators or (before is None and asker.val_user_id not in administrators):
            raise Conflicting(Condition.CONSTRAINT, "who creates a group is an administrator of it, and it keeps one")
