"""What a phone was told."""

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.patterns import Status, status_fits
from harness.stage import Answered, Stage
from harness.vocabulary import Arguments, step
from valkit.redaction import rendered
from valkit.settings import YesNo


class Answer(Arguments):
    """The final response to the last call."""

    short = "status"

    status: Status
    """Its status code or class."""
    ue: str | None = None
    """Whose call it was, if that matters."""
    received: YesNo = True
    """`no`: nothing came, and the phone had to assume it (RFC 3261 8.1.3.1)."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Header fields it has, with a value each."""
    expires: int | None = None
    """Seconds granted."""


@step("expect.answer")
async def expect_answer(stage: Stage, told: Answer) -> None:
    """Check how the last thing that a phone asked for was answered."""
    answered = stage.answered
    if answered is None:
        raise Unmet(Finding(f"an answer {told.status}", "no phone has asked for anything yet"))
    answer = answered.answer
    if not _fits(told, answered):
        message = rendered(answer.response) if answer.received else ""
        raise Unmet(Finding(_wanted(told), f"{answer} to {answered.ue}", message))


def _fits(told: Answer, answered: Answered) -> bool:
    answer = answered.answer
    return (
        told.ue in {None, answered.ue}
        and status_fits(told.status, answer.status)
        and answer.received is told.received
        and told.expires in {None, answer.expires}
        and all(value in answer.response.headers.all(name) for name, value in told.headers.items())
    )


def _wanted(told: Answer) -> str:
    words = [f"an answer {told.status}" if told.received else f"no answer, taken for {told.status}"]
    words += [f"to {told.ue}"] if told.ue else []
    words += [f"for {told.expires} s"] if told.expires is not None else []
    words += [f"with {name}: {value}" for name, value in told.headers.items()]
    return " ".join(words)
