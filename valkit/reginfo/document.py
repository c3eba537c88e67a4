"""The document of the reg event package as values, and as XML (RFC 3680 5.1 to 5.4).

Elements and attributes are the schema's, in its order. Pure; who is told of what is decided elsewhere.
"""

from typing import Final

from attrs import frozen
from lxml import etree

NAMESPACE: Final = "urn:ietf:params:xml:ns:reginfo"
TYPE: Final = "application/reginfo+xml"


@frozen
class Contact:
    """One contact of an address of record."""

    id: str
    """The same in each document of a subscription (5.2)."""
    uri: str
    active: bool
    event: str
    """Why it is in this state: registered, created, refreshed, shortened, expired, deactivated..."""
    expires: int | None = None
    """Seconds that are left; with `shortened` it must be there."""
    retry_after: int | None = None
    """Seconds after which it may register again, with `probation`."""
    call_id: str | None = None
    cseq: int | None = None
    params: tuple[tuple[str, str], ...] = ()
    """Further parameters of its Contact, each with its value (unknown-param)."""

    def element(self) -> etree._Element:
        """Write it."""
        attributes = {
            "id": self.id,
            "state": _state(active=self.active),
            "event": self.event,
            "expires": self.expires,
            "retry-after": self.retry_after,
            "callid": self.call_id,
            "cseq": self.cseq,
        }
        element = _element("contact", attributes)
        _text(element, "uri", self.uri)
        for name, value in self.params:
            _text(element, "unknown-param", value).set("name", name)
        return element


@frozen
class Registration:
    """One address of record."""

    aor: str
    id: str
    """The same in each document of a subscription (5.2)."""
    state: str
    """init, active or terminated."""
    contacts: tuple[Contact, ...] = ()

    def element(self) -> etree._Element:
        """Write it."""
        element = _element("registration", {"aor": self.aor, "id": self.id, "state": self.state})
        element.extend(contact.element() for contact in self.contacts)
        return element


@frozen
class RegInfo:
    """One document: all there is, or what has changed since the one before."""

    version: int
    """Counts the documents of a subscription, from 0."""
    full: bool
    registrations: tuple[Registration, ...] = ()

    def __bytes__(self) -> bytes:
        state = "full" if self.full else "partial"
        root = _element("reginfo", {"version": self.version, "state": state}, {None: NAMESPACE})
        root.extend(registration.element() for registration in self.registrations)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _state(*, active: bool) -> str:
    return "active" if active else "terminated"


def _element(
    name: str, attributes: dict[str, str | int | None], namespaces: dict[str | None, str] | None = None
) -> etree._Element:
    given = {key: str(value) for key, value in attributes.items() if value is not None}
    return etree.Element(f"{{{NAMESPACE}}}{name}", given, namespaces)  # type: ignore[arg-type]  # stubs know no None


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child
