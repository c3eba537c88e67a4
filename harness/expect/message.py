"""Messages on the wire: one that was sent, and one that was not."""

from collections.abc import Iterator

from attrs import frozen
from pydantic import Field

from harness.cast import Cast
from harness.claims import token_in
from harness.errors import Finding, Unmet
from harness.ladder.captions import name
from harness.patterns import Pattern
from harness.stage import Stage
from harness.story import Leg, Moment, Passage
from harness.vocabulary import step
from valkit.redaction import rendered
from valkit.settings import YesNo
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Request


class Expected(Pattern):
    """A message by its pattern, and by what is in it. It is one message however often it is passed on or sent again."""

    token: str | None = None
    """`present`, `absent`, or the name of the token that it carries."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Header fields it has, each with a value that must be among those of the field."""
    without: tuple[str, ...] = ()
    """Header fields that it does not have."""
    since_start: YesNo = False
    """Looks at everything since the scenario began; otherwise since the last act: what a phone, a program or the clock
    did."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the token that it carries."""
        return (self.token,) if self.token not in {None, "present", "absent"} else ()


class ExpectedSeveral(Expected):
    """Such messages, and how many."""

    count: int | None = Field(None, ge=1)
    """How many of them; without it, at least one."""
    sent: int | None = Field(None, ge=1)
    """How often each was sent over the way asked for, lost ones and repeated ones included."""


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


@step("expect.no_message")
async def expect_no_message(stage: Stage, told: Expected) -> None:
    """Check that no such message was sent, and that there is still none when all is quiet."""
    await stage.settled()
    moments = _moments(stage, told)
    found = next(iter(_fitting(stage, told, moments)), None)
    if found is not None:
        raise Unmet(Finding(f"no {wanted(told)}", _tell(found), rendered(found.message)))


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


def _fitting(stage: Stage, told: Expected, moments: tuple[Moment, ...]) -> Iterator[Found]:
    for moment in moments:
        if isinstance(moment, Passage):
            legs = on_the_way(told, moment, stage.lab.cast)
            if legs and not _differences(stage, told, legs[-1].sent.message):
                yield Found(moment, legs)


def _fault(stage: Stage, told: ExpectedSeveral, moments: tuple[Moment, ...]) -> Finding | None:
    """Say what is wrong with the messages so far; None if nothing is."""
    found = list(_fitting(stage, told, moments))
    if not found:
        return _nearest(stage, told, moments)
    if told.count is not None and len(found) != told.count:
        return Finding(f"{told.count} of {wanted(told)}", f"{len(found)}", rendered(found[-1].message))
    odd = next((one for one in found if told.sent not in {None, one.times}), None)
    if odd is not None:
        return Finding(
            f"{wanted(told)}, sent {told.sent} times", f"it was sent {odd.times} times", rendered(odd.message)
        )
    return None


def _nearest(stage: Stage, told: Expected, moments: tuple[Moment, ...]) -> Finding:
    """Nothing fits: show what came on that way, or else what there was at all."""
    passages = [moment for moment in moments if isinstance(moment, Passage)]
    for passage in passages:
        legs = on_the_way(told, passage, stage.lab.cast)
        if legs:
            message = legs[-1].sent.message
            return Finding(wanted(told), f"one with {_differences(stage, told, message)}", rendered(message))
    names = [f"{name(passage.message)} from {passage.source} to {passage.target}" for passage in passages]
    return Finding(wanted(told), "only " + "; ".join(names) if names else "no message at all")


def _differences(stage: Stage, told: Expected, message: Message) -> str:
    try:
        return ", ".join(_differing(stage, told, message))
    except ParseError as error:
        return str(error)


def _differing(stage: Stage, told: Expected, message: Message) -> Iterator[str]:
    for header, value in told.headers.items():
        values = message.headers.all(header)
        if value not in values:
            yield f"{header}: {', '.join(values)}" if values else f"no {header}"
    for header in told.without:
        if header in message.headers:
            yield f"{header}: {message.headers.get(header)}"
    if told.token is not None:
        yield from _other_token(stage, told.token, message)


def _other_token(stage: Stage, asked: str, message: Message) -> Iterator[str]:
    carried = token_in(message) if isinstance(message, Request) else None
    if asked == "absent" and carried is not None:
        yield str(carried)
    elif asked != "absent" and carried is None:
        yield "no token"
    elif asked not in {"absent", "present"} and carried is not None:
        minted = stage.tokens.get(asked)
        if minted is None or minted.jti not in carried.jti.split():
            yield f"another token than {asked} ({carried})"


def wanted(told: Expected) -> str:
    """Say in words what is asked for."""
    words = [str(told)]
    words += [f"with {header}: {value}" for header, value in told.headers.items()]
    words += [f"without {header}" for header in told.without]
    words += {"present": ["with a token"], "absent": ["without a token"], None: []}.get(
        told.token, [f"with the token {told.token}"]
    )
    return " ".join(words)


def _tell(found: Found) -> str:
    return f"{name(found.message)} from {found.passage.source} to {found.passage.target}"
