"""Messages on the wire: one that was sent, and one that was not."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen
from pydantic import ConfigDict, Field

from harness.errors import Finding
from harness.expect.claiming import Claiming
from harness.expect.contents import Contents, in_words
from harness.expect.silence import Silence, silence
from harness.expect.taking import Capturing
from harness.expect.wanted import Difference, saying
from harness.grammar.vocabulary import step
from harness.seen.cast import Cast
from harness.seen.claims import claims_in, token_in
from harness.seen.ladder.captions import name
from harness.seen.patterns import Pattern
from harness.seen.story import Leg, Moment, Passage, method
from harness.stage import Minted, Stage
from valkit.redaction import rendered
from valkit.settings import YesNo
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Request, Response

PRESENT, ABSENT = "present", "absent"
"""Words for any token and for none, where else the name of one stands."""


class MessageIs(Claiming, Contents, Pattern):
    """A message by its pattern, and by what is in it. It is one message however often it is passed on or sent again."""

    model_config = ConfigDict(title="message")

    token: str | None = None
    """`present`, `absent`, or the name of the token that it carries."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the token that it carries."""
        return (self.token,) if self.token not in {None, PRESENT, ABSENT} else ()

    def differing(self, message: Message, tokens: Mapping[str, Minted]) -> Iterator[Difference]:
        """Tell what is in a message otherwise; `tokens` are those that have names."""
        try:
            yield from self.differing_contents(message)
            yield from self._other_token(message, tokens)
            yield from self.differing_claims(claims_in(message) if self.claims else ())
        except ParseError as error:
            yield saying(str(error))

    def _other_token(self, message: Message, tokens: Mapping[str, Minted]) -> Iterator[Difference]:
        if self.token is None:
            return
        carried = token_in(message) if isinstance(message, Request) else None
        if self.token == ABSENT and carried is not None:
            yield saying(str(carried))
        elif self.token != ABSENT and carried is None:
            yield Difference("token")
        elif self.tokens_asked() and carried is not None:
            minted = tokens.get(self.token)
            if minted is None or minted.jti not in carried.jti.split():
                yield saying(f"another token than {self.token} ({carried})")

    def __str__(self) -> str:
        words = [Pattern.__str__(self), *self.wanted_contents()]
        words += {PRESENT: ["with a token"], ABSENT: ["without a token"], None: []}.get(
            self.token, [f"with the token {self.token}"]
        )
        return " ".join([*words, *self.wanted_claims()])


class Expected(MessageIs):
    """A message, and since when it is looked for."""

    since_start: YesNo = False
    """Looks at everything since the scenario began; otherwise since the last act: what a phone, a program or the clock
    did."""


class NoMessage(Silence, Expected):
    """A message that is not to come, and how long not."""


class ExpectedSeveral(Capturing, Expected):
    """Such messages, how many, and what is taken out of the first of them."""

    count: int | None = Field(None, ge=1)
    """How many of them; without it, at least one."""
    sent: int | None = Field(None, ge=1)
    """How often each was sent over the way asked for, lost ones and repeated ones included."""

    def differing(self, message: Message, tokens: Mapping[str, Minted]) -> Iterator[Difference]:
        """Tell what is in a message otherwise, and what there is not to be captured."""
        yield from super().differing(message, tokens)
        yield from self.lacking(message)

    def __str__(self) -> str:
        return " ".join([super().__str__(), *self.wanted_sources()])


@frozen
class Found:
    """A message that fits, as it was on the way asked for."""

    passage: Passage
    legs: tuple[Leg, ...]
    """Each time that it was sent on this way."""

    @property
    def message(self) -> Message:
        """As it was sent last."""
        return self.legs[-1].sent.message

    @property
    def times(self) -> int:
        """How many copies of it were put on the way, lost or not."""
        return sum(2 if leg.sent.fate == "repeated" else 1 for leg in self.legs)


@step("expect.message")
async def expect_message(stage: Stage, told: ExpectedSeveral) -> None:
    """Check that such a message was sent, or is sent before all is quiet."""

    async def check() -> Finding | None:
        return _fault(stage, told, _moments(stage, told))

    await stage.until(check, lasting=told.count is not None or told.sent is not None)
    if told.capture:
        first = next(_fitting(stage, told, _moments(stage, told)))
        stage.captured |= told.taken(first.message)


@step("expect.no_message")
async def expect_no_message(stage: Stage, told: NoMessage) -> None:
    """Check that no such message was sent, and that there is still none when all is quiet, or for longer."""

    def found() -> Finding | None:
        first = next(_fitting(stage, told, _moments(stage, told)), None)
        return None if first is None else Finding("", _tell(first), rendered(first.message))

    await silence(stage, told, str(told), found)


