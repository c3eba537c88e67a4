"""That no token went some way, though something did (figure 5.X.5-2, the NOTE on steps 3 to 11)."""

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.seen.claims import token_in
from harness.seen.story import Passage, Spoken
from harness.stage import Stage
from valkit.sip.message import Request


class Tokenless(Arguments):
    """A way on which messages went."""

    source: str = Field(alias="from")
    """Who sends them."""
    target: str = Field(alias="to")
    """Who receives them."""


@step("expect.no_token")
async def expect_no_token(stage: Stage, told: Tokenless) -> None:
    """Check that messages went this way since the scenario began, SIP or HTTP, and that none of them had a token."""
    await stage.settled()
    went = [moment for moment in stage.moments(from_start=True) if _on(moment, told, stage)]
    if not went:
        raise Unmet(Finding(f"messages from {told.source} to {told.target}", "there were none"))
    for moment in went:
        found = dict(moment.http.tokens) if isinstance(moment, Spoken) else _in_message(moment)
        if found:
            raise Unmet(Finding(f"no token from {told.source} to {told.target}", f"there is one: {', '.join(found)}"))


def _on(moment: object, told: Tokenless, stage: Stage) -> bool:
    match moment:
        case Spoken(http=http):
            ends = http.source, http.target
        case Passage(source=source, target=target):
            ends = source, target
        case _:
            return False
    return stage.lab.cast.plays(ends[0], told.source) and stage.lab.cast.plays(ends[1], told.target)


def _in_message(moment: object) -> list[str]:
    """Look at the message as it was sent from each element to the next."""
    sent = [leg.sent.message for leg in moment.legs] if isinstance(moment, Passage) else []
    return ["in SIP"] if any(isinstance(each, Request) and token_in(each) is not None for each in sent) else []
