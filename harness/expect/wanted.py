"""What a value is to be: this text, one that an expression matches, all of these, there or not there. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Annotated, Any

import re2
from attrs import evolve, frozen
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from harness.grammar.captured import HIDDEN, refuse_captured
from harness.grammar.vocabulary import Arguments
from valkit.settings import YesNo

LONG = 200
"""Characters of a value that are told at most; the message is shown beside it."""
LONGEST = 500
"""Characters of an expression at most."""
LARGEST = 1 << 20
"""Bytes that one may take when it is compiled: some hundredths of a second, and as many when it is used."""
UNLIKELY = "\N{SNOWMAN} nobody sends this"
"""What an expression has to tell from what is sent."""
COUNTED = re.compile("true|false|[0-9]{1,3}").fullmatch
"""What a path says about a document rather than finds in it, and no secret."""


def _expression(text: str) -> str:
    refuse_captured(text, "an expression")
    if len(text) > LONGEST:
        raise ValueError(f"is an expression of {len(text)} characters (expected at most {LONGEST})")
    try:
        anything = all(matches(text, each) for each in ("", UNLIKELY))
    except re2.error as error:
        why = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        if "too large" in why:
            raise ValueError("is too large when it is compiled (expected fewer repetitions, or none in {})") from None
        raise ValueError(f"is no regular expression: {why}") from None
    if anything:
        raise ValueError("matches whatever comes (expected one that does not, or `present: yes`)")
    return text


Expression = Annotated[str, AfterValidator(_expression)]
"""A regular expression as RE2 reads it, so that none takes for ever; one that matches everything asks for nothing."""


def _text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]
"""A text; `true` and `false` are what they are called, as XPath and JSON write them."""


class Wanted(Arguments):
    """What a value is to be. Text alone means: this text, exactly. A list means: all of these and no others."""

    model_config = ConfigDict(title="value")

    short = "equals"
    listed = "all"

    equals: Text | None = None
    """This text, exactly; where there are several values it has to be among them."""
    matches: Expression | None = None
    """A regular expression (RE2) that matches the whole of it; of several values, one of them."""
    all: tuple[Text, ...] | None = Field(None, min_length=1)
    """All of these and no others, in any order."""
    present: YesNo | None = None
    """Whether there is any value at all."""

    @model_validator(mode="after")
    def _one(self) -> "Wanted":
        if len([one for one in (self.equals, self.matches, self.all, self.present) if one is not None]) != 1:
            raise ValueError("does not say what is wanted (expected text, a list, or one of matches and present)")
        return self

    def suits(self, values: Sequence[str]) -> bool:
        """Whether the values are as they are to be; none, where there is nothing."""
        if self.present is not None:
            return bool(values) is self.present
        if self.all is not None:
            return sorted(self.all) == sorted(values)
        if self.equals is not None:
            return self.equals in values
        return any(matches(self.matches or "", value) for value in values)

    def of(self, name: str) -> str:
        """Say in words what is asked of something by its name."""
        if self.present is not None:
            return f"with {name}" if self.present else f"without {name}"
        if self.matches is not None:
            return f"with {name} matching {self.matches}"
        return f"with {name}: {self.equals if self.equals is not None else ' and '.join(self.all or ())}"


@frozen
class Difference:
    """What is not as it is to be: its name, and its values, of which there may be none."""

    name: str
    values: tuple[str, ...] = ()
    remark: str = ""
    """What to say in place of both."""
    place: str = ""
    """Within what that is, if it is a part of something."""

    def told(self, fit: Callable[[str], str]) -> str:
        """Tell it, each value as it is fit to be shown."""
        found = f"{self.name}: {', '.join(map(fit, self.values))}" if self.values else f"no {self.name}"
        return self.place + (self.remark or found)

    def within(self, what: str) -> "Difference":
        """Give it as the difference of a part of something."""
        return evolve(self, place=f"{what}: {self.place}")


def saying(remark: str) -> Difference:
    """Give a difference that is told in these words."""
    return Difference("", remark=remark)


def differing(name: str, wanted: Wanted, values: Iterable[str]) -> tuple[Difference, ...]:
    """Give what is wrong with some values; nothing if they are as they are to be."""
    found = tuple(values)
    return () if wanted.suits(found) else (Difference(name, found),)


def fit_for(shown: str) -> Callable[[str], str]:
    """Give what makes a value fit to be told, of a message as it may be shown: what is hidden there is hidden here."""

    def fit(value: str) -> str:
        if value not in shown and not COUNTED(value):
            return HIDDEN
        line = " ".join(value.split())
        return line if len(line) <= LONG else f"{line[:LONG]} ..."

    return fit


def matches(expression: str, text: str) -> bool:
    """Whether an expression matches the whole of a text."""
    return _compiled(expression).fullmatch(text.encode("utf-8", "surrogateescape")) is not None


@lru_cache
def _compiled(expression: str) -> Any:
    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    options.max_mem = LARGEST
    options.never_capture = True  # nothing asks for groups, and many of them in each other take minutes
    return re2.compile(expression.encode(), options)
