"""What a phone was told."""

from typing import Annotated

from pydantic import AfterValidator, Field

from harness.errors import Finding, Unmet
from harness.expect.contents import Contents, in_words
from harness.expect.taking import Capturing
from harness.grammar.vocabulary import step
from harness.seen.patterns import Status, status_fits
from harness.stage import Answered, Stage
from valkit.redaction import rendered
from valkit.settings import YesNo


def _final(status: str) -> str:
    if status.startswith("1"):
        raise ValueError("is provisional, and this is about final responses (expected one from 200 on)")
    return status


Final = Annotated[Status, AfterValidator(_final)]
"""The status of a final response, or a class of them."""


class Answer(Capturing, Contents):
    """The final response to the last call."""

    short = "status"

    status: Final
    """Its status code or class."""
    ue: str | None = None
    """Whose call it was, if that matters."""
    received: YesNo = True
    """`no`: nothing came, and the phone had to assume it (RFC 3261 8.1.3.1)."""
    expires: int | None = Field(None, ge=0)
    """Seconds granted."""


@step("expect.answer")
async def expect_answer(stage: Stage, told: Answer) -> None:
    """Check how the last thing that a phone asked for was answered."""
    answered = stage.answered
    if answered is None:
        raise Unmet(Finding(f"an answer {told.status}", "no phone has asked for anything yet, or only in branches"))
    answer = answered.answer
    differences = [*told.differing_contents(answer.response), *told.lacking(answer.response)]
    if not _fits(told, answered) or differences:
        message = rendered(answer.response) if answer.received else ""
        got = f"{answer} to {answered.ue}" + (f" ({answer.why})" if answer.why else "")
        got += "" if told.expires in {None, answer.expires} else f" for {_granted(answer.expires)}"
        got += f" with {in_words(differences, rendered(answer.response))}" if differences else ""
        raise Unmet(Finding(_wanted(told), got, message))
    stage.captured |= told.taken(answer.response)


def _granted(expires: int | None) -> str:
    return "no time" if expires is None else f"{expires} s"


def _fits(told: Answer, answered: Answered) -> bool:
    answer = answered.answer
    return (
        told.ue in {None, answered.ue}
        and status_fits(told.status, answer.status)
        and answer.received is told.received
        and told.expires in {None, answer.expires}
    )


def _wanted(told: Answer) -> str:
    words = [f"an answer {told.status}" if told.received else f"no answer, taken for {told.status}"]
    words += [f"to {told.ue}"] if told.ue else []
    words += [f"for {told.expires} s"] if told.expires is not None else []
    return " ".join([*words, *told.wanted_contents(), *told.wanted_sources()])
