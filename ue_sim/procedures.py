"""What a UE does at the network, whatever SIP stack is beneath it: the procedures of TS 24.229 5.1 on one UE.

What `registration` and `publication` compose is handed to a stack, and what comes back is handed on. Here is only who
is asked, in which order, and what is told to the observer; how a request goes out is each engine's own `_exchange`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

from attrs import define, evolve, field

from ue_sim import messaging, publication
from ue_sim.credentials import Login
from ue_sim.engine import BY_THE_BOOK, Answer, Body, Conduct, Instant, Publication, Registered
from ue_sim.registration import EXPIRES, Registration, Wish
from ue_sim.securing import NOTHING, Securing, Wanted
from ue_sim.usim import Card, MacFailure, Outcome, Success, SyncFailure
from ue_sim.watching import Watch, Way
from valkit.aka.digest import Algorithm
from valkit.ids import Ids
from valkit.reginfo import Contact, View
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.uri import SipUri
from valkit.trace import Note, Observer

METHODS = "OPTIONS, NOTIFY, MESSAGE"
"""What the phone answers itself; there are no sessions here."""


@define(kw_only=True)
class Procedures(ABC):
    """One UE above some SIP stack."""

    impi: str
    domain: str
    """The home network's name (TS 23.003 13.2)."""
    _proxy: Hop
    """The P-CSCF."""
    _contact: NameAddr
    _card: Card
    _now: Callable[[], float]
    _ids: Ids
    _observe: Observer
    _more: tuple[tuple[str, str], ...] = ()
    _security: Wanted = NOTHING
    """What security agreement it asks for."""
    _registrations: dict[str, Registration] = field(init=False, factory=dict)
    _watches: dict[str, Watch] = field(init=False, factory=dict)

    @abstractmethod
    async def _exchange(self, request: Request, conduct: Conduct) -> Answer:
        """Give the final response, or the one to be assumed where none came (RFC 3261 8.1.3.1)."""

    async def register(
        self, impu: str, expires: int = EXPIRES, body: Body | None = None, conduct: Conduct = BY_THE_BOOK
    ) -> Answer:
        """Register `impu`, or renew its registration (TS 24.229 5.1.1.2, 5.1.1.4)."""
        return await self._attempt(impu, Wish(expires, body), conduct)

    async def deregister(self, impu: str, conduct: Conduct = BY_THE_BOOK, *, everywhere: bool = False) -> Answer:
        """End the registration (TS 24.229 5.1.1.6)."""
        return await self._attempt(impu, Wish(0, everywhere=everywhere), conduct)

    async def publish(self, wanted: Publication, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send one PUBLISH over P-CSCF and Service-Route (RFC 3903, TS 24.229 5.1.2A)."""
        way = self._way(wanted.impu)
        request = publication.request(wanted, way.speaker, way.routes, self._ids)
        answer = await self._exchange(self._secured(wanted.impu, request), self._on_the_way(wanted.impu, conduct))
        return evolve(answer, expires=answer.response.expires if answer.received else None)

    async def message(self, wanted: Instant, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send one MESSAGE over P-CSCF and Service-Route (RFC 3428, TS 24.229 5.1.2A)."""
        way = self._way(wanted.impu)
        request = messaging.request(wanted, way.speaker, way.routes, self._ids)
        secured = self._secured(wanted.impu, request)
        return await self._exchange(secured, self._on_the_way(wanted.impu, conduct))

    async def subscribe(self, impu: str, expires: int = EXPIRES, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Watch the registration of `impu`, or go on watching it (TS 24.229 5.1.1.3)."""
        watch = self._watches.setdefault(impu, Watch(impu, self._contact, self._ids))
        request = self._secured(impu, watch.subscribe(expires, self._way(impu)))
        answer = await self._exchange(request, self._on_the_way(impu, conduct))
        return evolve(watch.answered(answer.response, received=answer.received), why=answer.why)

    async def resend(self, request: Request, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send a request once more as it was, but for its Via; what comes of it changes nothing here."""
        return await self._exchange(request.without("Via"), conduct)

    def watched(self, impu: str) -> View:
        """Give what the network has told of the registration of `impu`."""
        watch = self._watches.get(impu)
        return watch.view if watch else View()

    def asked(self, request: Request) -> Response:
        """Answer a request of the network: OPTIONS, NOTIFY of a subscription of ours, and MESSAGE.

        RFC 3261 8.2.1, 11.2; RFC 3428 7: an instant message of whatever kind is taken, and its 200 has no Contact.
        What requires an extension is refused (8.2.2.3): as a server the phone knows none.
        """
        required = [option for option in request.headers.all("Require") if option]
        if required and request.method in METHODS.split(", "):
            return request.answer(420, headers=[("Unsupported", ", ".join(required))])
        match request.method:
            case "OPTIONS":
                return request.answer(200, headers=[("Allow", METHODS)])
            case "MESSAGE":
                return request.answer(200)
            case "NOTIFY":
                return self._notified(request)
        return request.answer(405, headers=[("Allow", METHODS)])

    def registered(self, impu: str) -> Registered | None:
        """Give what the network granted `impu`, as long as it lasts."""
        registration = self._registrations.get(impu)
        granted = registration.granted if registration else None
        return granted if granted and granted.until > self._now() else None

    def _way(self, impu: str) -> Way:
        """Say in whose name a request is sent, and over which preloaded route (5.1.2A.1.1)."""
        registered = self.registered(impu)
        speaker = registered.speaker if registered else impu
        return Way(speaker, (f"<{sip_uri(self._proxy)};lr>", *(registered.service_route if registered else ())))

    def _secured(self, impu: str, request: Request) -> Request:
        """Let a request show the security agreement, if there is one."""
        return self._registration(impu).securing.secured(request)

    def _on_the_way(self, impu: str, conduct: Conduct) -> Conduct:
        """Send over TLS where that was agreed on, unless the conduct sends elsewhere."""
        way = self._registration(impu).securing.way(self._proxy)
        return conduct if conduct.to or way == self._proxy else evolve(conduct, to=way)

    def _notified(self, request: Request) -> Response:
        """Take what a NOTIFY tells of a registration, and do as it says (5.1.1.7)."""
        watch = next((each for each in self._watches.values() if each.call_id == request.call_id), None)
        if watch is None:
            return request.answer(481)
        response, told = watch.notified(request)
        self._obey(watch.impu, told)
        return response

    def _told(self, impu: str, notify: Request) -> None:
        """Take what a NOTIFY tells where a SIP stack of its own keeps the dialog. Raises ParseError, Unreadable."""
        watch = self._watches.get(impu)
        if watch is not None:
            self._obey(impu, watch.told(notify))

    def _obey(self, impu: str, told: Contact | None) -> None:
        if told is not None:
            self._observe(Note(self._now(), "ue", "reg event", {"impu": impu, "event": told.event}))
            self._registration(impu).told(told, self._now())

    async def _attempt(self, impu: str, wish: Wish, conduct: Conduct) -> Answer:
        attended = _Attended(self._card, self._judged(impu), conduct)
        attempt = self._registration(impu).attempt(wish, attended, self._now())
        step: Request | Answer = attempt.first()
        while isinstance(step, Request):
            answer = await self._exchange(step, self._on_the_way(impu, conduct))
            self._hold_against_proof(impu, answer.response)
            step = attempt.next(answer.response, self._now()) if answer.received else answer
        return step

    def _hold_against_proof(self, impu: str, response: Response) -> None:
        """Tell of a network that has accepted a password which it does not know."""
        if 200 <= response.status < 300 and self._registration(impu).login.disproved_by(response):
            self._observe(Note(self._now(), "ue", "rspauth wrong", {"impi": self.impi, "impu": impu}))

    def _registration(self, impu: str) -> Registration:
        if impu not in self._registrations:
            login = Login(self.impi, self.domain, self._ids)
            address = self._contact.address
            own = address.hop() if isinstance(address, SipUri) else self._proxy
            securing = Securing(self._security, own, self._ids)
            self._registrations[impu] = Registration(impu, self._contact, login, self._ids, securing, self._more)
        return self._registrations[impu]

    def _judged(self, impu: str) -> Callable[[Outcome, bytes], None]:
        def note(outcome: Outcome, autn: bytes) -> None:
            what, why = _verdict(outcome) if autn else ("answered with the password", {})
            self._observe(Note(self._now(), "ue", what, {"impi": self.impi, "impu": impu} | why))

        return note


@define
class _Attended:
    """A card whose outcomes are told to someone, and then altered if the conduct says so."""

    _card: Card
    _tell: Callable[[Outcome, bytes], None]
    _conduct: Conduct

    @property
    def algorithms(self) -> frozenset[Algorithm]:
        return self._card.algorithms

    def challenge(self, rand: bytes, autn: bytes) -> Outcome:
        outcome = self._card.challenge(rand, autn)
        self._tell(outcome, autn)
        return self._conduct.outcome(outcome) if self._conduct.outcome else outcome


def _verdict(outcome: Outcome) -> tuple[str, dict[str, str]]:
    match outcome:
        case Success():
            return "autn verified", {}
        case MacFailure(mistaken):
            return "autn refused", {"cause": "mac", **({"hint": "op and opc"} if mistaken else {})}
        case SyncFailure(_, ahead):
            return "autn refused", {"cause": "sqn", "ahead": str(ahead)}


def sip_uri(hop: Hop, user: str = "") -> str:
    """Write a hop as the SIP URI that leads there (RFC 3261 19.1.1)."""
    _, _, place = str(hop).partition(":")
    transport = "" if hop.transport == "udp" else f";transport={hop.transport}"
    return f"sip:{user + '@' if user else ''}{place}{transport}"
