"""That no token went some way, though something did (figure 5.X.5-2, the NOTE on steps 3 to 11)."""

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.seen.cast import Cast
from harness.seen.claims import token_in
from harness.seen.story import Moment, Passage, Spoken
from harness.stage import Stage
from valkit.sip.message import Message, Request
from valkit.trace import Http


class Tokenless(Arguments):
    """A way on which messages went."""

    source: str = Field(alias="from")
    """Who sends them."""
    target: str = Field(alias="to")
    """Who receives them."""


@step("expect.no_token")
async def expect_no_token(stage: Stage, told: Tokenless) -> None:
    """Check that messages went this way since the scenario began, SIP or HTTP, and that none of them had a token.

    The way may be that between neighbours, or from who sends a message to whom it reaches in the end.
    """
    await stage.settled()
    moments = stage.moments(from_start=True)
    went = [each for moment in moments if (each := _on(moment, told, stage.lab.cast)) is not None]
    if not went:
        raise Unmet(Finding(f"messages from {told.source} to {told.target}", "there were none"))
    for each in went:
        found = list(each.tokens) if isinstance(each, Http) else _in_messages(each)
        if found:
            raise Unmet(Finding(f"no token from {told.source} to {told.target}", f"there is one: {', '.join(found)}"))


def _on(moment: Moment, told: Tokenless, cast: Cast) -> Http | list[Message] | None:
    """Give what went this way: over HTTP, or each time that a SIP message was sent on it; None if nothing did."""

    def joins(source: str, target: str) -> bool:
        return cast.plays(source, told.source) and cast.plays(target, told.target)

    if isinstance(moment, Spoken):
        return moment.http if joins(moment.http.source, moment.http.target) else None
    if not isinstance(moment, Passage):
        return None
    whole = joins(moment.source, moment.target)
    return [leg.sent.message for leg in moment.legs if whole or joins(leg.source, leg.target)] or None


def _in_messages(sent: list[Message]) -> list[str]:
    """Look at a message as it was sent from each element to the next."""
    return ["in SIP"] if any(isinstance(each, Request) and token_in(each) is not None for each in sent) else []
