"""What shows a step of a figure: a message, something that a part did, an HTTP message; and how a figure is read.

`read` looks for a figure in a story: the steps that occurred, each after the one before, and the first that did not.
Which figures there are is in `harness.seen.figures`.
"""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice

from attrs import frozen

from harness.seen.cast import Cast
from harness.seen.claims import token_in
from harness.seen.story import Moment, Passage, Remark, Spoken
from valkit.sip.message import Request, Response
from valkit.trace import Http, Note


@frozen
class Arrow:
    """A message from one part to another, by whatever way."""

    source: str
    target: str
    method: str
    status: range | None = None
    """None: the request itself."""
    proven: bool | None = None
    """Whether the request has credentials with a response in them, where that makes the difference."""
    token: bool | None = None
    """Whether the request has a token, where that makes the difference."""

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such a message."""
        return (
            isinstance(moment, Passage)
            and moment.arrived
            and cast.plays(moment.source, self.source)
            and cast.plays(moment.target, self.target)
            and self._fits(moment)
        )

    def hidden(self, hides: Callable[[str], bool]) -> bool:
        """Whether none of both ends shows it."""
        return hides(self.source) and hides(self.target)

    def _fits(self, passage: Passage) -> bool:
        message = passage.message
        if message.cseq.method != self.method:
            return False
        if not isinstance(message, Request):
            return isinstance(message, Response) and self.status is not None and message.status in self.status
        return (
            self.status is None
            and self.proven in {None, _proven(message)}
            and (self.token is None or self.token == (token_in(message) is not None))
        )


def _proven(request: Request) -> bool:
    credentials = request.authorization
    return credentials is not None and bool(credentials.get("response"))


@frozen
class Act:
    """Something that a part did by itself, and noted."""

    who: str
    what: frozenset[str]
    fields: Mapping[str, tuple[str, ...]] = {}
    """Fields that have to say one of these; `*` is any characters, `?` any one."""

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such an act."""
        return isinstance(moment, Remark) and cast.plays(moment.note.who, self.who) and self._fits(moment.note)

    def hidden(self, hides: Callable[[str], bool]) -> bool:
        """Whether it is the act of somebody who does not tell."""
        return hides(self.who)

    def _fits(self, note: Note) -> bool:
        return note.what in self.what and all(_says(note, name, wanted) for name, wanted in self.fields.items())


def _says(note: Note, name: str, wanted: tuple[str, ...]) -> bool:
    return any(fnmatchcase(note.fields.get(name, ""), pattern) for pattern in wanted)


@frozen
class Call:
    """An HTTP request, or with `status` its answer, at one of these paths."""

    source: str
    target: str
    path: str
    """The path, or a pattern with `*` for any characters."""
    status: range | None = None
    """None: the request itself."""
    fields: frozenset[str] = frozenset()
    """What it has to say, by the names of its fields."""
    values: Mapping[str, str] = {}
    """Fields that have to say this."""

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such a message."""
        return (
            isinstance(moment, Spoken)
            and moment.http.fate != "lost"
            and cast.plays(moment.http.source, self.source)
            and cast.plays(moment.http.target, self.target)
            and self._fits(moment.http)
        )

    def hidden(self, hides: Callable[[str], bool]) -> bool:
        """Whether none of both ends shows it."""
        return hides(self.source) and hides(self.target)

    def _fits(self, http: Http) -> bool:
        same_kind = http.status is None if self.status is None else http.status in self.status
        says = self.fields <= http.fields.keys() and self.values.items() <= dict(http.fields).items()
        return same_kind and says and fnmatchcase(http.path, self.path)


Sign = Arrow | Act | Call


def act(who: str, *what: str, **fields: str | tuple[str, ...]) -> Act:
    """Name an act by any of the words that it may be noted with, and what a field says, or one of what it may say."""
    return Act(
        who, frozenset(what), {name: (said,) if isinstance(said, str) else said for name, said in fields.items()}
    )


@frozen
class FigureStep:
    """One number of a figure."""

    number: str
    says: str
    """The seed's wording."""
    shown_by: tuple[Sign, ...]
    """All of these, in any order among themselves."""
    also: tuple[Sign, ...] = ()
    """What has its number, too, each time that it occurs from its turn on, and need not occur."""
    repeats: bool = False
    """Whether the step may be done again: then what shows it has its number each time."""


@frozen
class Figure:
    """A message sequence chart of the source document."""

    name: str
    title: str
    steps: tuple[FigureStep, ...]
    ordered: bool = True
    """Whether each step has to come after the one before; else they may come in any order."""


@frozen
class Reading:
    """What of a figure was found in a story."""

    numbers: Mapping[int, str]
    """The step's number of each moment that shows one, by the moment's place in the trace."""
    missing: FigureStep | None
    """The first step that did not occur in its turn."""
    early: bool = False
    """Whether that occurred before its turn."""


def read(
    figure: Figure, moments: tuple[Moment, ...], cast: Cast, hides: Callable[[str], bool] = lambda _: False
) -> Reading:
    """Find the steps of a figure, each after all that showed the one before, unless their order is free.

    `hides` says of whom nothing is seen. What such a one sends to two others is read from two sockets, in whichever
    order the system likes: so it may come in any.
    """
    numbers: dict[int, str] = {}
    turns: list[tuple[FigureStep, int]] = []
    missing, early = None, False
    before, after, sender = 0, 0, ""
    for step in figure.steps:
        former, sender = sender, _unseen_sender(step, hides)
        if former and former == sender:
            after = before
        before = after
        turns.append((step, after))
        places = [_place(sign, moments, after, cast) for sign in step.shown_by if not sign.hidden(hides)]
        found = [place for place in places if place is not None]
        numbers |= {moments[place].at: step.number for place in found}
        if len(found) < len(places):
            missing = step
            early = all(sign.hidden(hides) or _place(sign, moments, 0, cast) is not None for sign in step.shown_by)
            break
        if figure.ordered:
            after = max(found, default=after - 1) + 1
    for step, turn in turns:
        signs = (*step.also, *(step.shown_by if step.repeats else ()))
        again = {moments[place].at: step.number for sign in signs for place in _places(sign, moments, turn, cast)}
        numbers = again | numbers
    return Reading(numbers, missing, early)


def _unseen_sender(step: FigureStep, hides: Callable[[str], bool]) -> str:
    """Name who sends what shows a step, where that is one of whom nothing is seen."""
    senders = {sign.source if isinstance(sign, Arrow) else "" for sign in step.shown_by}
    sender = senders.pop() if len(senders) == 1 else ""
    return sender if sender and hides(sender) else ""


def _place(sign: Sign, moments: tuple[Moment, ...], after: int, cast: Cast) -> int | None:
    return next(_places(sign, moments, after, cast), None)


def _places(sign: Sign, moments: tuple[Moment, ...], after: int, cast: Cast) -> Iterator[int]:
    for place, moment in enumerate(islice(moments, after, None), start=after):
        if sign.fits(moment, cast):
            yield place
