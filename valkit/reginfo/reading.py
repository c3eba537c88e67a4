"""Reads a document of the reg event package from a peer: bounded, hardened, and no more of it than the schema has."""

from lxml import etree

from valkit.carriers.errors import CarrierError
from valkit.carriers.hardened import well_formed
from valkit.reginfo.document import NAMESPACE, Contact, RegInfo, Registration


class Unreadable(Exception):
    """A body that is no registration information; the text says why."""


def read(body: bytes) -> RegInfo:
    """Read a document; raises Unreadable. What is of other namespaces is passed over (RFC 3680 5.1)."""
    try:
        root = well_formed(body)
    except CarrierError as error:
        raise Unreadable(str(error)) from None
    if root.tag != _named("reginfo"):
        raise Unreadable("the document is not reginfo")
    state = _attribute(root, "state")
    if state not in {"full", "partial"}:
        raise Unreadable("reginfo is neither full nor partial")
    registrations = tuple(_registration(each) for each in root.iterfind(_named("registration")))
    version = _number(root, "version") or 0
    if version >= 2**32:
        raise Unreadable("version of reginfo is beyond 32 bits (RFC 3680 5.2)")
    return RegInfo(version, state == "full", registrations)


def _registration(element: etree._Element) -> Registration:
    contacts = tuple(_contact(each) for each in element.iterfind(_named("contact")))
    return Registration(_attribute(element, "aor"), _attribute(element, "id"), _attribute(element, "state"), contacts)


def _contact(element: etree._Element) -> Contact:
    params = ((each.get("name", ""), (each.text or "").strip()) for each in element.iterfind(_named("unknown-param")))
    return Contact(
        id=_attribute(element, "id"),
        uri=(element.findtext(_named("uri")) or "").strip(),
        active=_attribute(element, "state") == "active",
        event=_attribute(element, "event"),
        expires=_number(element, "expires"),
        retry_after=_number(element, "retry-after"),
        call_id=element.get("callid"),
        cseq=_number(element, "cseq"),
        params=tuple(params),
    )


def _attribute(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise Unreadable(f"{etree.QName(element).localname} has no {name}")
    return value


def _number(element: etree._Element, name: str) -> int | None:
    text = element.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        raise Unreadable(f"{name} of {etree.QName(element).localname} is not a number")
    return int(text)


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
