"""What a UE wants of a SIP stack: the Engine seam, and the values that cross it.

An engine registers, publishes and de-registers for one UE; it owns Call-ID, CSeq, challenges and routes
(TS 24.229 5.1.1). It knows no token and no VAL service: the UE hands it a body and reads an answer. What one stack can
do and another can not, it says in its capabilities, so that a scenario that needs it is left out with the reason.
"""

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from attrs import field, frozen

from ue_sim.usim import Outcome
from valkit.reginfo import View
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response


class Capability(Enum):
    """Something that not every SIP stack can do; the value is what a scenario writes under `needs`."""

    REGISTER_BODY = "register-body"
    """A body, hence a token, in REGISTER."""
    KEEPS_CALL_ID = "keeps-call-id"
    """The challenge is answered with the Call-ID of the 401 (TS 24.229 5.1.1.5.1)."""
    EDITED_REQUESTS = "edited-requests"
    """A scenario may change a request before it is sent."""
    OTHER_PEERS = "other-peers"
    """A request may go to another hop than the P-CSCF."""
    BEARER_CHALLENGES = "bearer-challenges"
    """An answer is taken in whose challenge is not Digest (RFC 8898)."""
    LARGE_MESSAGES = "large-messages"
    """Messages over 4000 bytes."""
    REG_EVENT = "reg-event"
    """It watches its own registration, and takes what the network tells it of it (RFC 3680)."""
    MESSAGES = "messages"
    """A MESSAGE (RFC 3428): an instant message, or a request to migrate."""
    TLS13 = "tls-1.3"
    """TLS 1.3."""


@frozen
class Body:
    """What a request carries; it may hold a token, so it is never shown."""

    content_type: str
    """Empty where there is no body, but only header fields."""
    content: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Header fields that go where the body goes: a token that travels in one of them."""


@frozen
class Conduct:
    """How the phone behaves in one call. The default is by the book; a scenario may make it misbehave."""

    outcome: Callable[[Outcome], Outcome] | None = None
    """Changes what the USIM said to a challenge, before it is used: a wrong RES, a MAC failure that was none."""
    request: Callable[[Request], Request] | None = None
    """Changes each request just before it is sent, credentials and all."""
    body: Callable[[Body], Body] | None = None
    """Changes what a token travels in, before it is put into a request."""
    to: Hop | None = None
    """Sends there, and not to the P-CSCF."""


BY_THE_BOOK = Conduct()


@frozen
class Answer:
    """How a call ended: the final response, or the one RFC 3261 8.1.3.1 wants a UA to assume where none came."""

    response: Response
    received: bool = True
    """False: nothing came; the status is 408 (no answer in time) or 503 (nothing could be sent)."""
    expires: int | None = None
    """Seconds granted by a 2xx: the registration of this contact, or the publication."""
    why: str = ""
    """How the connection ended, if one stood and nothing came over it; or why the phone gave up after what came."""

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        text = f"{self.response.status} {self.response.reason}"
        return text if self.received else f"{text} (nothing was received)"


@frozen
class Registered:
    """What a 200 to REGISTER told the UE (TS 24.229 5.1.1.2.1)."""

    impu: str
    until: float
    """Epoch seconds at which the registration runs out."""
    due: float
    """Epoch seconds at which it is to be renewed (5.1.1.4.1)."""
    associated: tuple[str, ...]
    """P-Associated-URI; the first is the default IMPU, one that is not there is barred."""
    service_route: tuple[str, ...]
    """Preloaded Route of later requests (RFC 3608), after the P-CSCF."""

    @property
    def speaker(self) -> str:
        """In whose name the UE speaks: the registered IMPU, or the default one where that is barred (5.1.2A.1.1)."""
        return self.impu if not self.associated or self.impu in self.associated else self.associated[0]


@frozen
class Publication:
    """One PUBLISH to be sent (RFC 3903 4)."""

    impu: str
    uri: str
    """Request-URI and To: whose event state it is."""
    event: str
    expires: int
    etag: str | None = None
    body: Body | None = None
    headers: tuple[tuple[str, str], ...] = ()


@frozen
class Instant:
    """One MESSAGE to be sent (RFC 3428)."""

    impu: str
    uri: str
    """Request-URI and To."""
    body: Body


class Engine(Protocol):
    """A SIP stack that acts for one UE."""

    capabilities: frozenset[Capability]

    async def register(self, impu: str, expires: int, body: Body | None, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Register `impu`, or register it anew, for `expires` seconds; the challenge is answered on the way."""

    async def deregister(self, impu: str, conduct: Conduct = BY_THE_BOOK, *, everywhere: bool = False) -> Answer:
        """End the registration of this contact, or with `everywhere` of each contact (TS 24.229 5.1.1.6)."""

    async def publish(self, wanted: Publication, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send one PUBLISH over the route that the registration gave."""

    async def message(self, wanted: Instant, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send one MESSAGE over the route that the registration gave. Raises Incapable."""

    async def subscribe(self, impu: str, expires: int, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Watch the registration of `impu` for so many seconds; with 0, watch it no longer (TS 24.229 5.1.1.3)."""

    async def resend(self, request: Request, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send a request once more as it was, but for its Via; what comes of it changes nothing here."""

    def watched(self, impu: str) -> View:
        """Give what the network has told of the registration of `impu`."""

    def registered(self, impu: str) -> Registered | None:
        """Give what the last successful registration of `impu` granted; None when it was ended."""

    async def close(self) -> None:
        """Let go of sockets; says nothing to the network."""
