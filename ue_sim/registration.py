"""The UE's side of an IMS registration, pure: the next REGISTER for each answer (TS 24.229 5.1.1, RFC 3261 10.2).

A `Registration` lives as long as the UE: its Call-ID never changes and its CSeq counts every REGISTER (RFC 3261 10.2),
so the REGISTER that answers a challenge has the Call-ID of the 401 (TS 24.229 5.1.1.5.1). An `Attempt` is one try to
register, renew or de-register: it goes through challenges and a 423 to an Answer. Who sends, and when, is the engine's
business.

A body, and with it an access token, goes only into a REGISTER that carries a RES: step 5 of figure 5.X.3.2.2-1, not
step 1. The core shows an application server no other, and a network that has not proved itself gets no token; only a
phone that has a password in place of a card has to take the network's word.
"""

from attrs import define, evolve, field, frozen

from ue_sim.credentials import Login, chosen_offer
from ue_sim.engine import Answer, Body, Registered
from ue_sim.securing import Securing
from ue_sim.usim import Card, Success
from valkit.ids import Ids
from valkit.reginfo import Contact
from valkit.sip.auth import Challenge
from valkit.sip.headers import STAR, NameAddr
from valkit.sip.message import Request, Response

EXPIRES = 600_000
"""Seconds that a UE asks for (TS 24.229 5.1.1.2.1)."""

INVALID_CHALLENGES = 2
"""How many in a row are answered at most (TS 24.229 5.1.1.5.3)."""

VALID_CHALLENGES = 2
"""How many are answered with a RES in one attempt: a core that wants a third proof does not want this UE."""


@frozen
class Wish:
    """What a REGISTER asks for."""

    expires: int = EXPIRES
    body: Body | None = None
    everywhere: bool = False
    """All contacts, not this one: `Contact: *`, to de-register only (RFC 3261 10.2.2)."""


@define
class Registration:
    """One IMPU of one UE, from the first REGISTER on."""

    impu: str
    contact: NameAddr
    login: Login
    _ids: Ids
    securing: Securing
    _more: tuple[tuple[str, str], ...] = ()
    """Header fields of every REGISTER beside those of 5.1.1.2.1."""
    granted: Registered | None = None
    _call_id: str = field(init=False)
    _tag: str = field(init=False)
    _cseq: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        self._call_id = self._ids.call_id()
        self._tag = self._ids.tag()

    def attempt(self, wish: Wish, card: Card, now: float) -> "Attempt":
        """Start to register, renew or de-register; `card` answers the challenges."""
        if self.granted and self.granted.until <= now:
            self.granted = None
        if not self.granted:
            self.login.forget()
        self.securing.begin(anew=not self.granted)
        return Attempt(self, wish, card)

    def request(self, wish: Wish) -> Request:
        """Give the next REGISTER (TS 24.229 5.1.1.2.1, 5.1.1.4.1, 5.1.1.6.1)."""
        self._cseq += 1
        body = wish.body if self.login.proves else None
        content, kind = (body.content, body.content_type or None) if body else (b"", None)
        authorization = self.login.authorization("REGISTER", content)
        beside = body.headers if body else ()
        headers = [*self._who(), *self._what(wish), ("Authorization", str(authorization)), *beside]
        headers += [*self.securing.headers(), *self._more]
        return Request.create("REGISTER", self.login.registrar, headers, content, kind)

    def begin_anew(self) -> None:
        """Give up what was begun: the next REGISTER has a new Call-ID (TS 24.229 5.1.1.5.1)."""
        self._call_id = self._ids.call_id()
        self.login.forget()

    def _who(self) -> list[tuple[str, str]]:
        return [
            ("Max-Forwards", "70"),
            ("From", f"<{self.impu}>;tag={self._tag}"),
            ("To", f"<{self.impu}>"),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._cseq} REGISTER"),
        ]

    def _what(self, wish: Wish) -> list[tuple[str, str]]:
        contact = "*" if wish.everywhere else str(self.contact)
        return [("Contact", contact), ("Expires", str(wish.expires)), ("Supported", "path")]

    def succeeded(self, wish: Wish, response: Response, now: float) -> Answer:
        """Keep what a 2xx granted; of a de-registration nothing stays, not even the nonce (TS 24.229 5.1.1.6)."""
        self.login.keep_what_lasts()
        seconds = _granted(response, self.contact, wish.expires) if wish.expires else 0
        self.granted = self._grant(response, seconds, now) if seconds else None
        return Answer(response, expires=seconds)

    def told(self, contact: Contact, now: float) -> None:
        """Do as the network says of our contact: it has ended, or it has been shortened (TS 24.229 5.1.1.7)."""
        if not contact.active:
            self.granted = None
            self.login.forget()
        elif contact.event == "shortened" and contact.expires is not None and self.granted is not None:
            self.granted = evolve(self.granted, until=now + contact.expires, due=now + contact.expires / 2)

    def _grant(self, response: Response, seconds: int, now: float) -> Registered:
        return Registered(
            impu=self.impu,
            until=now + seconds,
            due=now + renewal(seconds),
            associated=tuple(address.uri for address in response.p_associated_uris),
            service_route=tuple(map(str, response.service_routes)),
        )