def on_the_way(pattern: Pattern, passage: Passage, cast: Cast) -> tuple[Leg, ...]:
    """Give the legs of a passage that a pattern speaks of: one way between neighbours, or the last one of all."""
    if pattern.joins(passage.source, passage.target, cast):
        whole = passage.legs[-1]
        legs = tuple(leg for leg in passage.legs if (leg.source, leg.target) == (whole.source, whole.target))
    else:
        legs = tuple(leg for leg in passage.legs if pattern.joins(leg.source, leg.target, cast))
    return tuple(leg for leg in legs if pattern.means(leg.sent.message))


def _moments(stage: Stage, told: Expected) -> tuple[Moment, ...]:
    return stage.moments(from_start=told.since_start)


def fits(told: MessageIs, passage: Passage, stage: Stage) -> bool:
    """Whether a message is the one meant."""
    return bool(_fitting_legs(told, passage, stage))


def _fitting_legs(told: MessageIs, passage: Passage, stage: Stage) -> tuple[Leg, ...]:
    """Give each time that it was sent on the way asked for; none if it is not the one meant."""
    legs = on_the_way(told, passage, stage.lab.cast)
    differs = legs and next(told.differing(legs[-1].sent.message, stage.tokens), None) is not None
    return () if differs else legs


def _fitting(stage: Stage, told: Expected, moments: tuple[Moment, ...]) -> Iterator[Found]:
    for moment in moments:
        if isinstance(moment, Passage) and (legs := _fitting_legs(told, moment, stage)):
            yield Found(moment, legs)


def _fault(stage: Stage, told: ExpectedSeveral, moments: tuple[Moment, ...]) -> Finding | None:
    """Say what is wrong with the messages so far; None if nothing is."""
    found = list(_fitting(stage, told, moments))
    if not found:
        return nearest(stage, told, moments)
    if told.count is not None and len(found) != told.count:
        return Finding(f"{told.count} of {told}", f"{len(found)}", rendered(found[-1].message))
    odd = next((one for one in found if told.sent not in {None, one.times}), None)
    if odd is not None:
        return Finding(f"{told}, sent {told.sent} times", f"it was sent {odd.times} times", rendered(odd.message))
    return None


def nearest(stage: Stage, told: MessageIs, moments: Sequence[Moment]) -> Finding:
    """Nothing fits: show what is most like it, on that way or but for one thing, or else what there was at all."""
    passages = [moment for moment in moments if isinstance(moment, Passage)]
    asked = _not_answered(told, passages, stage.lab.cast)
    if asked is not None:
        return Finding(str(told), f"{_way(asked)}, which was not answered", rendered(asked.sent.message))
    near = min(filter(None, (_near(stage, told, passage) for passage in passages)), key=_Near.far, default=None)
    if near is not None:
        shown = rendered(near.message)
        return Finding(str(told), f"one with {in_words(near.differences, shown)}", shown)
    names = [f"{name(passage.message)} from {passage.source} to {passage.target}" for passage in passages]
    return Finding(str(told), "only " + "; ".join(names) if names else "no message at all")


def _not_answered(told: MessageIs, passages: Sequence[Passage], cast: Cast) -> Leg | None:
    """Give the last request whose answer is wanted, if nobody answered any such."""
    if told.status is None:
        return None
    legs = [leg for passage in passages for leg in passage.legs if told.method in {None, method(leg.sent.message)}]
    answers = (leg for leg in legs if isinstance(leg.sent.message, Response))
    if any(told.joins(leg.source, leg.target, cast) for leg in answers):
        return None
    requests = (leg for leg in legs if isinstance(leg.sent.message, Request) and leg.sent.message.method != "ACK")
    return next((leg for leg in reversed([*requests]) if told.joins(leg.target, leg.source, cast)), None)


def _way(leg: Leg) -> str:
    return f"{name(leg.sent.message)} from {leg.source} to {leg.target}"


@frozen
class _Near:
    """A message that does not fit, and what is otherwise."""

    at: int
    message: Message
    pattern: tuple[Difference, ...]
    """In its ends, its method and its status."""
    contents: tuple[Difference, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.pattern + self.contents

    def far(self) -> tuple[int, int, int]:
        """Say how far from it, for comparing; of answers with another status the last one is how it ended."""
        return len(self.pattern), len(self.contents), -self.at if self.pattern else self.at


def _near(stage: Stage, told: MessageIs, passage: Passage) -> _Near | None:
    """Compare a passage with what is wanted, on the way where most is alike; None if it differs in more than one."""
    ways = [(passage.source, passage.target, passage.legs[-1])]
    ways += [(leg.source, leg.target, leg) for leg in reversed(passage.legs)]
    compared = [
        (said, leg)
        for source, target, leg in ways
        if (said := told.otherwise(source, target, leg.sent.message, stage.lab.cast)) is not None
    ]
    said, leg = min(compared, key=lambda one: len(one[0]), default=((), None))
    if leg is None or len(said) > 1:
        return None
    message = leg.sent.message
    return _Near(passage.at, message, tuple(map(saying, said)), tuple(told.differing(message, stage.tokens)))


def _tell(found: Found) -> str:
    return f"{name(found.message)} from {found.passage.source} to {found.passage.target}"
