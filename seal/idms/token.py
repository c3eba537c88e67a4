"""The token endpoint (RFC 6749 3.2): who asks, by which grant, and then that grant's own module.

A further grant is a further module and a line in `GRANTS`.
"""

from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

from seal.idms.clients import ClientAuthentication
from seal.idms.errors import Code, OAuthError
from seal.idms.grants import code, refresh
from seal.idms.grants.desk import Desk, Members, required
from seal.idms.parameters import Parameters
from seal.idms.records import Client

Exchange = Callable[[Desk, Client, Parameters, float], Awaitable[Members]]

GRANTS: Mapping[str, Exchange] = {code.NAME: code.exchange, refresh.NAME: refresh.exchange}
"""By `grant_type`. No password grant and no client credentials: nobody logs in here but people (RFC 9700 2.4)."""


@frozen
class TokenEndpoint:
    """Gives tokens for grants."""

    authentication: ClientAuthentication
    desk: Desk

    async def answer(self, parameters: Parameters, authorization: str | None, now: float) -> Members:
        """Answer a request with tokens; OAuthError if it is refused."""
        if parameters.repeated:
            raise OAuthError(Code.INVALID_REQUEST, "a parameter is given more than once")
        grant_type = required(parameters, "grant_type")
        client = await self.authentication.client(parameters, authorization, now)
        exchange = GRANTS.get(grant_type)
        if exchange is None:
            raise OAuthError(Code.UNSUPPORTED_GRANT_TYPE, f"grant_type must be one of {', '.join(GRANTS)}")
        return await exchange(self.desk, client, parameters, now)
