"""SIP, pure: messages, URIs, headers and bodies as values, and the transaction machines (RFC 3261).

Bytes and values only: no socket, no clock, no randomness of its own. What is wrong with a peer's message is a
`ParseError` that knows its answer.
"""

from valkit.sip.auth import AuthenticationInfo, Challenge, Credentials
from valkit.sip.errors import Misuse, NoAnswer, ParseError, SipError
from valkit.sip.fields import Headers
from valkit.sip.framing import PING, PONG, StreamFramer
from valkit.sip.grammar import Params
from valkit.sip.headers import STAR, Contacts, CSeq, Event, MediaType, NameAddr, Via, date_text
from valkit.sip.hop import Hop
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.message import FaultyRequest, Message, Request, Response, parse
from valkit.sip.multipart import Part, build_multipart, leaves, parts
from valkit.sip.uri import OtherUri, SipUri, TelUri, Uri, parse_uri

__all__ = [
    "LIMITS",
    "PING",
    "PONG",
    "STAR",
    "AuthenticationInfo",
    "CSeq",
    "Challenge",
    "Contacts",
    "Credentials",
    "Event",
    "FaultyRequest",
    "Headers",
    "Hop",
    "Limits",
    "MediaType",
    "Message",
    "Misuse",
    "NameAddr",
    "NoAnswer",
    "OtherUri",
    "Params",
    "ParseError",
    "Part",
    "Request",
    "Response",
    "SipError",
    "SipUri",
    "StreamFramer",
    "TelUri",
    "Uri",
    "Via",
    "build_multipart",
    "date_text",
    "leaves",
    "parse",
    "parse_uri",
    "parts",
]
