"""Where a message goes: out for our own VAL server, in for a partner, and nowhere for anybody else."""

from collections.abc import Mapping

from attrs import define, field, frozen
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from valkit.net.web import HttpError
from valkit.trace import Note, Observer
from valserver.migration.asking import NextHop
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Message, Outcome

PAUSE = 0.1
"""Seconds between two tries."""


@frozen(eq=False)
class Peer:
    """Someone that is asked and asks."""

    names: frozenset[str]
    hop: NextHop


@define(eq=False)
class Relay:
    """Passes messages on, each side its own way."""

    domain: str
    server: Peer
    partners: Mapping[str, Peer]
    within: float
    tries: int
    at_once: int
    clock: IReactorTime
    observe: Observer
    who: str = "gateway"
    _under_way: int = field(init=False, default=0)

    async def outward(self, message: Message, names: frozenset[str]) -> Outcome:
        """Pass on what our own VAL server says to the gateway of the domain that it is for (step 4)."""
        if not names & self.server.names or message.source != self.domain:
            raise self._refused(message, "not_our_server")
        partner = self.partners.get(message.target)
        if partner is None:
            raise self._refused(message, "no_agreement")
        return await self._passed(message, partner)

    async def inward(self, message: Message, names: frozenset[str]) -> Outcome:
        """Pass on what a partner's gateway says to our own VAL server (step 5)."""
        partner = self.partners.get(message.source)
        if partner is None or not names & partner.names or message.target != self.domain:
            raise self._refused(message, "not_that_partner")
        return await self._passed(message, self.server)

    def _refused(self, message: Message, cause: str) -> HttpError:
        fields = {"cause": cause, "from": message.source, "to": message.target}
        self.observe(Note(self.clock.seconds(), self.who, "migration message refused", fields))
        return HttpError(403, "this is not passed on")

    async def _passed(self, message: Message, to: Peer) -> Outcome:
        if self._under_way >= self.at_once:
            raise HttpError(503, "too many messages are under way")
        self._under_way += 1
        try:
            return await self._tried(message, to)
        finally:
            self._under_way -= 1

    async def _tried(self, message: Message, to: Peer) -> Outcome:
        """Ask until there is an answer, or no time is left: it is the same request each time."""
        left = self.within
        end = self.clock.seconds() + left
        for more in range(self.tries - 1, -1, -1):
            try:
                return await to.hop(message, left)
            except Unavailable as error:
                left = end - self.clock.seconds() - PAUSE
                if not more or left <= 0:
                    fields = {"cause": str(error), "to": message.target}
                    self.observe(Note(self.clock.seconds(), self.who, "next hop unavailable", fields))
                    raise
            await deferLater(self.clock, PAUSE)
        raise AssertionError("the last try returns or raises")
