"""XML from strangers: UTF-8, no document type, no entities, no network, bounded in every direction."""

from lxml import etree

from valkit.carriers.errors import CarrierCause, CarrierError

LARGEST = 65_536
"""Bytes of a document: a token has at most a quarter of that, and a datagram holds no more."""


def well_formed(body: bytes) -> etree._Element:
    """Give the root of a document; CarrierError with the reason where it must not be read or cannot be."""
    if len(body) > LARGEST:
        raise CarrierError(CarrierCause.TOO_LARGE, f"It has {len(body)} bytes.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise CarrierError(CarrierCause.NOT_UTF8) from None
    if "<!DOCTYPE" in text:  # before the parser sees it: what a document type declares costs even if it is not used
        raise CarrierError(CarrierCause.DOCTYPE)
    try:
        return etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise CarrierError(CarrierCause.NOT_XML, f"The fault is in line {line}, column {column}.") from None
    except ValueError:
        raise CarrierError(CarrierCause.NOT_XML) from None


def _parser() -> etree.XMLParser:
    """Make a parser for one document. The encoding is given, so that no declaration can choose another."""
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