def challenges_in(response: Response) -> list[Challenge]:
    """Give the challenges of a 401. Raises ParseError."""
    return list(map(Challenge.parse, response.headers.all("WWW-Authenticate")))


def renewal(seconds: int) -> float:
    """After how long to register again: 600 s before the end, or half way of 1200 s and less (TS 24.229 5.1.1.4.1)."""
    return seconds - 600 if seconds > 1200 else seconds / 2


def _granted(response: Response, contact: NameAddr, asked: int) -> int:
    """Seconds for our contact: its own parameter, else the header, else what was asked (RFC 3261 10.2.4)."""
    contacts = () if response.contacts is STAR else response.contacts
    own = [found.expires for found in contacts if found.address.matches(contact.address)]
    return next((seconds for seconds in (*own, response.expires) if seconds is not None), asked)


@define
class Attempt:
    """One try: the next REGISTER for each response, until there is an answer."""

    _registration: Registration
    _wish: Wish
    _card: Card
    _invalid: int = field(init=False, default=0)
    _valid: int = field(init=False, default=0)
    _longer: bool = field(init=False, default=False)

    def first(self) -> Request:
        """Give the REGISTER to begin with; it carries a proof if one is in hand from an earlier challenge."""
        return self._registration.request(self._wish)

    def next(self, response: Response, now: float) -> Request | Answer:
        """Take the next step after a final response. Raises ParseError if a header of a 2xx cannot be read."""
        if 200 <= response.status < 300:
            return self._registration.succeeded(self._wish, response, now)
        if self._goes_on(response):
            return self._registration.request(self._wish)
        self._registration.login.forget()
        return Answer(response, why=self._unanswerable(response))

    def _unanswerable(self, response: Response) -> str:
        """Say that the challenges are all of kinds that the card does not answer, if that is so."""
        if response.status != 401:
            return ""
        offered = [str(each.get("algorithm") or "MD5") for each in challenges_in(response)]
        if not offered or chosen_offer(challenges_in(response), self._card.algorithms) is not None:
            return ""
        own = ", ".join(sorted(map(str, self._card.algorithms)))
        return f"offered {', '.join(offered)}, this phone answers only {own}"

    def _goes_on(self, response: Response) -> bool:
        match response.status:
            case 401:
                return self._answers(response)
            case 423:
                return self._asks_for_longer(response)
        return False

    def _answers(self, response: Response) -> bool:
        offer = chosen_offer(challenges_in(response), self._card.algorithms)
        if offer is None:
            return False
        if not self._registration.securing.challenged(response):
            self._registration.begin_anew()
            return False
        if isinstance(self._registration.login.challenged(offer, self._card), Success):
            self._invalid, self._valid = 0, self._valid + 1
        else:
            self._invalid += 1
        return self._invalid <= INVALID_CHALLENGES and self._valid <= VALID_CHALLENGES

    def _asks_for_longer(self, response: Response) -> bool:
        """Interval too brief: ask once more, for what the registrar wants at least (RFC 3261 10.2.8)."""
        least = response.headers.get("Min-Expires") or ""
        if self._longer or not least.isdecimal() or not 0 < self._wish.expires < int(least):
            return False
        self._wish, self._longer = evolve(self._wish, expires=int(least)), True
        return True
