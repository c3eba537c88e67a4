"""The S-CSCF as registrar: carries out what the table of `registrar` says (TS 24.229 5.4.1, figure steps 2 to 8).

One REGISTER in, one answer out, at once; the only thing it waits for is its own clock. Who else is told of a
registration is `notifying`'s business.
"""

from collections.abc import Callable

from attrs import evolve, frozen
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from sipcore_stub import answers, contacts
from sipcore_stub.contacts import Binding, Policy
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss import Hss, Subscriber, Tell
from sipcore_stub.identities import impi_of, impu_of
from sipcore_stub.ifc import RegistrationType
from sipcore_stub.proxy import refuse_unknown
from sipcore_stub.registrar import Challenge, Effect, Input, Judgement, Registration, judge
from sipcore_stub.third_party import Happening
from valkit.aka.digest import Algorithm, Nonce, parse_auts
from valkit.aka.errors import AkaError
from valkit.sip.message import Request, Response

OPTIONS = frozenset({"path"})
"""What a REGISTER may require (RFC 3327)."""

KINDS = {
    Effect.TELL_INITIAL: RegistrationType.INITIAL,
    Effect.TELL_AGAIN: RegistrationType.AGAIN,
    Effect.TELL_GONE: RegistrationType.GONE,
}


@frozen
class Rules:
    """How this S-CSCF registers."""

    realm: str
    """The home domain, which is the realm of every challenge."""
    service_route: str
    """The Service-Route value: how later requests find this S-CSCF."""
    policy: Policy
    algorithm: Algorithm = Algorithm.AKAV1_MD5
    qop: str | None = "auth,auth-int"
    """What the challenge offers; None leaves qop out, as RFC 2069 did."""
    await_auth: float = 240.0
    """reg-await-auth, in seconds (TS 24.229 7.8)."""


@frozen
class _Attempt:
    """A REGISTER, with what it is about."""

    request: Request
    subscriber: Subscriber
    registration: Registration
    after: tuple[Binding, ...]
    """The bindings if it is granted."""

    @property
    def wish(self) -> Input:
        """What it is if it proves itself."""
        if "contact" not in self.request.headers:
            return Input.PROVED_ASKING
        return Input.PROVED if self.after else Input.PROVED_LEAVING


