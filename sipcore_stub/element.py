"""What the three CSCFs do alike at their endpoints: pass requests on, and answer what they refuse (RFC 3261 16)."""

from typing import Protocol

from twisted.logger import Logger

from sipcore_stub import refusing
from sipcore_stub.errors import Cause, Refused
from valkit.sip.errors import NoAnswer, ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response


class Endpoint(Protocol):
    """The part of valkit.net.sip.SipEndpoint that elements use."""

    @property
    def addresses(self) -> tuple[Hop, ...]:
        """Where it listens; the first is the address by which the element names itself."""

    async def request(self, request: Request, to: Hop) -> Response:
        """Send a request under a Via of its own and give the final response; raises NoAnswer."""


async def forward(endpoint: Endpoint, request: Request, to: Hop) -> Response:
    """Send a request on and give its answer without our Via (RFC 3261 16.7); raises Refused if none comes."""
    try:
        return (await endpoint.request(request, to)).without_first("Via")
    except NoAnswer as error:
        silent = error.cause == "timeout"
        raise Refused(Cause.NEXT_HOP_SILENT if silent else Cause.NEXT_HOP_UNREACHABLE, str(to)) from error


class Role(Protocol):
    """What a CSCF does with a request."""

    async def serve(self, request: Request, source: Hop) -> Response:
        """Serve a request that came from a hop; raises Refused or ParseError."""


class Element:
    """The handler of one CSCF's endpoint: every refusal and every malformed header becomes an answer."""

    log = Logger()

    def __init__(self, name: str) -> None:
        self.name = name
        self.role: Role | None = None
        """Who serves; nobody until the endpoint has its address."""

    async def handle(self, request: Request, source: Hop) -> Response | None:
        """Serve one request; nothing answers an ACK."""
        if request.method == "ACK":
            return None
        if self.role is None:
            return request.answer(503)
        try:
            return await self.role.serve(request, source)
        except Refused as refused:
            self._say(request, refused)
            return refusing.refusal(request, refused)
        except ParseError as error:
            self._say(request, error)
            return request.refused(error)

    def _say(self, request: Request, why: Exception) -> None:
        self.log.info("{name} refuses {request}: {why}", name=self.name, request=request, why=why)
