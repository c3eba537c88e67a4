"""Paths into XML documents: XPath 1.0 as lxml reads it, told wrong when the scenario is read. Pure.

The documents are strangers': they are read as `valkit.carriers` reads them, bounded, without document types and
entities. The paths are the scenario's own; they have no functions but those of XPath itself.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from lxml import etree
from pydantic import AfterValidator

from harness.grammar.captured import refuse_captured
from valkit.carriers.errors import CarrierError
from valkit.carriers.hardened import well_formed

_literal = re.compile(r"\"[^\"]*\"|'[^']*'")
_prefix = re.compile(r"([\w.\-]+):(?!:)(?=[\w*])")
_element = re.compile(r"(?<![\w.\-:@$])([^\W\d][\w.\-]*)(?![\w.\-]|\s*(?:\(|:))")
OPERATORS = frozenset({"and", "or", "div", "mod"})
_EMPTY = etree.Element("empty")


class NotXml(Exception):
    """The text is no document that may be read; says why."""


def _path(text: str) -> str:
    refuse_captured(text, "a path")
    try:
        compiled = _compiled(text, ())
    except etree.XPathSyntaxError as error:
        raise ValueError(f"is no XPath: {error} (expected such as //m:mcptt-id, with m among `namespaces`)") from None
    try:
        compiled(_EMPTY)
    except etree.XPathEvalError as error:
        if "namespace prefix" not in str(error):
            raise ValueError(f"is an XPath that cannot be evaluated: {error}") from None
    return text


XPath = Annotated[str, AfterValidator(_path)]
"""An XPath 1.0 expression."""


def strange_prefixes(path: str, namespaces: Mapping[str, str]) -> tuple[str, ...]:
    """Name the prefixes in a path that stand for no namespace."""
    used = dict.fromkeys(_prefix.findall(_literal.sub("''", path)))
    return tuple(prefix for prefix in used if prefix not in namespaces and prefix != "xml")


def unprefixed(path: str) -> tuple[str, ...]:
    """Name the elements in a path that have no prefix, and so are in no namespace (XPath 1.0 2.3)."""
    names = dict.fromkeys(_element.findall(_literal.sub("''", path)))
    return tuple(name for name in names if name not in OPERATORS)


def kind_of(path: str, namespaces: Mapping[str, str]) -> Literal["nodes", "truth", "number", "text"]:
    """Say what a path comes to, whatever the document is (XPath 1.0 1); ValueError if it makes no sense in any."""
    try:
        result = _compiled(path, tuple(sorted(namespaces.items())))(_EMPTY)
    except etree.XPathError as error:
        raise ValueError(f"has {path}, which cannot be evaluated: {error}") from None
    match result:
        case bool():
            return "truth"
        case float():
            return "number"
        case str():
            return "text"
    return "nodes"


def read(document: bytes) -> etree._Element:
    """Give the root of a document; NotXml if it cannot or must not be read."""
    try:
        return well_formed(document)
    except CarrierError as error:
        raise NotXml(str(error)) from None


def found_in(root: etree._Element, path: str, namespaces: Mapping[str, str]) -> tuple[str, ...]:
    """Give what a path finds, as text: of elements all the text in them. NotXml if it makes no sense there."""
    try:
        result = _compiled(path, tuple(sorted(namespaces.items())))(root)
    except etree.XPathError as error:
        raise NotXml(f"{path} cannot be evaluated: {error}") from None
    return tuple(map(_text, result)) if isinstance(result, list) else (_plain(result),)


def _text(node: Any) -> str:
    """Give the text of a node without the white space around it, which indentation puts there."""
    tag = getattr(node, "tag", None)
    if isinstance(tag, str):
        return "".join(map(str, node.itertext())).strip()
    return str(node if tag is None else node.text or "").strip()  # else it is a comment


def _plain(value: object) -> str:
    """Write what is no list of nodes as XPath's own function string() does (XPath 1.0 4.2)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


@lru_cache
def _compiled(path: str, namespaces: tuple[tuple[str, str], ...]) -> etree.XPath:
    return etree.XPath(path, namespaces=dict(namespaces), regexp=False, smart_strings=False)