class Registering:
    """All registrations of one S-CSCF; `told` hears what application servers are to hear."""

    log = Logger()

    def __init__(
        self, hss: Hss, rules: Rules, clock: IReactorTime, tell: Tell, told: Callable[[Subscriber, Happening], None]
    ) -> None:
        self._hss = hss
        self._rules = rules
        self._clock = clock
        self._tell = tell
        self._told = told
        self._registrations: dict[str, Registration] = {}
        self._timers: dict[str, IDelayedCall] = {}

    def registration(self, impi: str) -> Registration:
        """Give what is known of an IMPI."""
        return self._registrations.get(impi, Registration(impi))

    def register(self, request: Request) -> Response:
        """Answer a REGISTER; raises Refused."""
        refuse_unknown(request.headers.all("require"), OPTIONS)
        attempt = self._attempt(request)
        judgement = self._judged(attempt)
        registration, effects = attempt.registration.stepped(judgement.event)
        match effects[0]:
            case Effect.CHALLENGE:
                return self._challenge(attempt, evolve(registration, challenge=None), judgement)
            case Effect.GRANT:
                return self._grant(attempt, registration, judgement, effects)
        return self._refuse(attempt, registration, judgement)

    def terminate(self, impi: str) -> None:
        """End a registration for the network's own reasons (TS 24.229 5.4.1.5)."""
        self._happens(impi, Input.TERMINATED)

    def close(self) -> None:
        """Stop all timers."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _attempt(self, request: Request) -> _Attempt:
        subscriber = self._hss.subscriber(impi_of(request), impu_of(request))
        registration = self.registration(subscriber.impi)
        after = contacts.updated(registration.bindings, request, self._rules.policy, self._clock.seconds())
        return _Attempt(request, subscriber, registration, after)

    def _judged(self, attempt: _Attempt) -> Judgement:
        """Judge the proof: step 6."""
        impi, challenge = attempt.subscriber.impi, attempt.registration.challenge
        judgement = judge(challenge, attempt.request, attempt.wish)
        if judgement.event is Input.OUT_OF_STEP and challenge is not None:
            return self._synchronised(attempt, challenge)
        if judgement.digest is not None:
            self._tell("scscf", "res verified", impi=impi)
            self._compare_uris(judgement.digest.uri)
        elif judgement.cause is Cause.WRONG_RESPONSE:
            self._tell("scscf", "res wrong", impi=impi)
        return judgement

    def _synchronised(self, attempt: _Attempt, challenge: Challenge) -> Judgement:
        credentials = attempt.request.authorization
        try:
            auts = parse_auts((credentials and credentials.get("auts")) or "")
            self._hss.synchronise(attempt.subscriber.impi, challenge.vector.rand, auts)
        except AkaError:
            return Judgement(Input.DISPROVED, Cause.WRONG_AUTS)
        return Judgement(Input.OUT_OF_STEP)

    def _compare_uris(self, uri: str) -> None:
        """Say so when the digest is over another URI than the registrar's, as SIPp's is; it proves RES all the same."""
        if uri != f"sip:{self._rules.realm}":
            self.log.info("accepted a digest over {uri}, which is not sip:{realm}", uri=uri, realm=self._rules.realm)

    def _challenge(self, attempt: _Attempt, registration: Registration, judgement: Judgement) -> Response:
        """Challenge: steps 2 and 3."""
        vector = self._hss.vector(registration.impi)
        challenge = Challenge(
            impi=registration.impi,
            realm=self._rules.realm,
            nonce=str(Nonce(vector.rand, vector.autn)),
            vector=vector,
            algorithm=self._rules.algorithm,
            call_id=attempt.request.call_id,
            until=self._clock.seconds() + self._rules.await_auth,
            synchronised=judgement.event is Input.OUT_OF_STEP,
        )
        self._keep(evolve(registration, challenge=challenge))
        return answers.challenged(attempt.request, challenge, self._rules.qop)

    def _grant(
        self, attempt: _Attempt, registration: Registration, judgement: Judgement, effects: tuple[Effect, ...]
    ) -> Response:
        """Register, or take the registration back: steps 7 and 8."""
        bindings = attempt.after if registration.state.registered else ()
        self._keep(evolve(registration, bindings=bindings, last=attempt.request))
        response = self._granted(attempt, bindings, judgement)
        self._announce(effects, attempt.subscriber, attempt.request, response)
        return response

    def _granted(self, attempt: _Attempt, bindings: tuple[Binding, ...], judgement: Judgement) -> Response:
        challenge, digest = attempt.registration.challenge, judgement.digest
        proof = answers.server_proof(digest, challenge) if digest and challenge else None
        grant = answers.Grant(bindings, attempt.subscriber.associated, self._rules.service_route, proof)
        return answers.granted(attempt.request, grant, self._clock.seconds())

    def _refuse(self, attempt: _Attempt, registration: Registration, judgement: Judgement) -> Response:
        self._keep(registration)
        raise Refused(judgement.cause or Cause.WRONG_RESPONSE, attempt.subscriber.impi)

    def _happens(self, impi: str, event: Input) -> None:
        """Let something happen to a registration that no REGISTER brought."""
        before = self.registration(impi)
        registration, effects = before.stepped(event)
        self._keep(registration)
        if before.last is not None:
            subscriber = self._hss.subscriber(impi, impu_of(before.last))
            self._announce(effects, subscriber, before.last, None)

    def _announce(
        self, effects: tuple[Effect, ...], subscriber: Subscriber, request: Request, response: Response | None
    ) -> None:
        """Give on what application servers are to hear: step 9."""
        impu, now = subscriber.public(impu_of(request)), self._clock.seconds()
        bindings = self.registration(subscriber.impi).bindings
        expires = max((binding.seconds_left(now) for binding in bindings), default=0)
        for effect in effects:
            if effect in KINDS and impu is not None:
                self._told(subscriber, Happening(KINDS[effect], impu, expires, request, response))

    def _keep(self, registration: Registration) -> None:
        """Remember a registration, show its flag, and wait for what happens to it next."""
        self._registrations[registration.impi] = registration
        self._hss.mark(registration.impi, registration.state.flag)
        timer = self._timers.pop(registration.impi, None)
        if timer is not None:
            timer.cancel()
        deadline = registration.deadline()
        if deadline is not None:
            delay = max(0.0, deadline[0] - self._clock.seconds())
            self._timers[registration.impi] = self._clock.callLater(delay, self._passed, registration.impi, deadline[1])

    def _passed(self, impi: str, event: Input) -> None:
        del self._timers[impi]
        self._happens(impi, event)
