"""What programs did and noted: a binding made or refused, an AUTN verified, a flag set."""

from collections.abc import Iterator, Sequence

from pydantic import ConfigDict, Field

from harness.errors import Finding
from harness.expect.silence import Silence, silence
from harness.grammar.vocabulary import Arguments, step
from harness.seen.cast import VALSERVER, Cast
from harness.seen.story import Moment, Remark
from harness.stage import Stage
from valkit.settings import YesNo
from valkit.trace import Note


class Happened(Arguments):
    """An event by its words."""

    model_config = ConfigDict(title="event")

    short = "what"

    what: str
    """What it was: bound, rebound, moved, unbound, refused, tolerated, no token; autn verified, autn refused; res
    verified, res wrong; vector issued, flag; and what else `harness.seen.notes` has, by element."""
    by: str = VALSERVER
    """Whose it was: valserver, ue or a phone's name, hss, scscf."""
    cause: str | None = None
    """Its cause, such as `expired` of a refused token."""
    fields: dict[str, str] = Field(default_factory=dict)
    """What else it says."""

    def is_noted(self, note: Note, cast: Cast) -> bool:
        """Whether a note tells of it."""
        return note.what == self.what and cast.plays(note.who, self.by) and not _missing(self, note)

    def __str__(self) -> str:
        more = self.fields | ({"cause": self.cause} if self.cause else {})
        return f"event {self.what!r} of {self.by}" + "".join(f", {name} {value}" for name, value in more.items())


class Event(Happened):
    """An event, and since when it is looked for."""

    since_start: YesNo = False
    """Looks at everything since the scenario began; otherwise since the last act."""


class NoEvent(Silence, Event):
    """An event that is not to come, and how long not."""


class EventOften(Event):
    """Such events, and how many."""

    count: int | None = Field(None, ge=1)
    """How many of them; without it, at least one."""


@step("expect.event")
async def expect_event(stage: Stage, told: EventOften) -> None:
    """Check that a program noted this, or does before all is quiet."""

    async def check() -> Finding | None:
        return _fault(stage, told)

    await stage.until(check, lasting=told.count is not None)


@step("expect.no_event")
async def expect_no_event(stage: Stage, told: NoEvent) -> None:
    """Check that no program noted this, and that there is still no such note when all is quiet, or for longer."""

    def found() -> Finding | None:
        notes = (note for note in _notes(stage, told) if told.is_noted(note, stage.lab.cast))
        return next((Finding("", f"it was noted: {_told(note)}") for note in notes), None)

    await silence(stage, told, str(told), found)


def nearest(stage: Stage, told: Happened, moments: Sequence[Moment]) -> Finding:
    """Nothing fits: tell what whoever is meant has noted."""
    notes = [moment.note for moment in moments if isinstance(moment, Remark)]
    return Finding(str(told), _instead(told, notes, stage.lab.cast))


def _notes(stage: Stage, told: Event) -> Iterator[Note]:
    for moment in stage.moments(from_start=told.since_start):
        if isinstance(moment, Remark):
            yield moment.note


def _fault(stage: Stage, told: EventOften) -> Finding | None:
    notes = list(_notes(stage, told))
    found = [note for note in notes if told.is_noted(note, stage.lab.cast)]
    if not found:
        return Finding(str(told), _instead(told, notes, stage.lab.cast))
    if told.count not in {None, len(found)}:
        return Finding(f"{told.count} of {told}", str(len(found)))
    return None


def _missing(told: Happened, note: Note) -> dict[str, str]:
    asked = told.fields | ({"cause": told.cause} if told.cause else {})
    return {name: value for name, value in asked.items() if note.fields.get(name) != value}


def _instead(told: Happened, notes: list[Note], cast: Cast) -> str:
    of_them = [note for note in notes if cast.plays(note.who, told.by)]
    return "; ".join(map(_told, of_them)) if of_them else f"nothing noted by {told.by}"


def _told(note: Note) -> str:
    return f"{note.what} ({', '.join(f'{name} {value}' for name, value in note.fields.items())})"
