"""HTTP messages: one that was sent, and one that was not."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic import ConfigDict, Field

from harness.errors import Finding
from harness.expect.claiming import Claiming
from harness.expect.silence import Silence, silence
from harness.expect.structure import JsonPath, JsonValue, differing
from harness.expect.taking import CapturingHttp
from harness.expect.wanted import Wanted
from harness.grammar.vocabulary import step
from harness.seen.cast import Cast
from harness.seen.claims import claims_over
from harness.seen.ladder.captions import spoken_details, spoken_name
from harness.seen.patterns import HttpPattern
from harness.seen.story import Moment, Spoken
from harness.stage import Stage
from valkit.settings import YesNo
from valkit.trace import Http


class Spoke(Claiming, HttpPattern):
    """An HTTP message, and what it says."""

    model_config = ConfigDict(title="http message")

    fields: dict[str, Wanted | None] = Field(default_factory=dict)
    """What its query, form or JSON body says; an empty value: whatever it says there."""
    without: tuple[str, ...] = ()
    """What it does not speak of."""
    document: dict[JsonPath, JsonValue] = Field(default_factory=dict, alias="json")
    """What its JSON body says, by paths into it such as `act.sub`, `keys[0].kty` or `members[*]`; a value is of the
    kind in which it is written: 300 is a number, "300" a text."""

    def fits(self, http: Http, cast: Cast) -> bool:
        """Whether this is such a message."""
        return self.means(http, cast) and next(self.differences(http), None) is None

    def differences(self, http: Http) -> Iterator[str]:
        """Tell what it says otherwise."""
        for name, wanted in self.fields.items():
            said = (http.fields[name],) if name in http.fields else ()
            if not (bool(said) if wanted is None else wanted.suits(said)):
                yield f"{name} {said[0]}" if said else f"no {name}"
        for name in self.without:
            if name in http.fields:
                yield name
        for path, value in self.document.items():
            if (difference := differing(path, value, http.document)) is not None:
                yield difference.told(str)
        differences = self.differing_claims(claims_over(http) if self.claims else ())
        yield from (each.told(str) for each in differences)

    def __str__(self) -> str:
        words = [wanted.of(name) if wanted else f"with {name}" for name, wanted in self.fields.items()]
        words += [value.of(path) for path, value in self.document.items()]
        without = (f"without {name}" for name in self.without)
        return " ".join([super().__str__(), *words, *without, *self.wanted_claims()])


class SpokeSince(Spoke):
    """An HTTP message, and since when it is looked for."""

    since_start: YesNo = False
    """Looks at everything since the scenario began; otherwise since the last act."""


class NoHttp(Silence, SpokeSince):
    """An HTTP message that is not to come, and how long not."""


class SpokeOften(CapturingHttp, SpokeSince):
    """Such messages, how many, and what is taken out of the first of them."""

    count: int | None = Field(None, ge=1)
    """How many of them; without it, at least one."""

    def differences(self, http: Http) -> Iterator[str]:
        """Tell what it says otherwise, and what it does not say that is to be captured."""
        yield from super().differences(http)
        yield from (f"no {source}" for source in self.capture.values() if source.of(http) is None)

    def __str__(self) -> str:
        return " ".join([super().__str__(), *(f"with {source} to capture" for source in self.capture.values())])


@step("expect.http")
async def expect_http(stage: Stage, told: SpokeOften) -> None:
    """Check that such an HTTP message was sent, or is sent before all is quiet."""

    async def check() -> Finding | None:
        return _fault(stage, told)

    await stage.until(check, lasting=told.count is not None)
    if told.capture:
        stage.captured |= told.taken(next(http for http in _sent(stage, told) if told.fits(http, stage.lab.cast)))


@step("expect.no_http")
async def expect_no_http(stage: Stage, told: NoHttp) -> None:
    """Check that no such HTTP message was sent, and that there is still none when all is quiet, or for longer."""

    def found() -> Finding | None:
        sent = (http for http in _sent(stage, told) if told.fits(http, stage.lab.cast))
        return next((Finding("", "it was sent", _shown(http)) for http in sent), None)

    await silence(stage, told, str(told), found)


def _sent(stage: Stage, told: SpokeSince) -> list[Http]:
    return _spoken(stage.moments(from_start=told.since_start))


def _spoken(moments: Sequence[Moment]) -> list[Http]:
    return [moment.http for moment in moments if isinstance(moment, Spoken)]


def _fault(stage: Stage, told: SpokeOften) -> Finding | None:
    found = [http for http in _sent(stage, told) if told.fits(http, stage.lab.cast)]
    if not found:
        return nearest(stage, told, stage.moments(from_start=told.since_start))
    if told.count not in {None, len(found)}:
        return Finding(f"{told.count} of {told}", str(len(found)), _shown(found[-1]))
    return None


def nearest(stage: Stage, told: Spoke, moments: Sequence[Moment]) -> Finding:
    """Nothing fits: show what is most like it, on that way or but for one thing, or else what there was at all."""
    sent = _spoken(moments)
    near = min(filter(None, (_near(stage, told, at, http) for at, http in enumerate(sent))), default=None)
    if near is not None:
        http = sent[abs(near.at)]
        return Finding(str(told), f"one with {', '.join(near.said)}", _shown(http))
    names = [f"{spoken_name(http)} from {http.source} to {http.target}" for http in sent]
    return Finding(str(told), "only " + "; ".join(names) if names else "no HTTP message at all")


class _Near(NamedTuple):
    """A message that does not fit; the least of them is the nearest."""

    otherwise: int
    """Whether its way, its path or its status is another."""
    differences: int
    at: int
    """Where among what was sent; of those with another status the last one is how it ended, so it counts back then."""
    said: tuple[str, ...]


def _near(stage: Stage, told: Spoke, at: int, http: Http) -> _Near | None:
    """Compare a message with what is wanted; None if it differs in more than one of what is meant."""
    otherwise = told.otherwise(http, stage.lab.cast)
    if otherwise is None or len(otherwise) > 1:
        return None
    differences = tuple(told.differences(http))
    return _Near(len(otherwise), len(differences), -at if otherwise else at, otherwise + differences)


def _shown(http: Http) -> str:
    return "\n".join([f"{spoken_name(http)} ({http.method} {http.path})", *spoken_details(http)])
