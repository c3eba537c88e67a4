"""What is wrong with what a token travels in: the document, or the parts of a body; the token itself is honest.

Pure: the body that a phone would send becomes another one, and beside each kind stands the cause to refuse it for. A
document of another shape than the one that is expected is where two readers may find two different tokens.
"""

import re
from collections.abc import Callable, Mapping

from attrs import evolve, frozen

from ue_sim.engine import Body
from valkit.carriers import CarrierCause
from valkit.sip.multipart import Part, build_multipart

Change = Callable[[Body], Body]

_token = re.compile(
    rb"(<(?:[a-z]+-access-token)(?: [^>]*)?>(?:<[A-Za-z]+>)?)([^<]+)(.*?</[a-z]+-access-token>)", re.DOTALL
)
_element = re.compile(rb"<([a-z]+-access-token)[ >].*?</\1>", re.DOTALL)


@frozen
class Damage:
    """One kind of bad document."""

    cause: CarrierCause
    """Why it is refused."""
    change: Change


def _text(change: Callable[[bytes], bytes]) -> Change:
    """Change the bytes of the document."""
    return lambda body: evolve(body, content=change(body.content))


def _inside(before: bytes, after: bytes = b"") -> Change:
    """Put something around the token, within its element."""
    return _text(lambda content: _token.sub(rb"\g<1>" + before + rb"\g<2>" + after + rb"\g<3>", content, count=1))


def _with_doctype(declared: bytes) -> Change:
    return _text(lambda content: re.sub(rb"\?>\s*", b"?>\n<!DOCTYPE x [" + declared + b"]>\n", content, count=1))


def _twice(content: bytes) -> bytes:
    """Say it twice, the second time with another token, which a reader that takes the last one would believe."""
    return _element.sub(lambda found: found[0] + _with_another(found[0]), content, count=1)


def _with_another(content: bytes) -> bytes:
    return _token.sub(rb"\g<1>another.token.here\g<3>", content, count=1)


def _elsewhere(content: bytes) -> bytes:
    """Put the element where it does not belong: one level further in."""
    return _element.sub(lambda found: b"<extension>" + found[0] + b"</extension>", content, count=1)


def _emptied(content: bytes) -> bytes:
    return _token.sub(rb"\g<1>\g<3>", content, count=1)


def _encrypted(content: bytes) -> bytes:
    """Say that it is encrypted (TS 24.379 F.1, XML Encryption), though nobody here has agreed on a key."""
    name = rb"<([a-z]+-access-token)(?: type=\"Normal\")?>"
    return re.sub(name, rb'<\1 type="Encrypted">', content, count=1)


def _in_parts(*parts: Callable[[Body], Part]) -> Change:
    """Put the document into a body of parts."""

    def changed(body: Body) -> Body:
        kind, content = build_multipart([make(body) for make in parts])
        return evolve(body, content_type=kind, content=content)

    return changed


def _as_it_is(body: Body) -> Part:
    return Part.create(body.content_type, body.content)


def _with_another_token(body: Body) -> Part:
    return Part.create(body.content_type, _with_another(body.content))


def _encoded(body: Body) -> Part:
    """Say that it is encoded, which SIP has no need of, and which hides it from who does not decode."""
    return Part.create(body.content_type, body.content, [("Content-Transfer-Encoding", "base64")])


def _compressed(body: Body) -> Part:
    return Part.create(body.content_type, body.content, [("Content-Encoding", "gzip")])


DAMAGES: Mapping[str, Damage] = {
    "cut_short": Damage(CarrierCause.NOT_XML, _text(lambda content: content[: len(content) * 2 // 3])),
    "no_xml": Damage(CarrierCause.NOT_XML, _text(lambda _: b"access_token=none")),
    "doctype": Damage(CarrierCause.DOCTYPE, _with_doctype(b"")),
    "external_entity": Damage(CarrierCause.DOCTYPE, _with_doctype(b'<!ENTITY e SYSTEM "file:///etc/hostname">')),
    "entity_bomb": Damage(
        CarrierCause.DOCTYPE, _with_doctype(b'<!ENTITY a "lol"><!ENTITY b "' + b"&a;" * 20 + b'"><!ENTITY c "&b;&b;">')
    ),
    "utf_16": Damage(CarrierCause.NOT_UTF8, _text(lambda content: content.decode().encode("utf-16"))),
    "other_namespace": Damage(
        CarrierCause.OTHER_DOCUMENT, _text(lambda content: content.replace(b'="urn:', b'="urn:other:', 1))
    ),
    "element_elsewhere": Damage(CarrierCause.OTHER_DOCUMENT, _text(_elsewhere)),
    "element_twice": Damage(CarrierCause.DUPLICATE, _text(_twice)),
    "element_empty": Damage(CarrierCause.NOT_TEXT, _text(_emptied)),
    "comment_in_token": Damage(CarrierCause.NOT_TEXT, _inside(b"abc<!-- -->")),
    "element_in_token": Damage(CarrierCause.NOT_TEXT, _inside(b"<b>", b"</b>")),
    "said_to_be_encrypted": Damage(CarrierCause.XML_ENCRYPTED, _text(_encrypted)),
    "two_documents": Damage(CarrierCause.TWO_TOKENS, _in_parts(_as_it_is, _with_another_token)),
    "two_documents_other_way_round": Damage(CarrierCause.TWO_TOKENS, _in_parts(_with_another_token, _as_it_is)),
    "base64": Damage(CarrierCause.ENCODED, _in_parts(_encoded)),
    "gzip": Damage(CarrierCause.ENCODED, _in_parts(_compressed)),
}
"""By the name that scenarios know it by."""
