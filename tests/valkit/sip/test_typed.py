from typing import Any

import pytest

from valkit.sip.auth import AuthenticationInfo, Challenge, Credentials
from valkit.sip.errors import ParseError
from valkit.sip.headers import STAR, CSeq, Event, MediaType, NameAddr, Via
from valkit.sip.message import FaultyRequest, Request, Response

BASIC = [
    ("Via", "SIP/2.0/UDP a;branch=z9hG4bK1"),
    ("From", "<sip:a@h>;tag=1"),
    ("To", "<sip:b@h>"),
    ("Call-ID", "c@h"),
    ("CSeq", "1 MESSAGE"),
]


def request(*fields: tuple[str, str]) -> Request:
    """Give a request with the mandatory headers and these."""
    return Request.create("MESSAGE", "sip:b@h", [*BASIC, *fields])


A, B = NameAddr("", "sip:a@h"), NameAddr("B", "sip:b@h;lr")

READ = [
    ("to", ("To", "<sip:b@h>"), NameAddr("", "sip:b@h")),
    ("from_", ("f", "<sip:a@h>"), A),
    ("via", ("Via", "SIP/2.0/UDP a, SIP/2.0/TCP b:1"), Via("UDP", "a")),
    ("vias", ("Via", "SIP/2.0/UDP a, SIP/2.0/TCP b:1"), (Via("UDP", "a"), Via("TCP", "b", 1))),
    ("cseq", ("CSeq", "7 MESSAGE"), CSeq(7, "MESSAGE")),
    ("call_id", ("i", "x@y"), "x@y"),
    ("max_forwards", ("Max-Forwards", "70"), 70),
    ("expires", ("Expires", "600000"), 600000),
    ("content_type", ("c", "text/plain"), MediaType("text", "plain")),
    ("event", ("o", "poc-settings"), Event("poc-settings")),
    ("date", ("Date", "Thu, 01 Jan 1970 00:00:10 GMT"), 10.0),
    ("contacts", ("m", "<sip:a@h>, B <sip:b@h;lr>"), (A, B)),
    ("contacts", ("Contact", " * "), STAR),
    ("routes", ("Route", '<sip:a@h>, "B" <sip:b@h;lr>'), (A, B)),
    ("record_routes", ("Record-Route", "<sip:a@h>"), (A,)),
    ("paths", ("Path", "<sip:a@h>"), (A,)),
    ("service_routes", ("Service-Route", "<sip:a@h>"), (A,)),
    ("p_associated_uris", ("P-Associated-URI", "<sip:a@h>, <tel:+1>"), (A, NameAddr("", "tel:+1"))),
    ("p_asserted_identities", ("P-Asserted-Identity", "<sip:a@h>"), (A,)),
    ("authorization", ("Authorization", "Bearer t"), Credentials("Bearer", token68="t")),
    ("challenge", ("WWW-Authenticate", 'Digest realm="h"'), Challenge.build("Digest", {"realm": "h"})),
    ("authentication_info", ("Authentication-Info", 'rspauth="0"'), AuthenticationInfo.build({"rspauth": "0"})),
]


@pytest.mark.parametrize(("name", "line", "value"), READ, ids=[row[0] for row in READ])
def test_a_header_becomes_a_value(name: str, line: tuple[str, str], value: object) -> None:
    """Each property reads its header, and reads it once."""
    message = request().with_header(*line)
    assert getattr(message, name) == value
    assert getattr(message, name) is getattr(message, name) or value == ()


OPTIONAL = [
    "max_forwards",
    "expires",
    "content_type",
    "event",
    "date",
    "authorization",
    "challenge",
    "authentication_info",
]
LISTED = [
    "contacts",
    "routes",
    "record_routes",
    "paths",
    "service_routes",
    "p_associated_uris",
    "p_asserted_identities",
]


@pytest.mark.parametrize("name", [*OPTIONAL, *LISTED])
def test_what_is_not_there_is_none_or_empty(name: str) -> None:
    """A header nobody sent is no fault, unless it is mandatory."""
    assert getattr(request(), name) == (None if name in OPTIONAL else ())


