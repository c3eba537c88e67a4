"""Who may do what at a configuration management server (TS 24.546 6.2, TS 24.547 A.2.3).

| who asks                                    | own documents         | another's | those for all of the VAL service |
|---------------------------------------------|-----------------------|-----------|----------------------------------|
| a VAL user whose token has the VAL service  | reads; writes, if so  | nothing   | reads                            |
| a VAL user whose token does not have it     | nothing               | nothing   | nothing                          |
| the VAL server of the VAL service, by proxy | reads                 | reads     | reads                            |
| the operator, at the admin address          | all                   | all       | all                              |

Whether users may write their own documents is a setting, apart for profile and UE configuration.
"""

from attrs import frozen

from seal.access import Asker
from seal.access.errors import not_permitted
from seal.cms.usages import NAMESPACES, is_profile, usage_of
from seal.xcap.errors import Refused
from seal.xcap.usage import Usage
from valkit.xcap import DocumentSelector


@frozen
class CmsRules:
    """The rules of one server."""

    services: tuple[str, ...] = ()
    """The VAL services that are served; empty: any."""
    users_write_profiles: bool = False
    users_write_configurations: bool = False
    namespaces: tuple[str, ...] = NAMESPACES

    @property
    def auids(self) -> tuple[str, ...]:
        """The application usages: VAL services (TS 24.546 7.1.2)."""
        return self.services

    def usage(self, selector: DocumentSelector) -> Usage:
        """Give the usage of a document. Raises Refused."""
        if self.services and selector.auid not in self.services:
            raise Refused(404, "there is no such VAL service here")
        return usage_of(selector)

    def require(self, asker: Asker, method: str, selector: DocumentSelector, _kept: bytes | None) -> None:
        """Raise AccessRefused unless who asks may do this."""
        if not self._may(asker, method in {"GET", "HEAD"}, selector):
            raise not_permitted(asker.name)

    async def require_free(self, asker: Asker, selector: DocumentSelector) -> None:
        """Let it be so: names here are users'."""

    def require_left(self, asker: Asker, before: bytes | None, after: bytes | None) -> None:
        """Let it be so: what a user may write is judged by the schema."""

    def _may(self, asker: Asker, reads: bool, selector: DocumentSelector) -> bool:  # noqa: FBT001  of one caller
        if asker.is_network:
            return reads and asker.asserted == selector.auid
        if selector.auid not in asker.val_service_ids:
            return False
        if selector.xui is None:
            return reads
        writes = self.users_write_profiles if is_profile(selector) else self.users_write_configurations
        return selector.xui == asker.val_user_id and (reads or writes)
