"""What the steps of one scenario work on: the lab, and what was minted, answered and done so far."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import define, evolve, field, frozen

from harness.errors import Finding, Unmet
from harness.grammar.captured import Captured
from harness.lab.company import Company, Turn
from harness.lab.lab import Lab
from harness.lab.wire import Fault
from harness.seen.cast import apart
from harness.seen.story import Moment, story
from ue_sim.documents.groups import GroupKey
from ue_sim.engine import Answer
from ue_sim.identity.tokens import SecurityToken, TokenSet
from valkit.documents import GroupDocument, UeConfiguration, UserProfile
from valkit.keymanagement.keysets import KeySet, ProvisionedKey


@frozen
class Minted:
    """A token that a scenario made, or that a phone obtained."""

    name: str
    jti: str
    claims: Mapping[str, Any] = field(repr=False)
    id_claims: Mapping[str, Any] = field(factory=dict, repr=False)
    """Of the ID token that came with it, if one did."""


@frozen
class Sealed:
    """A secret, the message in which it was sent, and by which user."""

    secret: bytes = field(repr=False)
    message: bytes = field(repr=False)
    sender: str


@frozen
class Answered:
    """What a UE was told last."""

    ue: str
    answer: Answer


@define
class Stage:
    """One scenario in its lab."""

    lab: Lab
    tokens: dict[str, Minted] = field(factory=dict)
    granted: dict[str, TokenSet] = field(factory=dict, repr=False)
    """What log-ins and renewals have given, by the name of the access token."""
    vouched: dict[str, SecurityToken] = field(factory=dict, repr=False)
    """Security tokens for partner domains, by the names that the scenario gave them."""
    keys: dict[str, tuple[KeySet, ...]] = field(factory=dict, repr=False)
    """What phones have fetched from a key management server, by name."""
    provisioned: dict[str, dict[str, ProvisionedKey]] = field(factory=dict, repr=False)
    """The key material that the VAL server has provisioned, by user or group and by its own name."""
    secrets: dict[str, "Sealed"] = field(factory=dict, repr=False)
    """Secrets that phones have sent each other, by name."""
    profiles: dict[str, UserProfile] = field(factory=dict)
    """The profile that each phone has got last."""
    configurations: dict[str, UeConfiguration | None] = field(factory=dict)
    """The UE configuration that each phone has got last."""
    groups: dict[str, dict[str, GroupDocument]] = field(factory=dict)
    """The groups that each phone has got, by their IDs."""
    group_keys: dict[str, dict[str, GroupKey]] = field(factory=dict, repr=False)
    """The key material of groups that each phone has got."""
    captured: dict[str, Captured] = field(factory=dict)
    """What expectations have taken out of messages, by the names that the scenario gave them."""
    broken: dict[str, str] = field(factory=dict, repr=False)
    """The tokens that the scenario itself broke, and in which way: what is wrong with them is no finding."""
    answered: Answered | None = None
    holding: dict[str, Fault] = field(factory=dict)
    """Messages held back, by the name that the scenario gave them."""
    stopped: set[str] = field(factory=set)
    """Programs that the scenario has stopped or killed, and not started again."""
    unseen: list[str] = field(factory=list)
    """What could not be observed of parts that are not ours, each with the step that asked for it."""
    company: Company = field(factory=Company)
    """Who is on stage: the branches that are taken at once."""
    _place: tuple[int, ...] = ()
    """Which of the branches this is; the whole scenario is none."""
    _begun: int = 0
    """Where in the trace the last act began."""

    def branch(self, number: int) -> "Stage":
        """Give one for steps that are taken beside others, as the branch of this number: what was made is common.

        What happened last is its own, and so is what it captures: another branch may be later, or earlier.
        """
        return evolve(self, captured=dict(self.captured), place=(*self._place, number))

    def user_of(self, ue: str) -> str:
        """Give the VAL user ID of whom this phone is."""
        return self.lab.plan.phones[ue].val_user_id or apart(ue)[1]

    def begin_act(self) -> None:
        """From here on is what expectations look at, unless they say otherwise."""
        self._begun = len(self.lab.wire.trace.events)

    def moments(self, *, from_start: bool = False) -> tuple[Moment, ...]:
        """Tell what happened since the last act began, or since the start."""
        return story(self.lab.wire.trace.events, self.lab.cast, 0 if from_start else self._begun)

    async def until(self, check: Callable[[], Awaitable[Finding | None]], *, lasting: bool = False) -> None:
        """Wait until there is nothing to find fault with; Unmet when nothing more is to be expected.

        What comes once too often comes later: with `lasting` there must still be no fault when all is quiet.
        """
        try:
            while (finding := await check()) is not None:
                if await self._nothing_more(self.lab.patience.more, gives_up=True):
                    raise Unmet(finding)
        finally:
            self.company.goes_on(Turn(True, self._place))
        if lasting:
            await self.settled()
            if (finding := await check()) is not None:
                raise Unmet(finding)

    @property
    def own_time(self) -> str:
        """Say who keeps a time of its own, so that the lab's clock must not be moved; empty if nobody does."""
        if not all(domain.is_ours for domain in self.lab.plan.domains.values()):
            return "an external part keeps its own time, which val cannot move"
        if not self.lab.patience.one_clock:
            return "a program in a process of its own keeps its own time (say `process: no` in the lab)"
        return ""

    async def settled(self) -> None:
        """Wait until nothing more is to be expected, so that absence means something.

        In a branch that is when the others have ended, or wait for the same.
        """
        while not await self._nothing_more(self.lab.patience.quiet):
            pass

    async def _nothing_more(self, wait: Callable[[], Awaitable[bool | None]], *, gives_up: bool = False) -> bool:
        """Wait once; whether nothing more is to be expected, of the other branches neither."""
        turn = Turn(gives_up, self._place)
        if await wait():
            self.company.goes_on(turn)
            return False
        return self.company.nothing_comes(turn, len(self.lab.wire.trace.events))
