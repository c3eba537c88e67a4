"""Every wrong token in turn, each expected to be refused: by the answer, for its cause, and with nothing bound by it.

First an honest token goes the same way and has to bind, so that a refusal afterwards means something. Then one kind
after another is tried, and whatever did not go as it ought to is told at once.
"""

from typing import Annotated, ClassVar, Literal

from attrs import frozen
from pydantic import AfterValidator

from harness.clients.observing import BindingSeen
from harness.errors import Finding, Unmet
from harness.forgery.mutations import MUTATIONS, Mutation, planned
from harness.forgery.words import accepted
from harness.grammar.vocabulary import Arguments, step, suggestion
from harness.plans.sight import hides
from harness.seen.cast import VALSERVER, apart, within
from harness.seen.story import Passage, Remark, method
from harness.stage import Stage
from harness.steps.token import Mint, grant_of
from harness.steps.ue import CarrierName
from ue_sim.engine import BY_THE_BOOK, Answer, Conduct
from ue_sim.errors import Incapable
from valkit.sip.errors import Misuse
from valkit.sip.message import Response
from valkit.tokens import Grant, mint

HONEST = "honest"
"""What the token is called that goes first."""
WRONG = "wrong"
"""What each of the others is called while it is tried."""


def _known(kinds: tuple[str, ...]) -> tuple[str, ...]:
    for kind in kinds:
        if kind not in MUTATIONS:
            raise ValueError(f"has {kind}, which is no kind of wrong token ({suggestion(kind, MUTATIONS)})")
    return kinds


Kinds = Annotated[tuple[str, ...], AfterValidator(_known)]


class Mutations(Arguments):
    """Which wrong tokens, and how they travel."""

    short = "ue"
    judges: ClassVar[bool] = True

    ue: str
    """Which phone brings them; it is registered."""
    method: Literal["REGISTER", "PUBLISH"] = "PUBLISH"
    """In which request."""
    carrier: CarrierName | None = None
    """In which document, or in a header; without it, in that of the phone."""
    only: Kinds = MUTATIONS
    """These kinds and no others."""
    leave_out: Kinds = ()
    """All kinds but these, such as those that a server of another make is known to take in another way."""


@step("token.mutations", acts=True)
async def mutations(stage: Stage, told: Mutations) -> None:
    """Bring an honest token, which binds, and then each kind of wrong one, which is refused and binds nothing."""
    trial = _Trial(stage, told)
    await trial.control()
    kinds = [kind for kind in told.only if kind not in told.leave_out]
    workshop = stage.lab.domain_of(told.ue).workshop
    outcomes = [await trial.attempt(each) for each in planned(kinds, trial.carrier, workshop, trial.grant)]
    tried = [outcome for outcome in outcomes if outcome is not None]
    deviations = list(filter(None, tried))
    if not tried:
        raise Unmet(Finding("wrong tokens to be tried", "none of those chosen can travel this way"))
    if deviations:
        wanted = f"{len(tried)} kinds of wrong token to be refused, each for its cause, and nothing bound by them"
        raise Unmet(Finding(wanted, f"{len(deviations)} of them went otherwise", "\n".join(deviations)))


@frozen
class _Trial:
    """The wrong tokens of one phone on one way."""

    stage: Stage
    told: Mutations

    @property
    def valserver(self) -> str:
        """Who is to refuse them."""
        return within(apart(self.told.ue)[0], VALSERVER)

    @property
    def seen(self) -> bool:
        """Whether the VAL server tells what it binds and why it refuses; else its answers have to do."""
        return not hides(self.stage.lab.plan, self.valserver)

    @property
    def carrier(self) -> str:
        """In what they travel."""
        return self.told.carrier or self.stage.lab.plan.phones[self.told.ue].carrier

    def grant(self, name: str) -> Grant:
        """Give the grant of an honest token of this phone's user, in a VAL service that only this one names."""
        return grant_of(self.stage, Mint.model_validate({"ue": self.told.ue, "as": name, "val_service_ids": [name]}))

    async def control(self) -> None:
        """Bring the honest token; Unmet if it does not bind."""
        workshop = self.stage.lab.domain_of(self.told.ue).workshop
        grant = self.grant(HONEST)
        await self.stage.settled()  # an answer to what went before would be taken for that to this one
        self.stage.begin_act()
        answer = await self._send(HONEST, mint(workshop.key, grant), BY_THE_BOOK)

        async def check() -> Finding | None:
            bound = any(grant.jti in each.jtis for each in await self._bindings())
            if bound or (not self.seen and self._status(answer) in range(200, 300)):
                return None
            got = f"{answer}, and nothing is bound by it" if self.seen else f"{self._status(answer)} of the VAL server"
            return Finding("an honest token to bind, before wrong ones are tried", got)

        await self.stage.until(check)
        await self.stage.settled()

    async def attempt(self, mutation: Mutation) -> str | None:
        """Bring a wrong token: nothing is to be said if it is refused as it ought to be; None if it cannot be sent."""
        before = await self._bindings()
        self.stage.broken[mutation.token] = mutation.kind
        self.stage.begin_act()
        try:
            answer = await self._send(WRONG, mutation.token, Conduct(body=mutation.change))
        except (Incapable, Misuse):
            return None
        await self.stage.settled()
        status, causes = self._status(answer), self._causes()
        bound = [each for each in await self._bindings() if each not in before]
        if status == mutation.status and (causes == [mutation.cause] or not self.seen) and not bound:
            return ""
        if self.seen:
            otherwise = f"wanted {mutation}; got {_told(status, causes, bound)}"
        else:
            otherwise = f"wanted {mutation.status}; got {status or 'no answer of the VAL server'}"
        if status is not None and status in range(200, 300):
            return f"{mutation.kind}: {accepted(status, mutation.kind)} ({otherwise})"
        return f"{mutation.kind}: {otherwise}"

    async def _send(self, name: str, token: str, behaviour: Conduct) -> Answer:
        phone = self.stage.lab.ues[self.told.ue]
        phone.wallet.put(token, name)
        send = phone.publish if self.told.method == "PUBLISH" else phone.reregister
        return await self.stage.lab.patience.during(send(token=False, tokens={self.carrier: name}, conduct=behaviour))

    async def _bindings(self) -> tuple[BindingSeen, ...]:
        return await self.stage.lab.domain_of(self.told.ue).valserver.bindings() if self.seen else ()

    def _status(self, answer: Answer) -> int | None:
        """Give what the VAL server answered: to the phone's PUBLISH, or to the core's third-party REGISTER."""
        if self.told.method == "PUBLISH":
            return answer.status
        ours = (each for each in self.stage.moments() if isinstance(each, Passage))
        passages = [each for each in ours if each.source == self.valserver]
        answers = [each.message for each in passages if method(each.message) == "REGISTER"]
        return next((each.status for each in answers if isinstance(each, Response)), None)

    def _causes(self) -> list[str]:
        notes = [each.note for each in self.stage.moments() if isinstance(each, Remark)]
        return [note.fields.get("cause", "") for note in notes if (note.who, note.what) == (self.valserver, "refused")]


def _told(status: int | None, causes: list[str], bound: list[BindingSeen]) -> str:
    """Say what came of a wrong token."""
    answer = "no answer of the VAL server" if status is None else str(status)
    cause = f" and the cause {' and '.join(causes)}" if causes else " and no cause"
    return answer + cause + (f", and {'; '.join(map(str, bound))}" if bound else "")
