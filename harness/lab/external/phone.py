"""A phone that is not ours behind the Engine seam: a command sends, and what the core answers is seen on the wire.

SIPp, a softphone with a script, a tool of somebody's own: whatever sends REGISTER and PUBLISH from the phone's address.
Without a command it is a person's doing, or another program's, and is waited for. It cannot be made to misbehave.
"""

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.error import ProcessDone, ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from harness.lab.programs import Core, Surroundings
from harness.lab.wire import Wire
from harness.plans.briefs import ue_settings
from harness.plans.elsewhere import ExternalUe
from harness.plans.lab import DomainPlan
from harness.seen.cast import PCSCF
from ue_sim.app import RunningUe
from ue_sim.engine import BY_THE_BOOK, Answer, Body, Capability, Conduct, Instant, Publication, Registered
from ue_sim.errors import Incapable, UeError
from ue_sim.registration import renewal
from ue_sim.ue import UE
from valkit.redaction import redact
from valkit.reginfo import View
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.trace import Event, Message

KEPT = 2_000
"""Characters of what a command says that are kept, to explain a failure."""


class _Command(ProcessProtocol):
    """One run of a command."""

    def __init__(self) -> None:
        self.ended: Deferred[str] = Deferred()
        self._said = ""

    def outReceived(self, data: bytes) -> None:
        """Keep the end of what it says."""
        self._said = (self._said + data.decode("utf-8", "replace"))[-KEPT:]

    def errReceived(self, data: bytes) -> None:
        """Keep the end of what it complains of."""
        self.outReceived(data)

    def processEnded(self, reason: Failure) -> None:
        """Tell how it ended: nothing to be said if it went well."""
        if not self.ended.called:
            self.ended.callback("" if reason.check(ProcessDone) else f"{reason.getErrorMessage()} {self._last_words}")

    @property
    def _last_words(self) -> str:
        return " / ".join(line.strip() for line in self._said.splitlines()[-3:] if line.strip())


