"""What is in a message, whichever it is: its header fields, and the parts of its body. Pure.

A multipart has several parts, any other body is one. A part that is a message itself, as a core encloses a REGISTER in
one of its own (TS 24.229 5.4.1.7), is asked for like any message.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from harness.expect.headers import HeaderFields
from harness.expect.paths import NotXml, XPath, found_in, kind_of, read, strange_prefixes
from harness.expect.wanted import Difference, Wanted, differing, fit_for, saying
from harness.grammar.vocabulary import suggestion
from valkit.carriers.parts import is_plain
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, parse
from valkit.sip.multipart import TEXT, Part, leaves


class Contents(HeaderFields):
    """What is in a message. What is not said may be anything."""

    model_config = ConfigDict(title="contents")

    parts: tuple["PartIs", ...] = ()
    """Parts that its body has, in whatever order."""

    def differing_contents(self, message: Message) -> Iterator[Difference]:
        """Tell what is in it otherwise."""
        yield from self.differing_fields(message.headers)
        if not self.parts:
            return
        try:
            parts = parts_in(message)
            kinds = tuple(part.content_type.name for part in parts)
        except ParseError as error:
            yield saying(f"a body that cannot be read: {error}")
            return
        for wanted in self.parts:
            yield from wanted.differing_among(parts, kinds)

    def wanted_contents(self) -> Iterator[str]:
        """Say in words what is asked for."""
        yield from self.wanted_fields()
        yield from (f"with {part}" for part in self.parts)


def _media_type(text: str) -> str:
    if not _TYPE(text):
        raise ValueError("is no media type (expected one without parameters, such as application/reginfo+xml)")
    return text.lower()


_TYPE = re.compile(r"[\w.+\-]+/[\w.+\-]+", re.ASCII).fullmatch
MediaType = Annotated[str, AfterValidator(_media_type)]
"""In whatever case (RFC 2045 5.1)."""


class PartIs(HeaderFields):
    """A part of a body, by what is in it; a body that is no multipart is one part. What is not said may be anything."""

    model_config = ConfigDict(title="part")

    short = "type"

    type: MediaType | None = None
    """Its media type, such as application/vnd.3gpp.mcptt-info+xml."""
    text: Wanted | None = None
    """What it says as text, with a line feed for a line break and without white space around it."""
    xml: dict[XPath, Wanted] = Field(default_factory=dict)
    """What it says as XML, by XPath: of elements their text, of attributes their value, `count(//m:entry)` a number."""
    namespaces: dict[str, str] = Field(default_factory=dict)
    """Prefixes in those paths, and the namespaces that they stand for. A name without prefix is in none."""
    message: Contents | None = None
    """What is in the message that it is, where it is one: `message/sip`, as a core encloses a REGISTER."""
    count: int | None = Field(None, ge=0)
    """How many such parts there are; without it, at least one."""

    @model_validator(mode="after")
    def _known_prefixes(self) -> "PartIs":
        check_prefixes(self.xml, self.namespaces)
        for path, wanted in self.xml.items():
            _check_it_can_differ(path, wanted, kind_of(path, self.namespaces))
        if self.text is not None and self.text.present is not None:
            raise ValueError("asks whether there is text, which there always is (expected `text: {matches: ...}`)")
        return self

    def differing_among(self, parts: tuple[Part, ...], kinds: tuple[str, ...]) -> Iterator[Difference]:
        """Tell what is wrong with the parts of a body, by the one that is nearest to what is asked for."""
        there = [(kind, part) for kind, part in zip(kinds, parts, strict=True) if self.type in {None, kind}]
        found = [(kind, tuple(self._differing(part))) for kind, part in there]
        fitting = [kind for kind, differences in found if not differences]
        if self.count is None and not fitting:
            kind, differences = min(found, key=lambda one: len(one[1]), default=("", ()))
            yield from (each.within(kind) for each in differences)
            if not found:
                yield saying(f"no part {self.type or 'at all'} (but {', '.join(kinds) or 'no body'})")
        elif self.count is not None and len(fitting) != self.count:
            yield saying(f"{len(fitting)} of {self._one()}")

    def _differing(self, part: Part) -> Iterator[Difference]:
        yield from self.differing_fields(part.headers)
        if not is_plain(part):
            if self.text or self.xml or self.message:
                yield saying("content that is encoded, so that nobody reads it")
            return
        if self.text is not None:
            yield from differing("text", self.text, (text_of(part),))
        if self.xml:
            yield from self._differing_xml(part)
        if self.message is not None:
            yield from self._differing_message(self.message, part)

    def _differing_xml(self, part: Part) -> Iterator[Difference]:
        try:
            root = read(part.body)
            for path, wanted in self.xml.items():
                yield from differing(path, wanted, found_in(root, path, self.namespaces))
        except NotXml as why:
            yield saying(str(why))

    @staticmethod
    def _differing_message(wanted: Contents, part: Part) -> Iterator[Difference]:
        try:
            message = parse(part.body)
        except ParseError as error:
            yield saying(f"no message in it: {error}")
            return
        yield from wanted.differing_contents(message)

    def _one(self) -> str:
        words = [f"a part {self.type}" if self.type else "a part", *self.wanted_fields()]
        words += [self.text.of("text")] if self.text is not None else []
        words += [wanted.of(path) for path, wanted in self.xml.items()]
        words += ["that is a message", *self.message.wanted_contents()] if self.message is not None else []
        return " ".join(words)

    def __str__(self) -> str:
        return self._one() if self.count is None else f"{self.count} of {self._one()}"


Contents.model_rebuild()  # parts hold messages, and messages parts


def check_prefixes(paths: Iterable[str], namespaces: Mapping[str, str]) -> None:
    """Raise ValueError for a prefix that stands for no namespace."""
    for path in paths:
        for prefix in strange_prefixes(path, namespaces):
            there = suggestion(prefix, namespaces) if namespaces else f"expected `namespaces: {{{prefix}: ...}}`"
            raise ValueError(f"has the prefix {prefix} in {path}, which stands for no namespace ({there})")


ALWAYS = {"truth": "true or false", "number": "a number", "text": "a text"}


def _check_it_can_differ(path: str, wanted: Wanted, kind: str) -> None:
    """Raise ValueError for a path that is no place in a document, and is asked about as if it were one."""
    if kind in ALWAYS and wanted.present is not None:
        like = {"truth": "true", "number": "1"}.get(kind, "...")
        raise ValueError(f"asks whether {path} is there, which is always {ALWAYS[kind]} (expected `{path}: {like}`)")
    if kind == "truth" and not {wanted.equals, *(wanted.all or ())} <= {None, "true", "false"}:
        raise ValueError(f"asks for another value of {path} than true or false, which it always is")


def parts_in(message: Message) -> tuple[Part, ...]:
    """Give every part of a body; none if there is no body, ParseError if it cannot be taken apart."""
    return tuple(leaves(message.body, message.content_type or TEXT)) if message.body else ()


def text_of(part: Part) -> str:
    """Give what a part says as text."""
    return part.body.decode("utf-8", "surrogateescape").replace("\r\n", "\n").strip()


def in_words(differences: Iterable[Difference], shown: str) -> str:
    """Tell what a message has otherwise, of which this much may be shown."""
    fit = fit_for(shown)
    return ", ".join(difference.told(fit) for difference in differences)