BROKEN = [
    ("to", "To", "x"),
    ("from_", "From", "x"),
    ("via", "Via", "x"),
    ("vias", "Via", "SIP/2.0/UDP a,"),
    ("cseq", "CSeq", "x"),
    ("call_id", "Call-ID", "a b"),
    ("call_id", "Call-ID", ""),
    ("call_id", "Call-ID", "a\x01b"),
    ("call_id", "Call-ID", "a\udcffb"),
    ("max_forwards", "Max-Forwards", "x"),
    ("expires", "Expires", "x"),
    ("content_type", "Content-Type", "x"),
    ("event", "Event", "a b"),
    ("date", "Date", "x"),
    ("contacts", "Contact", "<sip:a@h>, *"),
    ("contacts", "Contact", "<sip:a@h>,,"),
    ("routes", "Route", "x"),
    ("record_routes", "Record-Route", "x"),
    ("paths", "Path", "x"),
    ("service_routes", "Service-Route", "x"),
    ("p_associated_uris", "P-Associated-URI", "x"),
    ("p_asserted_identities", "P-Asserted-Identity", "x"),
    ("authorization", "Authorization", "Digest x,"),
    ("challenge", "WWW-Authenticate", ""),
    ("authentication_info", "Authentication-Info", "x"),
]


@pytest.mark.parametrize(("name", "header", "value"), BROKEN)
def test_a_fault_names_its_header(name: str, header: str, value: str) -> None:
    """A ParseError says which header, with 400 and the request to answer; in a response, nothing to answer."""
    message = request().with_header(header, value)
    with pytest.raises(ParseError) as caught:
        getattr(message, name)
    assert isinstance(caught.value, FaultyRequest)
    assert (caught.value.what, caught.value.answer, caught.value.request) == (header, 400, message)
    with pytest.raises(ParseError) as caught:
        getattr(message.answer(200).with_header(header, value), name)
    assert (type(caught.value), caught.value.what, caught.value.answer) == (ParseError, header, None)


@pytest.mark.parametrize("header", ["To", "From", "Call-ID", "CSeq", "Via"])
@pytest.mark.parametrize("message", [request(), request().answer(200)], ids=["request", "response"])
def test_a_mandatory_header_must_be_there(message: Request | Response, header: str) -> None:
    """No message does without these (RFC 3261 8.1.1)."""
    message.validate()
    with pytest.raises(ParseError) as caught:
        message.without(header).validate()
    assert caught.value.what == header


@pytest.mark.parametrize("header", ["To", "From", "Call-ID", "CSeq", "Max-Forwards"])
def test_a_single_header_must_be_single(header: str) -> None:
    """Two of one kind could mean two things to two elements (RFC 4475 3.3.8)."""
    message = request(("Max-Forwards", "70"))
    with pytest.raises(ParseError, match=f"{header} comes more than once"):
        message.adding(header, message.headers.get(header) or "").validate()


def test_a_branch_is_more_than_its_cookie() -> None:
    """The magic cookie alone identifies no transaction (RFC 4475 3.2.1)."""
    with pytest.raises(ParseError, match="Via has the magic cookie"):
        request().with_header("Via", "SIP/2.0/UDP a;branch=Z9hG4bK").validate()


def test_faults_of_secrets_show_no_text() -> None:
    """What stands in Authorization is not quoted in an error."""
    with pytest.raises(ParseError) as caught:
        _ = request(("Authorization", 'Digest nonce="abc')).authorization
    assert "abc" not in str(caught.value)


def test_copies_leave_the_original_alone() -> None:
    """Every change gives another message of the same kind; the first one keeps its bytes."""
    message = request(("Route", "<sip:a>, <sip:b>"))
    before = bytes(message)
    copies: dict[str, Any] = {
        "with_header": message.with_header("Route", "<sip:c>"),
        "adding": message.adding("Route", "<sip:c>", first=True),
        "without": message.without("Route"),
        "with_first": message.with_first("Route", "<sip:c>"),
        "without_first": message.without_first("Route"),
    }
    routes = {name: [route.uri for route in copy.routes] for name, copy in copies.items()}
    assert routes == {
        "with_header": ["sip:c"],
        "adding": ["sip:c", "sip:a", "sip:b"],
        "without": [],
        "with_first": ["sip:c", "sip:b"],
        "without_first": ["sip:b"],
    }
    assert bytes(message) == before
    assert all(copy.method == "MESSAGE" for copy in copies.values())


def test_a_copy_has_the_via_it_was_given() -> None:
    """The value is the text that goes out: the first of all Vias, which nobody has to read again."""
    via = Via.parse("SIP/2.0/UDP b;branch=z9hG4bK2;rport=5060;received=192.0.2.1")
    message = request(("Via", "SIP/2.0/UDP c"))
    vias = message.vias
    copy = message.with_via(via)
    assert copy.via is via
    assert copy.vias == (via, *vias[1:])
    assert Request.create("MESSAGE", "sip:b@h", copy.headers.items()).via == via
    assert message.vias == vias


def test_a_body_brings_its_own_headers() -> None:
    """Content-Type and Content-Length follow the body, and go with it."""
    message = request().with_body(b"hello", "text/plain")
    assert bytes(message).endswith(b"Content-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello")
    assert bytes(message.with_body(b"")).endswith(b"Content-Length: 0\r\n\r\n")
