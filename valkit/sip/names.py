"""The names of header fields: compact forms, and which fields hold comma lists (RFC 3261 7.3, 20; IANA's table)."""

from valkit.sip.errors import ParseError
from valkit.sip.grammar import is_token

COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
"""The one-letter forms (RFC 3261 7.3.3 and its extensions)."""

# The authentication headers have commas within one value (RFC 3261 7.3.1) and are no lists.
_LISTS = """
    Accept Accept-Contact Accept-Encoding Accept-Language Accept-Resource-Priority Alert-Info Allow Allow-Events
    Call-Info Contact Content-Encoding Content-Language Error-Info History-Info In-Reply-To P-Access-Network-Info
    P-Asserted-Identity P-Associated-URI P-Preferred-Identity P-Visited-Network-ID Path Permission-Missing Proxy-Require
    Reason Record-Route Reject-Contact Request-Disposition Require Resource-Priority Route Security-Client
    Security-Server Security-Verify Service-Route Supported Trigger-Consent Unsupported Via Warning
"""
_SINGLES = """
    Authentication-Info Authorization CSeq Call-ID Content-Disposition Content-Length Content-Transfer-Encoding
    Content-Type Date Event Expires Feature-Caps From Geolocation Identity Identity-Info Join MIME-Version Max-Forwards
    Min-Expires Min-SE Organization P-Asserted-Service P-Called-Party-ID P-Charging-Function-Addresses
    P-Charging-Vector P-Preferred-Service P-Profile-Key P-Served-User Priority Privacy Proxy-Authenticate
    Proxy-Authentication-Info Proxy-Authorization RAck RSeq Refer-To Referred-By Replaces Reply-To Retry-After
    SIP-ETag SIP-If-Match Server Session-Expires Session-ID Subject Subscription-State Target-Dialog Timestamp To
    User-Agent WWW-Authenticate
"""

LISTS = frozenset(name.lower() for name in _LISTS.split())
"""Fields whose grammar is a comma list: one line may hold several values."""

SECRET = frozenset({"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate"})
"""Fields whose text never appears in an error: they carry tokens, and CK and IK (TS 33.203 6.3)."""


SPELLED = {name.lower(): name for name in (_LISTS + _SINGLES).split()}
"""The usual spelling of each name."""


def _known() -> dict[str, str]:
    """Give the key of every usual spelling, so that reading a message seldom has to work one out."""
    spelled = {name: key for key, name in SPELLED.items()}
    lower = {key: key for key in SPELLED}
    return spelled | lower | COMPACT | {letter.upper(): name for letter, name in COMPACT.items()}


KNOWN = _known()


def key_of(name: str) -> str:
    """Give the long name in lower case for any spelling; ParseError if it is no token (RFC 3261 7.3.1)."""
    known = KNOWN.get(name)
    if known is not None:
        return known
    bare = name.rstrip(" \t")
    if is_token(bare) is None:
        raise ParseError("header name", name)
    return COMPACT.get(bare.lower(), bare.lower())
