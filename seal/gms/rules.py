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
somebody who can. Nobody but the operator creates one under an ID of which the S-KMS has key material: that is of a
group that was deleted, or that another is about to create, and would be given to the members of this one.
"""

from collections.abc import Callable

from attrs import field, frozen
from twisted.logger import Logger

from seal.access import Asker
from seal.access.errors import not_permitted
from seal.gms.keys import GroupKeys, KeysUnavailable, NoGroupKeys
from seal.gms.usages import usage_of
from seal.xcap.errors import Conflicting, Refused
from seal.xcap.usage import Usage
from valkit.documents import GroupDocument, group
from valkit.xcap import Condition, DocumentSelector

_log = Logger()


@frozen
class GmsRules:
    """The rules of one server."""

    services: tuple[str, ...] = ()
    """The VAL services that are served; empty: any."""
    may_create: Callable[[str], bool] = lambda _user: False
    """Whether a VAL user may create groups."""
    keys: GroupKeys = field(factory=NoGroupKeys)
    """Whether a group ID is one that key material was provisioned of."""
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

    async def require_free(self, asker: Asker, selector: DocumentSelector) -> None:
        """Raise Conflicting for a group ID of which there is key material: it was not meant for whoever takes the ID.

        It is that of a group which was deleted, or which somebody else is about to create. Raises Refused where nobody
        can say.
        """
        try:
            taken = not asker.is_network and await self.keys.kept(selector.auid, selector.name)
        except KeysUnavailable as error:
            _log.error("Whether {group} may be created is not known: {error}", group=selector.name, error=error)
            raise Refused(503, "the key management server does not say whether this group ID is free") from None
        if taken:
            told = "there is key material of this group ID already: only the operator creates such a group"
            raise Conflicting(Condition.CONSTRAINT, told)

    def require_left(self, asker: Asker, before: bytes | None, after: bytes | None) -> None:
        """Raise Conflicting for a group that nobody administers, or that was created for others."""
        if after is None or asker.is_network:
            return
        administrators = GroupDocument.read(after).administrators
        if not administrators or (before is None and asker.val_user_id not in administrators):
            raise Conflicting(Condition.CONSTRAINT, "who creates a group is an administrator of it, and it keeps one")
