"""HTTP messages: one that was sent, and one that was not."""

from collections.abc import Iterator

from pydantic import ConfigDict, Field

from harness.cast import Cast
from harness.errors import Finding, Unmet
from harness.ladder.captions import spoken_details, spoken_name
from harness.patterns import HttpPattern
from harness.stage import Stage
from harness.story import Spoken
from harness.vocabulary import step
from valkit.settings import YesNo
from valkit.trace import Http


class Spoke(HttpPattern):
    """An HTTP message, and what it says."""

    model_config = ConfigDict(title="http message")

    fields: dict[str, str | None] = Field(default_factory=dict)
    """What its query, form or JSON body says; an empty value: whatever it says there."""
    without: tuple[str, ...] = ()
    """What it does not speak of."""

    def fits(self, http: Http, cast: Cast) -> bool:
        """Whether this is such a message."""
        return self.means(http, cast) and not list(self.differences(http))

    def differences(self, http: Http) -> Iterator[str]:
        """Tell what it says otherwise."""
        for name, value in self.fields.items():
            if name not in http.fields:
                yield f"no {name}"
            elif value not in {None, http.fields[name]}:
                yield f"{name} {http.fields[name]}"
        for name in self.without:
            if name in http.fields:
                yield name

    def __str__(self) -> str:
        words = [super().__str__(), *(f"with {name} {value or ''}".strip() for name, value in self.fields.items())]
        return " ".join([*words, *(f"without {name}" for name in self.without)])


class SpokeSince(Spoke):
    """An HTTP message, and since when it is looked for."""

    since_start: YesNo = False
    """Looks at everything since the scenario began; otherwise since the last act."""


class SpokeOften(SpokeSince):
    """Such messages, and how many."""

    count: int | None = Field(None, ge=1)
    """How many of them; without it, at least one."""


@step("expect.http")
async def expect_http(stage: Stage, told: SpokeOften) -> None:
    """Check that such an HTTP message was sent, or is sent before all is quiet."""

    async def check() -> Finding | None:
        return _fault(stage, told)

    await stage.until(check, lasting=told.count is not None)


@step("expect.no_http")
async def expect_no_http(stage: Stage, told: SpokeSince) -> None:
    """Check that no such HTTP message was sent, and that there is still none when all is quiet."""
    await stage.settled()
    found = next((http for http in _sent(stage, told) if told.fits(http, stage.lab.cast)), None)
    if found is not None:
        raise Unmet(Finding(f"no {told}", "it was sent", _shown(found)))


def _sent(stage: Stage, told: SpokeSince) -> list[Http]:
    return [moment.http for moment in stage.moments(from_start=told.since_start) if isinstance(moment, Spoken)]


def _fault(stage: Stage, told: SpokeOften) -> Finding | None:
    sent = _sent(stage, told)
    found = [http for http in sent if told.fits(http, stage.lab.cast)]
    if not found:
        return _nearest(stage, told, sent)
    if told.count not in {None, len(found)}:
        return Finding(f"{told.count} of {told}", str(len(found)), _shown(found[-1]))
    return None


def _nearest(stage: Stage, told: SpokeOften, sent: list[Http]) -> Finding:
    """Nothing fits: show what came on that way, or else what there was at all."""
    near = next((http for http in sent if told.means(http, stage.lab.cast)), None)
    if near is not None:
        return Finding(str(told), f"one with {', '.join(told.differences(near))}", _shown(near))
    names = [f"{spoken_name(http)} from {http.source} to {http.target}" for http in sent]
    return Finding(str(told), "only " + "; ".join(names) if names else "no HTTP message at all")


def _shown(http: Http) -> str:
    return "\n".join([f"{spoken_name(http)} ({http.method} {http.path})", *spoken_details(http)])
