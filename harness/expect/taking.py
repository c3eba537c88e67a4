"""What an expectation takes out of the message that it has found, for later steps. Pure but for where it is kept."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from harness.expect.contents import MediaType, check_prefixes, parts_in
from harness.expect.headers import Place
from harness.expect.paths import NotXml, XPath, found_in, read
from harness.expect.wanted import Difference, fit_for
from harness.grammar.captured import HIDDEN, Captured
from harness.grammar.vocabulary import Arguments
from harness.seen.claims import Claims, claims_in, claims_over
from valkit.carriers.parts import DEEPEST, ENCLOSED, is_plain
from valkit.redaction import rendered
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, parse
from valkit.sip.multipart import Part
from valkit.trace import Http


def _name(text: str) -> str:
    if not (text.isascii() and text.isidentifier()):
        raise ValueError("is no name for a captured value (expected letters, digits and _, such as call_id)")
    return text


Name = Annotated[str, AfterValidator(_name)]
"""What later steps call a captured value, behind `captured.`."""


class Taken(Arguments):
    """Where a value is taken from: the first that there is, where there are several."""

    model_config = ConfigDict(title="source")

    short = "header"

    header: str | None = None
    """A header field, a parameter of it (`WWW-Authenticate;nonce`), or the URI of an address in it (`To.uri`)."""
    claim: str | None = None
    """A claim of a token in the message."""
    xml: XPath | None = None
    """A path into the XML of its body, that of enclosed messages included."""
    type: MediaType | None = None
    """The media type of the part that the path is for; without it, any that is XML."""
    namespaces: dict[str, str] = Field(default_factory=dict)
    """Prefixes in the path, and the namespaces that they stand for."""

    @model_validator(mode="after")
    def _one(self) -> "Taken":
        if len([one for one in (self.header, self.claim, self.xml) if one is not None]) != 1:
            raise ValueError("does not say what is captured (expected one of header, claim and xml)")
        if self.xml is None and (self.type or self.namespaces):
            raise ValueError("has type or namespaces for a path, and no `xml` with one")
        check_prefixes([self.xml or ""], self.namespaces)
        return self

    def of(self, message: Message) -> Captured | None:
        """Take it out of a message; None if there is none."""
        if self.claim is not None:
            return _claimed(self.claim, claims_in(message))
        if self.header is not None:
            found = Place.named(self.header).within(message.headers)
        else:
            found = tuple(self._in_xml(message))
        if not found:
            return None
        return Captured(found[0], secret=fit_for(rendered(message))(found[0]) == HIDDEN)

    def _in_xml(self, message: Message) -> Iterator[str]:
        for part in parts_within(message):
            if self.type in {None, part.content_type.name} and is_plain(part):
                try:  # string() of what is not there is empty, and no value
                    yield from filter(None, found_in(read(part.body), self.xml or "", self.namespaces))
                except NotXml:
                    continue

    def __str__(self) -> str:
        return self.header or (f"claim {self.claim}" if self.claim else str(self.xml))


class Capturing(Arguments):
    """Captures values of the message that it has found."""

    capture: dict[Name, Taken] = Field(default_factory=dict)
    """What is taken out of it, each by the name that later steps know it by: `call_id: Call-ID`, and then
    `${captured.call_id}` wherever a text stands in them. A message that lacks it is not the one meant."""

    def values_captured(self) -> tuple[str, ...]:
        """Name what later steps may speak of."""
        return tuple(self.capture)

    def lacking(self, message: Message) -> Iterator[Difference]:
        """Tell what is not there to be captured."""
        return (Difference(str(taken)) for taken in self.capture.values() if taken.of(message) is None)

    def taken(self, message: Message) -> dict[str, Captured]:
        """Take everything out of a message that has it."""
        found = {name: taken.of(message) for name, taken in self.capture.items()}
        return {name: value for name, value in found.items() if value is not None}

    def wanted_sources(self) -> Iterator[str]:
        """Say in words what has to be there."""
        return (f"with {taken} to capture" for taken in self.capture.values())


class TakenOfHttp(Arguments):
    """Where a value of an HTTP message is taken from: what a report shows of it, and nothing that is hidden there."""

    model_config = ConfigDict(title="http source")

    short = "field"

    field: str | None = None
    """A member of its query, form or JSON body."""
    claim: str | None = None
    """A claim of a token in it."""

    @model_validator(mode="after")
    def _one(self) -> "TakenOfHttp":
        if (self.field is None) is (self.claim is None):
            raise ValueError("does not say what is captured (expected one of field and claim)")
        return self

    def of(self, http: Http) -> Captured | None:
        """Take it out of a message; None if there is none."""
        if self.claim is not None:
            return _claimed(self.claim, claims_over(http))
        said = http.fields.get(self.field or "", HIDDEN)
        return None if HIDDEN in said else Captured(said)

    def __str__(self) -> str:
        return f"claim {self.claim}" if self.claim else f"{self.field}"


class CapturingHttp(Arguments):
    """Captures values of the HTTP message that it has found."""

    capture: dict[Name, TakenOfHttp] = Field(default_factory=dict)
    """What is taken out of it, each by the name that later steps know it by: `lasts: expires_in`, and then
    `${captured.lasts}`. A message that lacks it is not the one meant."""

    def values_captured(self) -> tuple[str, ...]:
        """Name what later steps may speak of."""
        return tuple(self.capture)

    def taken(self, http: Http) -> dict[str, Captured]:
        """Take everything out of a message that has it."""
        found = {name: source.of(http) for name, source in self.capture.items()}
        return {name: value for name, value in found.items() if value is not None}


def _claimed(claim: str, tokens: Sequence[Claims]) -> Captured | None:
    """Take a claim of the first token that has it; secrets in it are hidden already."""
    return next((Captured(text) for claims in tokens for text in claims.get(claim, ())), None)


def parts_within(message: Message, deep: int = 0) -> Iterator[Part]:
    """Give every part of a body, and behind one that is a message those of that; what cannot be read has none."""
    try:
        for part in parts_in(message):
            kind = part.content_type.name
            yield part
            if kind == ENCLOSED and deep < DEEPEST:
                yield from parts_within(parse(part.body), deep + 1)
    except ParseError:
        return
