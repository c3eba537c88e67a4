"""The words a scenario is written in: what each verb is called, what it is told, and what carries it out.

A verb is declared beside its implementation, and its docstrings are its documentation:

    class Register(Arguments):
        ue: str
        \"\"\"Which UE of the lab.\"\"\"

    @step("ue.register")
    async def register(stage: Stage, told: Register) -> None:
        \"\"\"Registers a UE with its SIP core.\"\"\"

Knows no scenario file; `harness.language.scenario` looks verbs up here.
"""

import difflib
import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, TypeVar, get_type_hints

from attrs import field, frozen
from pydantic import AfterValidator, model_validator

from valkit.settings import Document, Duration, Path, Settings


class Arguments(Settings):
    """What a step is told; one closed class for each verb."""

    short: ClassVar[str | None] = None
    """The field that is meant when a single value is written in place of a mapping: `clock.advance: 1h`."""

    listed: ClassVar[str | None] = None
    """The field that is meant when a list is written in place of the mapping."""

    judges: ClassVar[bool] = False
    """Whether the step holds what comes of it against what ought to, as an expectation does."""

    def token_given(self) -> str | None:
        """Name the token that there is after this step; None if it makes none."""
        return None

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the tokens that an earlier step must have made."""
        return ()

    def values_captured(self) -> tuple[str, ...]:
        """Name the values that there are after this step, out of a message."""
        return ()

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, told: Any) -> Any:
        if told is None:
            return {}
        if cls.listed and isinstance(told, list):
            return {cls.listed: told}
        return {cls.short: told} if cls.short and not isinstance(told, dict) else told


def _within_years(seconds: float) -> float:
    if seconds > LONGEST:
        raise ValueError("is longer than ten years (expected at most 3650d)")
    return seconds


LONGEST = 3650 * 86_400.0
"""Seconds that a lab's clock goes on at most: each timer in them comes, and calendars have an end."""
Span = Annotated[Duration, AfterValidator(_within_years)]
"""How far a lab's clock goes on."""


class NoArguments(Arguments):
    """For a verb that needs to be told nothing."""


A = TypeVar("A", bound=Arguments)
S = TypeVar("S")

Work = Callable[[S, A], Awaitable[None]]


@frozen
class Verb:
    """One word of the language."""

    name: str
    arguments: type[Arguments]
    work: Callable[[Any, Any], Awaitable[None]]
    acts: bool = False
    """Whether something happens in the lab: later expectations look at what happened since."""

    @property
    def says(self) -> str:
        """What it does, for the documentation."""
        return inspect.getdoc(self.work) or ""


@frozen
class Step:
    """One line of a script."""

    verb: Verb
    told: Arguments
    place: Path
    """Where it stands in its document."""
    document: Document = field(repr=False)
    """That of its scenario, or of the steps that several share."""
    speaks_of: frozenset[str] = frozenset()
    """The captured values that its arguments speak of."""

    @property
    def expects(self) -> bool:
        """Whether it only looks at what has happened."""
        return self.verb.name.startswith("expect.")

    @property
    def denies(self) -> bool:
        """Whether it is content with finding nothing."""
        return self.verb.name.startswith("expect.no_")

    @property
    def where(self) -> str:
        """File and line, as its writer would look for it."""
        return f"{self.document.name}:{self.document.line(self.place)}"

    def __str__(self) -> str:
        return self.verb.name


@frozen
class Together:
    """Branches of a script that happen at once, each one step after the other."""

    branches: tuple[tuple["Item", ...], ...]
    place: Path
    document: Document = field(repr=False)


Item = Step | Together
"""What a script is made of."""


def every(items: Iterable[Item]) -> Iterator[Step]:
    """Give every step, those of each branch after those of the branch before."""
    for item in items:
        if isinstance(item, Step):
            yield item
        else:
            for branch in item.branches:
                yield from every(branch)


def parts_of(step: Step) -> Iterator[tuple[Path, Arguments]]:
    """Give what a step is told and all that stands within it, with their places."""
    return _parts(step.told, step.place, step.document)


def within(place: Path, step: str | int, document: Document) -> Path:
    """Go one step further down, unless the value is written short, without it."""
    return (*place, step) if document.has((*place, step)) else place


def _parts(told: Arguments, place: Path, document: Document) -> Iterator[tuple[Path, Arguments]]:
    yield place, told
    for name, info in type(told).model_fields.items():
        value, here = getattr(told, name), within(place, info.alias or name, document)
        if isinstance(value, Arguments):
            yield from _parts(value, here, document)
        for at, inner in _members(value):
            if isinstance(inner, Arguments):
                yield from _parts(inner, within(here, at, document), document)


def _members(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, tuple) else ()


_VERBS: dict[str, Verb] = {}


def step(name: str, *, acts: bool = False) -> Callable[[Work[S, A]], Work[S, A]]:
    """Declare the decorated coroutine function as the verb `name`; its second argument's class is what it is told."""

    def declare(work: Work[S, A]) -> Work[S, A]:
        assert name not in _VERBS, f"two verbs are called {name}"
        _VERBS[name] = Verb(name, _told(work), work, acts)
        return work

    return declare


def _told(work: Callable[..., Any]) -> type[Arguments]:
    _, second, *_ = inspect.signature(work).parameters
    told: type[Arguments] = get_type_hints(work)[second]
    return told


def verbs() -> Mapping[str, Verb]:
    """Every verb declared so far, by name; `harness.language.scenario` imports the packages that declare them."""
    return _VERBS


NEAR = 0.65
"""How alike two names are at least, 1 being the same, of which one may be a slip for the other."""


def suggestion(name: str, known: Collection[str]) -> str:
    """Guess what was meant by a name that is none of these, as the end of a sentence."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=NEAR)
    if close:
        return f"did you mean {close[0]}?"
    return f"expected one of: {', '.join(sorted(known))}"
