"""The figures of the source document as data: what must be seen for each numbered step, in the seed's own words.

`read` looks for a figure in a story: the steps that occurred, each after the one before, and the first that did not.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from attrs import frozen

from harness.cast import CORE, HSS, SCSCF, UE, VALSERVER, Cast
from harness.story import Moment, Passage, Remark
from valkit.sip.message import Message, Response
from valkit.trace import Note


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

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such a message."""
        return (
            isinstance(moment, Passage)
            and cast.plays(moment.source, self.source)
            and cast.plays(moment.target, self.target)
            and self._fits(moment)
        )

    def _fits(self, passage: Passage) -> bool:
        message = passage.message
        if message.cseq.method != self.method:
            return False
        if isinstance(message, Response):
            return self.status is not None and message.status in self.status
        return self.status is None and self.proven in {None, _proven(message)}


def _proven(request: Message) -> bool:
    credentials = request.authorization
    return credentials is not None and bool(credentials.get("response"))


@frozen
class Act:
    """Something that a part did by itself, and noted."""

    who: str
    what: frozenset[str]
    fields: Mapping[str, str] = {}

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such an act."""
        return isinstance(moment, Remark) and cast.plays(moment.note.who, self.who) and self._fits(moment.note)

    def _fits(self, note: Note) -> bool:
        return note.what in self.what and self.fields.items() <= dict(note.fields).items()


def act(who: str, *what: str, **fields: str) -> Act:
    """Name an act by any of the words that it may be noted with."""
    return Act(who, frozenset(what), fields)


@frozen
class FigureStep:
    """One number of a figure."""

    number: int
    says: str
    """The seed's wording."""
    shown_by: tuple[Arrow | Act, ...]
    """All of these, in any order among themselves."""


@frozen
class Figure:
    """A message sequence chart of the source document."""

    name: str
    title: str
    steps: tuple[FigureStep, ...]


SUCCESS = range(200, 300)
REFUSED = range(400, 500)
BINDS = ("bound", "rebound", "moved")

REGISTER_FIGURE = Figure(
    "5.X.3.2.2-1",
    "VAL user service authorization with SIP REGISTER",
    (
        FigureStep(1, "REGISTER(IMPI, IMPU)", (Arrow(UE, CORE, "REGISTER", proven=False),)),
        FigureStep(
            2,
            "Obtains AV from HSS. Sets Registration flag in HSS.",
            (act(HSS, "vector issued"), act(HSS, "flag", flag="pending")),
        ),
        FigureStep(3, "4xx Auth_Challenge(IMPI, RAND, AUTN)", (Arrow(CORE, UE, "REGISTER", REFUSED),)),
        FigureStep(4, "Verifies Auth. Generates Keys and RES", (act(UE, "autn verified"),)),
        FigureStep(5, "REGISTER(IMPI, RES, Token)", (Arrow(UE, CORE, "REGISTER", proven=True),)),
        FigureStep(6, "Verifies RES=XRES", (act(SCSCF, "res verified"),)),
        FigureStep(7, "Update registration-flag to registered.", (act(HSS, "flag", flag="registered"),)),
        FigureStep(8, "2xx Auth_OK", (Arrow(CORE, UE, "REGISTER", SUCCESS),)),
        FigureStep(9, "REGISTER (IMPU, Token)", (Arrow(CORE, VALSERVER, "REGISTER"),)),
        FigureStep(
            10,
            "Token verification. Identity binding between the signalling layer identities and the VAL user identities.",
            (act(VALSERVER, *BINDS),),
        ),
        FigureStep(11, "2xx Auth_OK", (Arrow(VALSERVER, CORE, "REGISTER", SUCCESS),)),
    ),
)

PUBLISH_FIGURE = Figure(
    "5.X.3.2.3-1",
    "VAL user service authorization with SIP PUBLISH",
    (
        FigureStep(1, "PUBLISH (IMPU, Token)", (Arrow(UE, VALSERVER, "PUBLISH"),)),
        FigureStep(
            2,
            "Token verification. Identity binding between signalling layer identities and the VAL user identities.",
            (act(VALSERVER, *BINDS),),
        ),
        FigureStep(3, "200 (OK)", (Arrow(VALSERVER, UE, "PUBLISH", range(200, 201)),)),
    ),
)

FIGURES: Mapping[str, Figure] = {figure.name: figure for figure in (REGISTER_FIGURE, PUBLISH_FIGURE)}


@frozen
class Reading:
    """What of a figure was found in a story."""

    numbers: Mapping[int, int]
    """The step's number of each moment that shows one, by the moment's place in the trace."""
    missing: FigureStep | None
    """The first step that did not occur in its turn."""


def read(figure: Figure, moments: tuple[Moment, ...], cast: Cast) -> Reading:
    """Find the steps of a figure, each after all that showed the one before."""
    numbers: dict[int, int] = {}
    after = 0
    for step in figure.steps:
        places = [_place(sign, moments, after, cast) for sign in step.shown_by]
        found = [place for place in places if place is not None]
        numbers |= {moments[place].at: step.number for place in found}
        if len(found) < len(places):
            return Reading(numbers, step)
        after = max(found) + 1
    return Reading(numbers, None)


def _place(sign: Arrow | Act, moments: tuple[Moment, ...], after: int, cast: Cast) -> int | None:
    return next(_places(sign, moments, after, cast), None)


def _places(sign: Arrow | Act, moments: tuple[Moment, ...], after: int, cast: Cast) -> Iterator[int]:
    for place, moment in enumerate(islice(moments, after, None), start=after):
        if sign.fits(moment, cast):
            yield place
