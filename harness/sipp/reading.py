"""SIPp's XML as a row of commands, each with the line it stands in (its docs/scenarios).

A document type is allowed, since nearly every scenario names SIPp's, but nothing is loaded or expanded, and entities
are not declared. SIPp takes `<` and `&` within the value of an attribute, which XML does not, so they are escaped.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import re2
from attrs import field, frozen
from lxml import etree

LARGEST = 4 << 20
"""Bytes of a scenario."""

_pieces = re2.compile(rb"""(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|</?[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
"""Comments, texts, instructions and tags."""
_raw = re.compile(rb"<|&(?![A-Za-z0-9#]+;)")
_placed = re.compile(r", line \d+, column \d+$")
ESCAPED = {b"<": b"&lt;", b"&": b"&amp;"}


class NotSipp(Exception):
    """The text is no SIPp scenario; says the line where that can be told."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.line = line


@frozen
class Command:
    """One element of a scenario."""

    name: str
    line: int
    attributes: Mapping[str, str]
    text: str = field(default="", repr=False)
    """The message of a `send`."""
    actions: tuple["Command", ...] = ()
    """What is done with what came."""


@frozen
class Sipp:
    """A scenario."""

    name: str
    commands: tuple[Command, ...]


def read(octets: bytes) -> Sipp:
    """Read a scenario. Raises NotSipp."""
    if len(octets) > LARGEST:
        raise NotSipp(f"it has more than {LARGEST >> 20} MB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        strip_cdata=False,
    )
    document = octets.lstrip()
    before = octets[: len(octets) - len(document)].count(b"\n")
    try:
        root = etree.fromstring(_pieces.sub(_escaped, document), parser)
    except etree.XMLSyntaxError as error:
        why = " ".join(_placed.sub("", error.msg or "it is empty").split())
        raise NotSipp(f"it is no XML: {why}", before + (error.lineno or 1)) from None
    except ValueError as error:
        raise NotSipp(f"it is no XML: {error}") from None
    if root.tag != "scenario":
        raise NotSipp(f"its root is {root.tag}, not scenario", before + _line(root))
    declared: Any = root.getroottree().docinfo.internalDTD  # the stubs do not know what is in one
    if declared is not None and any(True for _ in declared.iterentities()):
        raise NotSipp("it declares entities (expected a document type without any, such as SIPp's)")
    return Sipp(" ".join(root.get("name", "").split()), tuple(_commands(root, before)))


def _escaped(piece: "re.Match[bytes]") -> bytes:
    """Escape what stands within the values of a tag's attributes."""
    text = piece[0]
    if text[1:2] in b"!?":
        return text
    return text[:1] + _raw.sub(lambda found: ESCAPED[found[0]], text[1:])


def _commands(parent: etree._Element, before: int) -> Iterator[Command]:
    """Give each element as a command; `before` are the lines that stood before the document."""
    for element in parent:
        if isinstance(element.tag, str):
            texts = (element.text, *(child.tail for child in element))
            yield Command(
                element.tag,
                before + _line(element),
                {str(name): str(value) for name, value in element.attrib.items()},
                "".join(text or "" for text in texts).strip("\r\n"),
                tuple(_actions(element, before)),
            )


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _actions(element: etree._Element, before: int) -> Iterator[Command]:
    for action in element:
        if action.tag == "action":
            yield from _commands(action, before)
