"""What clients ask a VAL server about their migration, over SIP (figure 5.X.5-2, steps 1, 2 and 11)."""

from collections.abc import Callable, Iterable

from attrs import define, frozen
from twisted.internet.interfaces import IReactorTime

from valkit.carriers import CarrierCause
from valkit.migration import MigrationRequest, NoMigration
from valkit.net.trust.errors import NotYet
from valkit.sip import Request, Response
from valserver.errors import Refusal, Refused
from valserver.facts import MIGRATION, Event, Proof
from valserver.migration.document import document_in
from valserver.migration.errors import Objection
from valserver.migration.messages import Act, Message, NoMessage, decoded, encoded
from valserver.migration.standing import Standings
from valserver.requests.authorization import Authorizer, Heard
from valserver.requests.bodies import impu_of, require_extensions


@frozen
class Asker:
    """Who asks, as proved."""

    impu: str
    jti: str
    val_user_id: str
    val_service_ids: tuple[str, ...]

    def refused(self, refusal: Refusal, cause: str) -> Refused:
        """Give the refusal of this one's request."""
        return Refused(refusal, cause, impu=self.impu, jti=self.jti)


@define(eq=False)
class Migrations:
    """Answers MESSAGEs about migration."""

    standings: Standings
    _authorizer: Authorizer
    _resources: frozenset[str]
    _clock: IReactorTime
    _tell: Callable[[Event], None]
    """Hears of tokens that were refused beside others that held."""

    async def serve(self, request: Request) -> Response:
        """Answer a MESSAGE when its outcome is durable. Raises Refused, ParseError, StoreUnavailable."""
        require_extensions(request)
        asserted = request.p_asserted_identities
        if not asserted:
            raise Refused(Refusal.NO_IDENTITY)
        impu = impu_of(asserted[0].uri)
        if self._resources and request.address.aor() not in self._resources:
            raise Refused(Refusal.UNKNOWN_RESOURCE, impu=impu)
        try:
            wanted = document_in(request)
        except NoMigration as error:
            raise Refused(Refusal.BAD_REQUEST, str(error), impu=impu) from error
        asker = await self._proved(request, impu)
        if isinstance(wanted, MigrationRequest):
            await self._arrive(wanted, asker)
        else:
            await self._come_home(asker)
        return request.answer(200)

    async def _proved(self, request: Request, impu: str) -> Asker:
        """Give who asks, by the tokens in the request (step 2). Raises Refused."""
        heard = await self._heard(request, impu)
        for event in heard.require(MIGRATION):
            self._tell(event)
        proofs = tuple(heard.proofs.values())
        if not proofs:
            raise Refused(Refusal.TOKEN, Objection.NO_TOKEN.value, impu=impu)
        first = proofs[0]
        if any(proof.val_user_id != first.val_user_id for proof in proofs):
            raise Refused(Refusal.TOKEN, CarrierCause.TWO_USERS.value, impu=impu)
        return Asker(impu, first.jti, first.val_user_id, _services(proofs))

    async def _heard(self, request: Request, impu: str) -> Heard:
        while True:
            try:
                return self._authorizer.heard(request, impu, self._clock.seconds())
            except NotYet as waiting:
                await waiting.until

    async def _arrive(self, wanted: MigrationRequest, asker: Asker) -> None:
        """Partner: let a guest be served here, if the primary says so. Raises Refused."""
        if self.standings.policy.guest(asker.val_user_id) != (wanted.home_domain, wanted.home_user):
            raise asker.refused(Refusal.MIGRATION, Objection.NO_GUEST.value)
        verdict = await self.standings.arrive(self._message(wanted, asker))
        if verdict.refusal is not None:
            raise asker.refused(verdict.refusal, verdict.cause)

    def _message(self, wanted: MigrationRequest, asker: Asker) -> Message:
        """Write the request as the other side can read it (step 3). Raises Refused."""
        message = Message(
            act=Act.MIGRATE,
            id=wanted.id,
            asked_at=int(self._clock.seconds() * 1_000),
            home_domain=wanted.home_domain,
            home_user=wanted.home_user,
            partner_domain=self.standings.policy.domain,
            partner_user=asker.val_user_id,
            val_service_ids=asker.val_service_ids,
            user_profile=wanted.user_profile,
        )
        try:
            return decoded(encoded(message))
        except NoMessage as error:
            raise asker.refused(Refusal.BAD_REQUEST, f"no message can be made of it: {error}") from error

    async def _come_home(self, asker: Asker) -> None:
        """Primary: serve a user of ours here again. Raises Refused."""
        if self.standings.policy.guest(asker.val_user_id) is not None:
            raise asker.refused(Refusal.MIGRATION, Objection.NOT_AT_HOME_HERE.value)
        await self.standings.come_home(asker.val_user_id)


def _services(proofs: Iterable[Proof]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(grant.val_service_id for proof in proofs for grant in proof.grants))
