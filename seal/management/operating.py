"""XCAP for the operator: every document can be read and written, at an address of this host, with a token."""

from attrs import frozen
from twisted.web.http import Request

from seal.access import AccessRefused, Asker
from seal.access.errors import invalid_token, no_credentials
from seal.management.site import Rules
from seal.requesters import Requesters
from seal.xcap.usage import Usage
from valkit.net.web import this_host_only
from valkit.xcap import DocumentSelector


@frozen
class OperatorRules:
    """The documents of a server's rules, and no reservations."""

    rules: Rules

    @property
    def auids(self) -> tuple[str, ...]:
        """As the rules have it."""
        return self.rules.auids

    @property
    def namespaces(self) -> tuple[str, ...]:
        """As the rules have it."""
        return self.rules.namespaces

    def usage(self, selector: DocumentSelector) -> Usage:
        """As the rules have it."""
        return self.rules.usage(selector)

    def require(self, asker: Asker, method: str, selector: DocumentSelector, kept: bytes | None) -> None:
        """Let it be done."""

    async def require_free(self, asker: Asker, selector: DocumentSelector) -> None:
        """Let it be taken."""

    def require_left(self, asker: Asker, before: bytes | None, after: bytes | None) -> None:
        """Let it be so."""


@frozen
class OperatorGuard:
    """Lets in who has an operator's token (`seal.requesters`)."""

    requesters: Requesters

    async def asker(self, request: Request) -> Asker:
        """Tell who asks. Raises AccessRefused."""
        this_host_only(request)
        authorization = request.getHeader("Authorization")
        if authorization is None:
            raise no_credentials()
        who = self.requesters.who(authorization)
        if who is None:
            raise invalid_token("unknown_requester")
        if not who.operator:
            raise AccessRefused(403, "not_the_operator", who=who.name)
        return Asker(asserted=who.name)

    def tell(self, request: Request, refused: AccessRefused) -> None:
        """Note nothing: the operator is refused nothing behind the door."""