@define
class CommandEngine:
    """A SIP stack that is somebody else's program."""

    _plan: ExternalUe
    _reactor: Any
    _wire: Wire
    _impi: str
    _core: Hop
    _folder: Path
    _granted: dict[str, Registered] = field(init=False, factory=dict)

    capabilities: frozenset[Capability] = frozenset()

    async def register(self, impu: str, expires: int, body: Body | None, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Run the command, or wait until somebody registers; the answer is the last one that the core gave."""
        answer = await self._done("REGISTER", self._plan.register_by, conduct, body, impu=impu, expires=expires)
        if answer.ok:
            self._granted[impu] = self._registered(impu, answer.expires or expires)
        return answer

    async def deregister(self, impu: str, conduct: Conduct = BY_THE_BOOK, *, everywhere: bool = False) -> Answer:
        """Run the command, or wait until somebody de-registers."""
        if everywhere:
            raise Incapable("an external phone is not asked to end the registrations of others")
        answer = await self._done("REGISTER", self._plan.deregister_by, conduct, None, impu=impu, expires=0)
        if answer.ok:
            self._granted.pop(impu, None)
        return answer

    async def publish(self, wanted: Publication, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Run the command, or wait until somebody publishes."""
        told = {"impu": wanted.impu, "expires": wanted.expires, "event": wanted.event, "target": wanted.uri}
        return await self._done("PUBLISH", self._plan.publish_by, conduct, wanted.body, **told)

    async def message(self, wanted: Instant, conduct: Conduct = BY_THE_BOOK) -> Answer:  # noqa: ARG002  the seam's
        """Refuse."""
        raise Incapable("an external phone sends its messages itself: it is not ours to steer")

    async def subscribe(self, impu: str, expires: int, conduct: Conduct = BY_THE_BOOK) -> Answer:  # noqa: ARG002  the seam's
        """Refuse."""
        raise Incapable("an external phone is not asked to subscribe")

    async def resend(self, request: Request, conduct: Conduct = BY_THE_BOOK) -> Answer:  # noqa: ARG002  the seam's
        """Refuse."""
        raise Incapable("an external phone is not asked to replay anything")

    def watched(self, impu: str) -> View:  # noqa: ARG002  the seam's
        """Give nothing: nobody hears what it is told."""
        return View()

    def registered(self, impu: str) -> Registered | None:
        """Give what the core granted it, as far as that was seen."""
        granted = self._granted.get(impu)
        return granted if granted is not None and granted.until > self._wire.now() else None

    async def close(self) -> None:
        """Leave it as it is."""

    async def _done(
        self, method: str, command: str | None, conduct: Conduct, body: Body | None, **told: object
    ) -> Answer:
        if conduct != BY_THE_BOOK:
            raise Incapable("an external phone cannot be made to misbehave")
        begun = len(self._wire.trace.events)
        if command is None:
            await self._somebody(method, begun)
        else:
            await self._run(command, body, told)
        response = next(self._answers(method, begun), None)
        if response is None:
            raise UeError(f"the core has answered no {method} of {self._plan.host}, and the command ended well")
        return Answer(response, expires=response.expires)

    async def _run(self, command: str, body: Body | None, told: dict[str, object]) -> None:
        """Run a command; UeError if it does not end well and in time."""
        carried = self._folder / f"{self._impi}.body"
        carried.write_bytes(b"" if body is None else body.content)
        places = {"core": f"{self._core.host}:{self._core.port}", "transport": self._core.transport, "impi": self._impi}
        places |= {"body": str(carried), "type": "" if body is None else body.content_type, "here": str(Path.cwd())}
        try:
            words = [word.format(**places, **told) for word in shlex.split(command)]
        except (KeyError, IndexError, ValueError) as error:
            raise UeError(f"the command {command!r} cannot be filled in: {error}") from None
        running = _Command()
        transport = self._reactor.spawnProcess(running, words[0], words, env=dict(os.environ), path=str(self._folder))
        try:
            why = await running.ended.addTimeout(self._plan.within, self._reactor)
        except TooLong:
            why = f"it did not end within {self._plan.within:.0f} s"
            with suppress(ProcessExitedAlready):
                transport.signalProcess("KILL")
        finally:
            carried.unlink(missing_ok=True)
        if why:
            raise UeError(redact(f"{words[0]} did not do it: {why}"))

    async def _somebody(self, method: str, begun: int) -> None:
        """Wait until the core has answered one that is not a challenge."""
        came: Deferred[None] = Deferred()

        def look(_: Event) -> None:
            final = next(self._answers(method, begun), None)
            if final is not None and final.status != 401 and not came.called:
                came.callback(None)

        unwatch = self._wire.trace.watch(look)
        try:
            await came.addTimeout(self._plan.within, self._reactor)
        except TooLong:
            within = f"{self._plan.within:.0f} s"
            raise UeError(f"nobody has sent a {method} from {self._plan.host} within {within}") from None
        finally:
            unwatch()

    def _answers(self, method: str, begun: int) -> Iterator[Response]:
        """Give the final answers that the phone was sent, the last one first."""
        for event in reversed(self._wire.trace.events[begun:]):
            if isinstance(event, Message) and event.target.host == self._plan.host:
                message = event.message
                if isinstance(message, Response) and message.status >= 200 and _method(message) == method:
                    yield message

    def _registered(self, impu: str, seconds: int) -> Registered:
        now = self._wire.now()
        return Registered(impu, now + seconds, now + renewal(seconds), (), ())


def outside_ue(name: str, outside: ExternalUe, plan: DomainPlan, core: Core, around: Surroundings) -> RunningUe:
    """Give a phone that is not ours, as its user would hold it: its tokens are ours to give."""
    pcscf = core.addresses[PCSCF]
    settings = ue_settings(name, plan, around.ground, pcscf, around.engine)
    engine = CommandEngine(outside, around.reactor, around.wire, settings.impi, pcscf, around.ground.folder)
    return RunningUe({"sip": Hop(pcscf.transport, outside.host, 0)}, engine.close, ue=UE(settings, engine))


def _method(message: Response) -> str:
    try:
        return message.cseq.method
    except ParseError:
        return ""
