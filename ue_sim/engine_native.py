"""The engine on our own SIP layer. It can do all that an engine may be asked for but TLS.

Sockets, transactions and retransmissions are `valkit.net.sip`'s; the procedures are `procedures`'.
"""

from collections.abc import Awaitable, Callable

from attrs import define

from ue_sim.engine import Answer, Capability, Conduct
from ue_sim.procedures import Procedures
from valkit.sip.errors import Ended, NoAnswer
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.session import with_session

Send = Callable[[Request, Hop], Awaitable[Response]]
"""Sends a request and gives its final response; raises NoAnswer."""


@define(kw_only=True)
class NativeEngine(Procedures):
    """One UE on our own SIP layer."""

    _send: Send
    _closing: Callable[[], Awaitable[None]] | None = None
    _session: str = ""
    """What its requests belong to beside what it asks over HTTP; without it, each what its Call-ID makes."""

    capabilities = frozenset(Capability) - {Capability.TLS13}

    async def close(self) -> None:
        """Let go of the sockets."""
        if self._closing:
            await self._closing()

    async def _exchange(self, request: Request, conduct: Conduct) -> Answer:
        """Give the final response, or the one to be assumed where none came (RFC 3261 8.1.3.1)."""
        named = with_session(request, self._session) if self._session else request
        altered = conduct.request(named) if conduct.request else named
        try:
            return Answer(await self._send(altered, conduct.to or self._proxy))
        except NoAnswer as failure:
            assumed = altered.answer(408 if failure.cause == "timeout" else 503)
            return Answer(assumed, received=False, why=failure.detail if isinstance(failure, Ended) else "")
