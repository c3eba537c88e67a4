"""The engine on PJSIP: the same procedures on a SIP stack that is not ours, in a process of its own.

PJSIP composes each message and runs its transactions; we tell it what is to be in it, since the card, and with it
every answer to a challenge, is on our side. A child that dies takes Call-ID and CSeq with it, so the phone then begins
anew, as if it had been switched off and on.
"""

from collections.abc import Callable

from attrs import define, field
from twisted.internet.defer import DeferredLock
from twisted.logger import Logger

from ue_sim.engine import BY_THE_BOOK, Answer, Body, Capability, Conduct, Instant, Publication
from ue_sim.errors import UeError
from ue_sim.pjsua import orders
from ue_sim.pjsua.pool import Pool
from ue_sim.pjsua.process import Outcome, Place, Process
from ue_sim.procedures import Procedures, sip_uri
from ue_sim.registration import EXPIRES
from valkit.reginfo import Unreadable
from valkit.sip.errors import ParseError
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response, parse

LACKS = frozenset(
    {
        Capability.EDITED_REQUESTS,
        Capability.OTHER_PEERS,
        Capability.BEARER_CHALLENGES,
        Capability.LARGE_MESSAGES,
        Capability.TLS13,
    }
)
"""What PJSIP, or this build of it, cannot be asked for."""


@define(kw_only=True)
class Pjsua2Engine(Procedures):
    """One UE on PJSIP."""

    _name: str
    """Tells this phone from others of the pool."""
    _pool: Pool
    _place: Place
    _contact_at: Callable[[Hop], NameAddr]
    _contact: NameAddr = field(init=False)
    """Known once the phone has a process to live in."""
    _lock: DeferredLock = field(init=False, factory=DeferredLock)
    """PJSIP takes one request of a phone after another."""
    _process: Process | None = field(init=False, default=None)
    _log: Logger = field(init=False, factory=Logger)

    capabilities = frozenset(Capability) - LACKS

    async def switch_on(self) -> Hop:
        """Have a process to live in, and say where the phone is reached. Raises NoStack."""
        process = await self._pool.room_for(self._name, self._place)
        if process is not self._process:
            self._process = process
            self._contact = self._contact_at(process.address)
            self._registrations.clear()
            self._watches.clear()
            process.hear(self._name, self._heard)
        return process.address

    async def register(
        self, impu: str, expires: int = EXPIRES, body: Body | None = None, conduct: Conduct = BY_THE_BOOK
    ) -> Answer:
        """Register `impu`, or renew its registration (TS 24.229 5.1.1.2, 5.1.1.4)."""
        await self.switch_on()
        return await super().register(impu, expires, body, conduct)

    async def deregister(self, impu: str, conduct: Conduct = BY_THE_BOOK, *, everywhere: bool = False) -> Answer:
        """End the registration (TS 24.229 5.1.1.6)."""
        await self.switch_on()
        return await super().deregister(impu, conduct, everywhere=everywhere)

    async def publish(self, wanted: Publication, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send one PUBLISH over P-CSCF and Service-Route (RFC 3903, TS 24.229 5.1.2A)."""
        await self.switch_on()
        return await super().publish(wanted, conduct)

    async def subscribe(self, impu: str, expires: int = EXPIRES, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Watch the registration of `impu`, or go on watching it; the dialog is PJSIP's (TS 24.229 5.1.1.3)."""
        await self.switch_on()
        return await super().subscribe(impu, expires, conduct)

    async def resend(self, request: Request, conduct: Conduct = BY_THE_BOOK) -> Answer:  # noqa: ARG002  the seam's
        """Refuse: Call-ID and CSeq would be PJSIP's. Raises Incapable."""
        raise orders.replays()

    async def message(self, wanted: Instant, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send one MESSAGE over P-CSCF and Service-Route (RFC 3428, TS 24.229 5.1.2A)."""
        await self.switch_on()
        return await super().message(wanted, conduct)

    async def close(self) -> None:
        """Leave the process to others; says nothing to the network."""
        self._process = None
        await self._pool.leave(self._name)

    def _heard(self, impu: str, received: bytes) -> None:
        """Take what a NOTIFY tells; PJSIP, whose dialog it belongs to, has answered it."""
        notify = parse(received)
        assert isinstance(notify, Request), "PJSIP hands over what its framework took for a NOTIFY"
        try:
            self._told(impu, notify)
        except (ParseError, Unreadable) as fault:
            self._log.warn("a NOTIFY for {impu} cannot be read: {fault}", impu=impu, fault=fault)

    async def _exchange(self, request: Request, conduct: Conduct) -> Answer:
        """Have PJSIP send it. Raises Incapable, StackDied."""
        if conduct.to not in {None, self._proxy}:
            raise orders.elsewhere()
        altered = conduct.request(request) if conduct.request else request
        order = orders.order(request, altered, f"<{sip_uri(self._proxy)};lr>")
        assert self._process is not None, "a verb has switched the phone on"
        async with self._lock:
            return _ended(request, await self._process.send(self._name, order))


def _ended(request: Request, outcome: Outcome) -> Answer:
    """Give the final response, or the one to be assumed. Raises UeError."""
    if outcome.refused:
        raise UeError(f"the engine pjsua2 does not send this {request.method}: {outcome.refused}")
    if not outcome.response:
        return Answer(request.answer(408 if outcome.none == 408 else 503), received=False)
    response = parse(outcome.response)
    assert isinstance(response, Response), "PJSIP gives what answers its requests"
    return Answer(response)
