"""The S-CSCF as registrar: carries out what the table of `registrar` says of a REGISTER (TS 24.229 5.4.1).

Steps 2 to 8 of the figure: one REGISTER in, one answer out, at once. What happens to a registration without one, and
who is told of it, is the business of `registrations`.
"""

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from sipcore_stub import contacts
from sipcore_stub.contacts import Binding, Policy
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Hss, Subscriber, Tell
from sipcore_stub.identities import impi_of, impu_of
from sipcore_stub.proxy import host_before_pcscf, refuse_unknown
from sipcore_stub.scscf import answers, changes
from sipcore_stub.scscf.judging import Judgement, judge
from sipcore_stub.scscf.registrar import Effect, Input
from sipcore_stub.scscf.registration import Challenge, Registration
from sipcore_stub.scscf.registrations import Registrations
from valkit.aka.digest import Algorithm, Nonce, parse_auts
from valkit.aka.errors import AkaError
from valkit.aka.vectors import Vector
from valkit.sip.message import Request, Response

OPTIONS = frozenset({"path", "outbound"})
"""What a REGISTER may require (RFC 3327, RFC 5626)."""


@frozen
class Rules:
    """How this S-CSCF registers."""

    realm: str
    """The home domain, which is the realm of every challenge."""
    service_route: str
    """The Service-Route value: how later requests find this S-CSCF."""
    policy: Policy
    algorithms: tuple[Algorithm, ...] = (Algorithm.AKAV1_MD5,)
    """What it challenges with, the best first (RFC 8760 2.4): AKA who has a card, and with the others who has none."""
    qop: str | None = "auth,auth-int"
    """What the challenge offers; None leaves qop out, as RFC 2069 did."""
    await_auth: float = 240.0
    """reg-await-auth, in seconds (TS 24.229 7.8)."""
    trusting: bool = False
    """Whether a registered UE that the P-CSCF vouches for renews without a new proof (5.4.1.2.2)."""

    def offered(self, vector: Vector) -> tuple[Algorithm, ...]:
        """Give the algorithms that go with a vector: those of AKA if it has an AUTN."""
        return tuple(algorithm for algorithm in self.algorithms if algorithm.is_aka == bool(vector.autn))


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

    @property
    def challenge(self) -> Challenge | None:
        """What it may answer."""
        return self.registration.challenge(self.request.call_id)


class Registering:
    """What one S-CSCF does with each REGISTER."""

    log = Logger()

    def __init__(self, hss: Hss, rules: Rules, clock: IReactorTime, tell: Tell, registrations: Registrations) -> None:
        self._hss = hss
        self._rules = rules
        self._clock = clock
        self._tell = tell
        self._registrations = registrations

    def register(self, request: Request) -> Response:
        """Answer a REGISTER; raises Refused."""
        refuse_unknown(request.headers.all("require"), OPTIONS)
        contacts.check(request)
        contacts.check_flows(request)
        attempt = self._attempt(request)
        judgement = self._judged(attempt)
        registration, effects = attempt.registration.stepped(judgement.event, request.call_id)
        match effects[0]:
            case Effect.CHALLENGE:
                return self._challenge(attempt, registration, judgement)
            case Effect.GRANT:
                return self._grant(attempt, registration, judgement, effects)
        return self._refuse(attempt, registration, judgement)

    def _attempt(self, request: Request) -> _Attempt:
        subscriber = self._hss.subscriber(impi_of(request), impu_of(request))
        registration = self._registrations.of(subscriber.key)
        after = contacts.updated(registration.bindings, request, self._rules.policy, self._clock.seconds())
        return _Attempt(request, subscriber, registration, after)

    def _judged(self, attempt: _Attempt) -> Judgement:
        """Judge the proof: step 6."""
        impi = attempt.subscriber.impi
        judgement = judge(attempt.registration, attempt.request, attempt.wish, trusting=self._rules.trusting)
        if judgement.event is Input.OUT_OF_STEP and attempt.challenge is not None:
            return self._synchronised(attempt, attempt.challenge)
        if judgement.digest is not None:
            self._tell("scscf", "res verified", impi=impi, algorithm=str(judgement.digest.algorithm))
            self._compare_uris(judgement.digest.uri)
        elif judgement.cause in {Cause.WRONG_RESPONSE, Cause.WRONG_DIGEST} and attempt.challenge is not None:
            self._tell("scscf", "res wrong", impi=impi, algorithm=str(attempt.challenge.algorithms[0]))
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
            algorithms=self._rules.offered(vector),
            call_id=attempt.request.call_id,
            until=self._clock.seconds() + self._rules.await_auth,
            host=host_before_pcscf(attempt.request),
            synchronised=judgement.event is Input.OUT_OF_STEP,
        )
        self._registrations.keep(registration.challenged(challenge))
        return answers.challenged(attempt.request, challenge, self._rules.qop)

    def _grant(
        self, attempt: _Attempt, registration: Registration, judgement: Judgement, effects: tuple[Effect, ...]
    ) -> Response:
        """Register, or take the registration back: steps 7 and 8."""
        contacts.check_order(attempt.registration.bindings, attempt.request)
        leaving = judgement.event in {Input.PROVED_LEAVING, Input.VOUCHED_LEAVING}
        asking = judgement.event in {Input.PROVED_ASKING, Input.VOUCHED_ASKING}
        bindings = () if leaving else attempt.after
        registration = evolve(registration, bindings=bindings, last=registration.last if asking else attempt.request)
        self._registrations.keep(registration)
        response = self._granted(attempt, bindings, judgement)
        became = changes.of_register(attempt.registration.bindings, bindings)
        self._registrations.announce(effects, registration, attempt.request, response, became)
        return response

    def _granted(self, attempt: _Attempt, bindings: tuple[Binding, ...], judgement: Judgement) -> Response:
        challenge, digest = attempt.challenge, judgement.digest
        proof = answers.server_proof(digest, challenge) if digest and challenge else None
        grant = answers.Grant(bindings, attempt.subscriber.associated, self._rules.service_route, proof)
        return answers.granted(attempt.request, grant, self._clock.seconds())

    def _refuse(self, attempt: _Attempt, registration: Registration, judgement: Judgement) -> Response:
        self._registrations.keep(registration)
        raise Refused(judgement.cause or Cause.WRONG_RESPONSE, attempt.subscriber.impi)
