"""Why no token can be taken from a message that seems to carry one."""

from valkit.causes import Explained


class CarrierCause(Explained):
    """Reason for which a body is not believed to carry a token."""

    TOO_LARGE = "body_too_large", "The part is larger than any that carries a token needs to be."
    TOO_DEEP = "body_too_deep", "Messages are nested in messages deeper than the core nests them."
    UNREADABLE = "body_unreadable", "A part that the token may be in cannot be read."
    ENCODED = "body_encoded", "The part is compressed or encoded, which SIP has no need of."
    NOT_UTF8 = "body_not_utf8", "The XML is not in UTF-8."
    DOCTYPE = "xml_doctype", "The XML has a document type, which no info document has and attacks need."
    NOT_XML = "xml_malformed", "The XML is not well-formed."
    OTHER_DOCUMENT = "xml_other_document", "The XML is not the document that the media type promises."
    DUPLICATE = "xml_duplicate", "An element that must be there once is there twice."
    NOT_TEXT = "xml_not_text", "An element that must hold nothing but text is empty or holds something else."
    XML_ENCRYPTED = "xml_encrypted", "The element is encrypted, and no key for it is agreed here."
    TWO_TOKENS = "two_tokens", "The message carries two tokens, or one token for two clients."
    TWO_USERS = "two_users", "The message carries tokens of two users, and one identity speaks for one at a time."


class CarrierError(Exception):
    """The message carries no token that could be taken from it without doubt. `detail` never holds the token."""

    def __init__(self, cause: CarrierCause, detail: str = "") -> None:
        self.cause = cause
        self.detail = detail
        super().__init__(f"{cause.sentence} {detail}".rstrip())
