"""The token endpoint (RFC 6749 3.2): who asks, by which grant, and then that grant's own module.

A further grant is a further module and a line in `GRANTS`.
"""

from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

from seal.idms.errors import Code, OAuthError
from seal.idms.grants import assertion, code, exchange, refresh
from seal.idms.grants.desk import Desk, Members, required
from seal.idms.parameters import Parameters
from seal.idms.proving.clients import ClientAuthentication
from seal.idms.records import Client

Handler = Callable[[Desk, Client, Parameters, float], Awaitable[Members]]

GRANTS: Mapping[str, Handler] = {
    code.NAME: code.exchange,
    refresh.NAME: refresh.exchange,
    exchange.NAME: exchange.exchange,
    assertion.NAME: assertion.exchange,
}
"""By `grant_type`. No password grant and no client credentials: nobody logs in here but people (RFC 9700 2.4)."""


@frozen
class TokenEndpoint:
    """Gives tokens for grants."""

    authentication: ClientAuthentication
    desk: Desk

    async def answer(self, parameters: Parameters, authorization: str | None, now: float) -> Members:
        """Answer a request with tokens; OAuthError if it is refused."""
        grant_type = required(parameters, "grant_type")
        may_repeat = exchange.TARGETS if grant_type == exchange.NAME else frozenset()
        if parameters.repeated - may_repeat:
            raise OAuthError(Code.INVALID_REQUEST, "a parameter is given more than once")
        client = await self.authentication.client(parameters, authorization, now)
        handler = GRANTS.get(grant_type)
        if handler is None:
            raise OAuthError(Code.UNSUPPORTED_GRANT_TYPE, f"grant_type must be one of {', '.join(GRANTS)}")
        return await handler(self.desk, client, parameters, now)
