"""SIPp's XML as a row of commands, each with the line it stands in (its docs/scenarios).

A document type is allowed, since nearly every scenario names SIPp's, but nothing is loaded or expanded.
"""

from collections.abc import Iterator, Mapping

from attrs import field, frozen
from lxml import etree

LARGEST = 4 << 20
"""Bytes of a scenario."""


class NotSipp(Exception):
    """The text is no SIPp scenario; says the line where that can be told."""


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
    try:
        root = etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotSipp(f"it is no XML: {error}") from None
    if root.tag != "scenario":
        raise NotSipp(f"its root is {root.tag}, not scenario")
    return Sipp(root.get("name", ""), tuple(_commands(root)))


def _commands(parent: etree._Element) -> Iterator[Command]:
    for element in parent:
        if isinstance(element.tag, str):
            texts = (element.text, *(child.tail for child in element))
            yield Command(
                element.tag,
                _line(element),
                {str(name): str(value) for name, value in element.attrib.items()},
                "".join(text or "" for text in texts).strip("\r\n"),
                tuple(_actions(element)),
            )


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _actions(element: etree._Element) -> Iterator[Command]:
    for action in element:
        if action.tag == "action":
            yield from _commands(action)
