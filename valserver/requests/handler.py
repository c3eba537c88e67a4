"""Requests in, answers out: who may ask, which procedure it is, and that nothing is promised before it is durable."""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from attrs import define
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from valkit.net.peers import TrustedPeers
from valkit.net.trust.errors import NotYet
from valkit.sip import Hop, ParseError, Request, Response
from valserver.errors import Refusal, Refused, StoreUnavailable
from valserver.facts import Event, Reading
from valserver.ledger import Ledger
from valserver.requests.answers import Answers
from valserver.requests.authorization import NONE_CAME
from valserver.requests.bodies import impu_of
from valserver.requests.publication import Publications
from valserver.requests.registration import Registrations

Answer = Response | Deferred[Response] | None


@define
class Handler:
    """The server side of the SIP endpoint.

    Synchronous as far as the store allows: a hundred thousand REGISTERs need no coroutine each.
    """

    peers: TrustedPeers
    registrations: Registrations
    publications: Publications
    answers: Answers
    ledger: Ledger
    clock: IReactorTime
    tell: Callable[[Event], None]
    """Hears of every refusal."""
    migrates: Callable[[Request], Coroutine[Any, Any, Response]] | None = None
    """Answers a MESSAGE of a trusted peer, where users migrate."""
    notified: Callable[[Request], Response | None] | None = None
    """Answers a NOTIFY of a trusted peer, where registrations are followed."""

    def __call__(self, request: Request, source: Hop) -> Answer:
        """Answer one request from this peer; None where SIP wants no answer."""
        try:
            return self._served(request, source)
        except ParseError as error:
            return self._refuse(request, Refused(Refusal.BAD_REQUEST, str(error)))
        except Refused as refused:
            return self._refuse(request, refused)
        except NotYet as waiting:
            return self._after(waiting.until, request, source)

    def admits(self, source: Hop) -> bool:
        """Say whether this peer's requests may take capacity: a stranger's are answered and not remembered."""
        return source.host in self.peers

    def _served(self, request: Request, source: Hop) -> Answer:
        method = request.method
        if method == "REGISTER":
            self._require_trust(request, source)
            return self._register(request)
        if method == "PUBLISH":
            self._require_trust(request, source)
            return self._publish(request)
        if method == "NOTIFY" and self.notified is not None:
            self._require_trust(request, source)
            return self.notified(request)
        if method == "MESSAGE" and self.migrates is not None:
            self._require_trust(request, source)
            return Deferred.fromCoroutine(self.migrates(request)).addErrback(self._not_migrated, request)
        if method == "OPTIONS":
            return self.answers.options(request, ready=self.ledger.store.writable)
        if method == "ACK":
            return None
        raise Refused(Refusal.UNKNOWN_METHOD, f"method {method[:20]}")

    def _after(self, until: Deferred[Any], request: Request, source: Hop) -> Answer:
        """Read the request again when the issuer has been asked; by then it is known what to say."""
        answer: Deferred[Any] = until.addCallback(lambda _: cast(Any, self(request, source)))
        return answer

    def _require_trust(self, request: Request, source: Hop) -> None:
        if source.host not in self.peers:
            cause = f"untrusted peer {source.host} (not in trusted_peers)"
            raise Refused(Refusal.UNTRUSTED_PEER, cause, impu=_claimed(request))

    def _register(self, request: Request) -> Answer:
        reading = self.registrations.read(request, self.clock.seconds())
        return self._entered(reading, request, (("Expires", str(reading.expires)),))

    def _publish(self, request: Request) -> Answer:
        reading = self.publications.read(request, self.ledger.current, self.clock.seconds())
        return self._entered(reading, request, (("Expires", str(reading.expires)), ("SIP-ETag", reading.tag)))

    def _entered(self, reading: Reading, request: Request, headers: tuple[tuple[str, str], ...]) -> Answer:
        done = self.ledger.enter(*reading.facts) if reading.facts else None
        for event in reading.events:
            self.tell(event)
        return self._when(done, request, headers)

    def _when(self, done: Deferred[None] | None, request: Request, headers: tuple[tuple[str, str], ...]) -> Answer:
        """Answer 200 when the change is durable."""
        if done is None:
            return request.answer(200, headers=headers)
        return done.addCallbacks(
            lambda _: request.answer(200, headers=headers), self._not_stored, errbackArgs=(request,)
        )

    def _not_stored(self, failure: Failure, request: Request) -> Response:
        failure.trap(StoreUnavailable)
        return self._refuse(request, Refused(Refusal.STORE, f"store: {failure.value}"))

    def _not_migrated(self, failure: Failure, request: Request) -> Response:
        match failure.value:
            case Refused() as refused:
                return self._refuse(request, refused)
            case ParseError() as error:
                return self._refuse(request, Refused(Refusal.BAD_REQUEST, str(error)))
            case StoreUnavailable() as error:
                return self._refuse(request, Refused(Refusal.STORE, f"store: {error}"))
        failure.raiseException()
        raise AssertionError("it has raised")

    def _refuse(self, request: Request, refused: Refused) -> Response:
        told = Event("refused", refused.impu, refused.cause, via=request.method, jti=refused.jti, detail=refused.detail)
        self.tell(told if not refused.service else told._replace(service=refused.service))
        for event in (*refused.beside, *self._untaken(request, refused)):
            self.tell(event)
        return self.answers.refusal(request, refused)

    def _untaken(self, request: Request, refused: Refused) -> tuple[Event, ...]:
        """Tell of a token that came, but in no carrier of this server, where that may be why the request is refused."""
        if refused.refusal not in {Refusal.UNKNOWN_BODY, Refusal.NOT_BOUND}:
            return ()
        impu = refused.impu or _claimed(request)
        missed = self.registrations.authorizer.missed(request, impu, request.method)
        return (missed,) if missed is not None and missed.cause != NONE_CAME else ()


def _claimed(request: Request) -> str:
    """Give the IMPU that a stranger speaks of, as far as it can be read: for whoever looks why a core is refused."""
    try:
        asserted = request.p_asserted_identities
        return impu_of(asserted[0].uri if asserted else request.to.uri)
    except (ParseError, Refused):
        return ""
