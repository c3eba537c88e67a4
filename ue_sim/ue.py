"""One phone: its identities, its card, its tokens and its SIP stack, with the verbs that scenarios use.

It decides what is asked for, and with which token; how REGISTER and PUBLISH go is the engine's business.
"""

from collections.abc import Mapping
from typing import TypeAlias

from attrs import define, field

from ue_sim.bodies import joined, migration_body, settings_body, statement_body, token_body
from ue_sim.engine import BY_THE_BOOK, Answer, Body, Conduct, Engine, Instant, Publication, Registered
from ue_sim.errors import NothingPublished
from ue_sim.publication import EventState
from ue_sim.registration import EXPIRES
from ue_sim.settings import Carrier, UeSettings
from ue_sim.wallet import Choice, Wallet
from valkit.migration import MigrationRequest, ReturnRequest
from valkit.sip.message import Request

Several: TypeAlias = Mapping[str, str]
"""Tokens for several VAL services: the name of the carrier, and that of the token."""
NONE: Several = {}


@define
class UE:
    """A phone in a user's hand. It speaks as one IMPU at a time, the one registered last."""

    _settings: UeSettings
    engine: Engine
    wallet: Wallet = field(factory=Wallet)
    impu: str = field(init=False)
    _published: dict[str, EventState] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.impu = self._settings.impu

    @property
    def registered(self) -> Registered | None:
        """What the network granted to the IMPU in use."""
        return self.engine.registered(self.impu)

    @property
    def resource(self) -> str:
        """Request-URI of a PUBLISH: the server's, or the IMPU in use."""
        return self._settings.publish.to or self.impu

    async def register(
        self,
        *,
        token: Choice = False,
        tokens: Several = NONE,
        impu: str | None = None,
        expires: int = EXPIRES,
        conduct: Conduct = BY_THE_BOOK,
    ) -> Answer:
        """Register an IMPU, or renew it, with no token, the one at hand, or one by name (5.X.3.2.2).

        `tokens` brings one for each of several VAL services, each in the carrier of its own (TS 24.379 7.1).
        """
        body = joined(self._token_bodies(token, tokens, conduct))
        self.impu = impu or self.impu
        return await self.engine.register(self.impu, expires, body, conduct)

    async def reregister(
        self,
        *,
        token: Choice = False,
        tokens: Several = NONE,
        expires: int = EXPIRES,
        conduct: Conduct = BY_THE_BOOK,
    ) -> Answer:
        """Renew the registration of the IMPU in use (TS 24.229 5.1.1.4)."""
        return await self.register(token=token, tokens=tokens, expires=expires, conduct=conduct)

    async def publish(
        self,
        *,
        token: Choice = True,
        tokens: Several = NONE,
        settings: bool = True,
        about: str | None = None,
        conduct: Conduct = BY_THE_BOOK,
    ) -> Answer:
        """Publish token, settings or both: a first time, or in place of what stands (5.X.3.2.3, RFC 3903 4.1, 4.4).

        `about` names the user whose settings these are, where no token does (TS 24.379 7.2.3).
        """
        client_id = self._settings.client_id
        said = None if about is None else statement_body(self._settings.carrier, about, client_id)
        bodies = [*self._token_bodies(token, tokens, conduct), said, settings_body(client_id) if settings else None]
        body = joined([body for body in bodies if body])
        if body is None:
            return await self.refresh(conduct=conduct)
        return await self._send(self._state().publish(body), conduct)

    async def refresh(self, *, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Let what was published stand for longer (RFC 3903 4.3). Raises NothingPublished."""
        return await self._send(self._standing().refresh(), conduct)

    async def log_off(self, *, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Take back what was published (RFC 3903 4.5, TS 24.379 7.2.2). Raises NothingPublished."""
        return await self._send(self._standing().remove(), conduct)

    async def migrate(
        self,
        *,
        wanted: MigrationRequest | ReturnRequest,
        to: str,
        token: Choice = True,
        conduct: Conduct = BY_THE_BOOK,
    ) -> Answer:
        """Ask the VAL server of the domain one is in to be served there, or at home to be served again (5.X.5)."""
        body = joined([*self._token_bodies(token, NONE, conduct), migration_body(wanted)])
        assert body is not None, "there is a migration document in it"
        return await self.engine.message(Instant(self.impu, to, body), conduct)

    async def message(self, *, to: str, body: Body, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send an instant message to a URI (RFC 3428)."""
        return await self.engine.message(Instant(self.impu, to, body), conduct)

    async def subscribe(self, *, expires: int = EXPIRES, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Watch the registration of the IMPU in use; 0 s ends it (TS 24.229 5.1.1.3)."""
        return await self.engine.subscribe(self.impu, expires, conduct)

    async def resend(self, *, request: Request, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """Send a request once more, as somebody does who has overheard it."""
        return await self.engine.resend(request, conduct)

    async def deregister(self, *, everywhere: bool = False, conduct: Conduct = BY_THE_BOOK) -> Answer:
        """End the registration of this phone, or with `everywhere` of each phone of the IMPU (TS 24.229 5.1.1.6)."""
        answer = await self.engine.deregister(self.impu, conduct, everywhere=everywhere)
        if answer.ok:
            self._published.pop(self.impu, None)
        return answer

    async def close(self) -> None:
        """Switch the phone off as if its battery were empty: the network is told nothing."""
        await self.engine.close()

    def _token_bodies(self, choice: Choice, several: Several, conduct: Conduct) -> list[Body]:
        chosen = [(self._settings.carrier, choice), *((Carrier(name), each) for name, each in several.items())]
        held = ((carrier, self.wallet.choose(each)) for carrier, each in chosen)
        bodies = [token_body(carrier, token, self._settings.client_id) for carrier, token in held if token]
        return bodies if conduct.body is None else [conduct.body(body) for body in bodies]

    def _state(self) -> EventState:
        return self._published.setdefault(self.impu, EventState(self._initial()))

    def _standing(self) -> EventState:
        state = self._state()
        if state.etag is None:
            raise NothingPublished(f"{self.impu} has published nothing that stands")
        return state

    async def _send(self, publication: Publication, conduct: Conduct) -> Answer:
        """Send it, and once more if the server asks for another: without the tag, or for longer."""
        answer = await self.engine.publish(publication, conduct)
        instead = self._state().heard(publication, answer)
        if instead is None:
            return answer
        answer = await self.engine.publish(instead, conduct)
        self._state().heard(instead, answer)
        return answer

    def _initial(self) -> Publication:
        wanted = self._settings.publish
        headers = tuple(wanted.headers.items())
        return Publication(self.impu, self.resource, wanted.event, wanted.expires, headers=headers)
