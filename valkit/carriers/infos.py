"""An XML document that carries a token, read and written (TS 24.379 Annex F.1 and its like); `known` has the kinds.

A document that looks exactly as such documents look is read by one regular
expression; any other well-formed spelling goes through lxml, hardened: UTF-8 only, no document type, no entities, no
network, bounded. A test holds both to the same result.
"""

import re
from xml.sax.saxutils import escape

from attrs import field, frozen
from lxml import etree

from valkit.carriers.errors import CarrierCause, CarrierError
from valkit.carriers.hardened import LARGEST, well_formed

_DECLARATION = r"""(?:<\?xml version="1\.0" encoding="(?:UTF|utf)-8"\?>)?+"""
_SPACE = r"[ \t\r\n]*+"
_JWT = r"([A-Za-z0-9_.\-]++)"
_ID = r"([A-Za-z0-9_.\-:;@/+=,~!*()%]++)"
"""What client ids are made of (`urn:uuid:...`, `sip:...`), none of which XML writes in its own way."""


@frozen
class Carried:
    """A token and the client (device) it came from, by the carrier that had it."""

    token: str = field(repr=False)
    client_id: str | None
    carrier: str
    speaker: str = ""
    """To of the UE's own REGISTER, where the core encloses that; who it was that brought the token, says the core."""


@frozen
class Statement:
    """What a document says that has no token: who it is about, and from which client. It proves nothing."""

    user: str | None
    client_id: str | None
    carrier: str


@frozen(eq=False)
class InfoDocument:
    """One kind of XML document with a token in it."""

    name: str
    """What settings and scenarios call it."""
    media_type: str
    namespace: str
    above: tuple[str, ...]
    """Elements from the root down to the one around the token."""
    element: str
    """Element with the token."""
    client_element: str
    """Element with the client id."""
    user_element: str
    """Element in which a document without a token names the user that it is about."""
    wrapper: str | None = None
    """Element that token and client wrap their text in, beside a `type` that may say Encrypted (TS 24.379 F.1)."""
    user_wrapper: str | None = None
    """Element that the user is wrapped in."""
    _scan: re.Pattern[bytes] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_scan", re.compile(self._shape().encode()))

    def read(self, body: bytes, speaker: str = "") -> Carried | None:
        """Take the token out; None if the document has none, CarrierError if it leaves any doubt."""
        exact = self._scan.fullmatch(body) if len(body) <= LARGEST else None
        if exact is None:
            return self._read_xml(body, speaker)
        token, client = exact.groups()
        return Carried(token.decode(), None if client is None else client.decode(), self.name, speaker)

    @property
    def kind(self) -> str:
        """What it is looked for by."""
        return self.media_type

    def statement(self, body: bytes) -> Statement:
        """Read what the document says of user and client; CarrierError if it leaves any doubt."""
        root = self._root(body)
        user = self._text(root, self.user_element, self.user_wrapper)
        return Statement(user, self._text(root, self.client_element, self.wrapper), self.name)

    def write(self, token: str | None, client_id: str | None = None, user: str | None = None) -> tuple[str, bytes]:
        """Build media type and document: with a token, or without one and perhaps with its user."""
        inner = self._element(self.element, token, self.wrapper)
        inner += self._element(self.user_element, user, self.user_wrapper)
        inner += self._element(self.client_element, client_id, self.wrapper)
        for name in reversed(self.above[1:]):
            inner = f"<{name}>{inner}</{name}>"
        root, declaration = self.above[0], '<?xml version="1.0" encoding="UTF-8"?>\n'
        return self.media_type, f'{declaration}<{root} xmlns="{self.namespace}">{inner}</{root}>\n'.encode()

    def _element(self, name: str, text: str | None, wrapper: str | None) -> str:
        if not text:
            return ""
        if wrapper is None:
            return f"<{name}>{escape(text)}</{name}>"
        return f'<{name} type="Normal"><{wrapper}>{escape(text)}</{wrapper}></{name}>'

    def _shape(self) -> str:
        """Write the expression for a document as such documents look, token first, then perhaps the client."""
        inner = self._element_shape(self.element, _JWT) + f"(?:{self._element_shape(self.client_element, _ID)})?+"
        for name in reversed(self.above[1:]):
            inner = f"<{name}>{_SPACE}{inner}</{name}>{_SPACE}"
        root, namespace = self.above[0], re.escape(self.namespace)
        return f'{_DECLARATION}{_SPACE}<{root} xmlns="{namespace}">{_SPACE}{inner}</{root}>{_SPACE}'

    def _element_shape(self, name: str, text: str) -> str:
        text = f"{_SPACE}{text}{_SPACE}"
        if self.wrapper is None:
            return f"<{name}>{text}</{name}>{_SPACE}"
        wrapped = f"{_SPACE}<{self.wrapper}>{text}</{self.wrapper}>{_SPACE}"
        return f'<{name}(?: type="Normal")?+>{wrapped}</{name}>{_SPACE}'

    def _read_xml(self, body: bytes, speaker: str = "") -> Carried | None:
        root = self._root(body)
        token = self._text(root, self.element, self.wrapper)
        client = self._text(root, self.client_element, self.wrapper)
        return None if token is None else Carried(token, client, self.name, speaker)

    def _root(self, body: bytes) -> etree._Element:
        root = well_formed(body)
        if root.tag != self._tag(self.above[0]):
            raise CarrierError(CarrierCause.OTHER_DOCUMENT, f"Its root is not {self.above[0]} of {self.namespace}.")
        return root

    def _text(self, root: etree._Element, name: str, wrapper: str | None) -> str | None:
        """Give the text of an element that may be in the document once, in its place."""
        found = list(root.iter(self._tag(name)))
        if not found:
            return None
        if len(found) > 1:
            raise CarrierError(CarrierCause.DUPLICATE, f"It is {name}.")
        if [parent.tag for parent in found[0].iterancestors()] != [self._tag(name) for name in reversed(self.above)]:
            raise CarrierError(CarrierCause.OTHER_DOCUMENT, f"{name} stands where it does not belong.")
        if found[0].get("type", "Normal") != "Normal":
            raise CarrierError(CarrierCause.XML_ENCRYPTED, f"It is {name}.")
        text = _only_text(self._unwrapped(found[0], wrapper))
        if not text or not text.isprintable():
            raise CarrierError(CarrierCause.NOT_TEXT, f"It is {name}.")
        return text

    def _unwrapped(self, element: etree._Element, wrapper: str | None) -> etree._Element | None:
        """Give the element that holds the text; None if it is not alone in there."""
        if wrapper is None:
            return element
        inner = element[0] if len(element) == 1 else None
        if inner is None or inner.tag != self._tag(wrapper):
            return None
        return None if f"{element.text or ''}{inner.tail or ''}".strip() else inner

    def _tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"


def _only_text(element: etree._Element | None) -> str | None:
    """Give the text of an element that holds nothing else: a comment within would cut it in two."""
    return None if element is None or len(element) else (element.text or "").strip(" \t\r\n")
