import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valkit.sip.torture import RFC_4475, RFC_5118
from valkit.sip.errors import Misuse, ParseError
from valkit.sip.fields import Headers
from valkit.sip.grammar import is_token
from valkit.sip.limits import Limits
from valkit.sip.message import FaultyRequest, Request, Response, blame, parse

SEEDS = [case.data() for case in RFC_4475 + RFC_5118]
LINES = ["SIP/2.0/UDP a;branch=z9hG4bK1", "<sip:a@h>;tag=1", "<sip:b@h>", "c@h", "1 OPTIONS"]
BASIC = list(zip(["Via", "From", "To", "Call-ID", "CSeq"], LINES, strict=True))

names = st.from_regex(r"X-[A-Za-z0-9\-.!%*_+`'~]{1,12}", fullmatch=True)
values = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])).map(
    lambda text: text.strip(" \t")
)
tokens = st.from_regex(r"[A-Za-z0-9\-.!%*_+`'~]{1,12}", fullmatch=True)


def options(*fields: tuple[str, str], body: bytes = b"") -> Request:
    """Give an OPTIONS with the mandatory headers and these."""
    return Request.create("OPTIONS", "sip:b@h", [*BASIC, *fields], body)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a torture message with some bytes put in, taken out or changed."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        data[place : place + draw(st.integers(0, 3))] = draw(
            st.binary(max_size=4) | st.sampled_from([b"\r\n", b'"', b"<", b","])
        )
    return bytes(data)


def read_everything(message: Request | Response) -> None:
    """Read every property; a ParseError is all that may come of it."""
    for name in dir(type(message)):
        if not name.startswith("_") and isinstance(getattr(type(message), name), property):
            try:
                getattr(message, name)
            except ParseError as error:
                answer_fault(error)


def answer_fault(error: ParseError) -> None:
    """Build the answer an error calls for, if it does."""
    if isinstance(error, FaultyRequest):
        bytes(error.request.answer(error.answer))


@settings(max_examples=400)
@given(st.one_of(st.binary(max_size=200), mutated()))
def test_any_bytes_are_a_message_or_a_parse_error(data: bytes) -> None:
    """Nothing else ever comes of a datagram, however far it is read and answered."""
    try:
        message = parse(data)
        assert data.startswith(bytes(message))
        read_everything(message)
        message.validate()
    except ParseError as error:
        answer_fault(error)


@given(mutated())
def test_rendering_after_parsing_changes_nothing(data: bytes) -> None:
    """Put together again from its lines, a message is the bytes it came from, but for the spelling of the version."""
    try:
        message = parse(data)
    except ParseError:
        return
    again = bytes(message.adding("X-New", "x").without("X-New"))
    assert again.partition(b"\r\n")[2] == bytes(message).partition(b"\r\n")[2]


@given(tokens, st.lists(st.tuples(names, values), max_size=6), st.binary(max_size=80))
def test_a_built_request_is_read_back(method: str, fields: list[tuple[str, str]], body: bytes) -> None:
    """Method, Request-URI, headers and body survive, whatever bytes they are."""
    request = parse(bytes(Request.create(method, "sip:b@h;x=%20", [*BASIC, *fields], body, "text/plain")))
    assert isinstance(request, Request)
    assert (request.method, request.uri, request.body) == (method, "sip:b@h;x=%20", body)
    assert list(request.headers.items())[:-2] == [*BASIC, *fields]
    assert request.headers.get("Content-Length") == str(len(body))


@given(st.integers(100, 699), values, st.binary(max_size=80))
def test_a_built_response_is_read_back(status: int, reason: str, body: bytes) -> None:
    """Status, reason and body survive."""
    response = parse(bytes(Response.create(status, reason, BASIC, body)))
    assert isinstance(response, Response)
    assert (response.status, response.reason, response.body) == (status, reason, body)


def test_octets_that_are_no_utf8_come_through() -> None:
    """A header value is kept octet for octet, also when other headers change."""
    data = bytes(options(("Subject", "X"))).replace(b"X", b"\xff\xfe\x00\xc3")
    message = parse(data)
    assert message.headers.get("Subject") == "\udcff\udcfe\x00\udcc3"
    assert bytes(message.adding("a", "b").without("a")) == data


def test_the_first_line_may_be_lower_case() -> None:
    """The version knows no case; we write it in capitals (RFC 3261 7.1)."""
    message = parse(bytes(options()).replace(b"SIP/2.0\r", b"sip/2.0\r"))
    assert message.start_line == "OPTIONS sip:b@h SIP/2.0"
    assert parse(b"SIP/2.0 200\r\n\r\n").start_line == "SIP/2.0 200 "


def test_content_length_cuts_a_datagram() -> None:
    """The bytes behind the body go, too few are a fault, no length means all (RFC 3261 18.3)."""
    data = bytes(options(body=b"12345"))
    assert parse(data + b"67").body == b"12345"
    assert bytes(parse(data + b"67")) == data
    assert parse(data.replace(b"Content-Length: 5", b"X: 5") + b"67").body == b"1234567"
    with pytest.raises(ParseError, match="Content-Length is 5, but 4 bytes of body came"):
        parse(data[:-1])


@pytest.mark.parametrize("length", ["", "five", "-1", "+5", "5 5", "5,5", "\u0665", "9" * 10, "5\r\nl: 5"])
def test_content_length_is_one_number(length: str) -> None:
    """Whatever else stands there is refused (RFC 4475 3.1.2.3, 3.3.9)."""
    data = bytes(options(body=b"12345")).replace(b"Content-Length: 5", f"Content-Length: {length}".encode())
    with pytest.raises(ParseError, match="Content-Length is not one number") as caught:
        parse(data)
    assert caught.value.answer == 400


@pytest.mark.parametrize(
    "line",
    [
        "",
        "OPTIONS",
        "OPTIONS sip:b@h",
        "OPTIONS b SIP/2.0",
        "OPT<> sip:b@h SIP/2.0",
        "OPTIONS sip:b@h SIP/2.0 x",
        "SIP/2.0 99 x",
        "SIP/2.0 700 x",
        "SIP/2.0 20",
        "SIP/2.0 2000 x",
        "SIP/3.0 200 OK",
        "OPTIONS sip:ö SIP2.0",
        "GET / HTTP/1.1",
    ],
)
def test_what_begins_otherwise_is_no_message(line: str) -> None:
    """A start line that is neither kind; only what nearly was a request gets an answer."""
    with pytest.raises(ParseError) as caught:
        parse(bytes(options()).replace(b"OPTIONS sip:b@h SIP/2.0", line.encode(), 1))
    assert caught.value.what == "start line"
    assert caught.value.answer == (400 if line == "OPTIONS b SIP/2.0" else None)


def test_another_version_is_505() -> None:
    """The answer says so, whatever else the request has (RFC 3261 21.5.6)."""
    with pytest.raises(ParseError) as caught:
        parse(bytes(options()).replace(b"SIP/2.0\r", b"SIP/3.1\r"))
    assert (caught.value.what, caught.value.text, caught.value.answer) == ("SIP version", "3.1", 505)


def test_too_large_is_513() -> None:
    """A message beyond the limit is refused with the answer that says so (RFC 3261 21.5.7)."""
    data = bytes(options(body=b"x" * 100))
    assert parse(data, Limits(size=len(data))).body == b"x" * 100
    with pytest.raises(ParseError) as caught:
        parse(data, Limits(size=len(data) - 1))
    assert caught.value.answer == 513


def test_nothing_answers_an_ack() -> None:
    """A faulty ACK is dropped (RFC 3261 17)."""
    ack = Request.create("ACK", "sip:b@h", BASIC)
    with pytest.raises(ParseError) as caught:
        ack.validate()
    assert (type(caught.value), caught.value.what, caught.value.answer) == (ParseError, "CSeq", None)


def test_without_via_there_is_nobody_to_answer() -> None:
    """The fault still has its status, for who counts them."""
    with pytest.raises(ParseError) as caught:
        options().without("Via").validate()
    assert (type(caught.value), caught.value.what, caught.value.answer) == (ParseError, "Via", 400)


def test_blame_reads_what_it_can() -> None:
    """An error gets the request it is about, without the lines that are none."""
    head = b"OPTIONS  sip:b@h SIP/2.0\r\nVia: x\r\nnonsense\r\n"
    error = blame(head, ParseError("x", answer=499))
    assert isinstance(error, FaultyRequest)
    assert (error.request.method, error.request.uri, list(error.request.headers.lines)) == (
        "OPTIONS",
        "sip:b@h",
        ["Via: x"],
    )
    assert (error.answer, blame(b"SIP/2.0 200 OK", error).answer) == (499, None)


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 400), ("NEWMETHOD", 501)])
def test_cseq_names_the_method(method: str, status: int) -> None:
    """A mismatch is 400, for a method nobody knows 501 (RFC 4475 3.1.2.17, 3.1.2.18)."""
    request = Request.create(method, "sip:b@h", BASIC).with_header("CSeq", "1 INVITE")
    with pytest.raises(ParseError) as caught:
        request.validate()
    assert (caught.value.what, caught.value.answer) == ("CSeq", status)


def test_an_answer_goes_back_the_way_it_came() -> None:
    """Via, From, To, Call-ID and CSeq are the request's own lines, the compact ones too (RFC 3261 8.2.6.2)."""
    data = bytes(options(("v", "SIP/2.0/TCP z"), ("X", "1"))).replace(b"From:", b"f :")
    request = parse(data)
    assert isinstance(request, Request)
    lines = bytes(request.answer(403, headers=[("Warning", '399 h "x"')])).decode().split("\r\n")
    assert lines[:4] == ["SIP/2.0 403 Forbidden", f"Via: {LINES[0]}", "v: SIP/2.0/TCP z", f"f : {LINES[1]}"]
    assert lines[4].startswith("To: <sip:b@h>;tag=")
    assert lines[5:] == ["Call-ID: c@h", "CSeq: 1 OPTIONS", 'Warning: 399 h "x"', "Content-Length: 0", "", ""]


def test_an_answer_may_have_a_body() -> None:
    """Reason, body and its type are the caller's."""
    answer = options().answer(200, "Fine", body=b"x", content_type="text/plain")
    assert (answer.reason, answer.body, str(answer.content_type)) == ("Fine", b"x", "text/plain")


def test_an_answer_tags_its_to() -> None:
    """With the caller's tag, or one that follows from the request; a tag that is there stays (RFC 3261 8.2.6.2)."""
    request = options()
    assert request.answer(200, to_tag="t").to.tag == "t"
    assert request.answer(200).to.tag == request.answer(486).to.tag == request.derived_tag()
    tagged = request.with_header("To", "<sip:b@h>;tag=own")
    assert tagged.answer(200, to_tag="t").to.tag == "own"


def test_a_derived_tag_belongs_to_one_request() -> None:
    """A retransmission has the same, any other request another (RFC 3261 8.2.7)."""
    request = options()
    again = parse(bytes(request))
    assert isinstance(again, Request)
    assert again.derived_tag() == request.derived_tag()
    others = [request.with_header(name, value + "0") for name, value in BASIC if name != "To"]
    assert len({other.derived_tag() for other in [request, *others]}) == 5


def test_a_derived_tag_does_not_depend_on_addresses() -> None:
    """Branch and tag of the caller identify a request; where it came from does not."""
    request = options().with_header("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKa;rport=1")
    moved = request.with_header("Via", "SIP/2.0/TCP [::1]:1 ; rport=2 ; branch = z9hG4bKa")
    assert moved.derived_tag() == request.derived_tag()
    old = options().with_header("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=1")
    assert old.derived_tag() != old.with_header("Via", "SIP/2.0/UDP 127.0.0.2:5060;branch=1").derived_tag()


def test_trying_has_no_tag_but_the_timestamp() -> None:
    """A 100 copies Timestamp and adds no tag (RFC 3261 8.2.6.1, 8.2.6.2)."""
    request = options(("Timestamp", "54"))
    assert request.answer(100).to.tag is None
    assert request.answer(100).headers.get("Timestamp") == "54"
    assert "Timestamp" not in request.answer(200).headers


def test_a_faulty_to_goes_back_untouched() -> None:
    """An answer to a To that cannot be read leaves it as it is."""
    request = options().with_header("To", '"open <sip:b@h>')
    assert request.answer(400).headers.get("To") == '"open <sip:b@h>'
    assert request.without("To").answer(400).headers.raw("To") == ()


@pytest.mark.parametrize(
    ("method", "uri"),
    [
        ("", "sip:a"),
        ("A B", "sip:a"),
        ("A\r\n", "sip:a"),
        ("A", ""),
        ("A", "a"),
        ("A", "sip:a b"),
        ("A", "sip:a\r\nVia:x"),
        ("A", "<sip:a>"),
    ],
)
def test_no_request_line_becomes_two(method: str, uri: str) -> None:
    """Methods are tokens, Request-URIs have no blanks, brackets or line breaks."""
    with pytest.raises(Misuse):
        Request.create(method, uri, [])
    if is_token(method):
        with pytest.raises(Misuse):
            options().with_uri(uri)


@pytest.mark.parametrize(("status", "reason"), [(99, None), (700, None), (200, "a\r\nb"), (200, "a\nb")])
def test_no_status_line_is_broken(status: int, reason: str | None) -> None:
    """Status codes are three digits up to 699, reasons have no line breaks."""
    with pytest.raises(Misuse):
        Response.create(status, reason)
    with pytest.raises(Misuse):
        options().answer(status, reason)


def test_no_injection_through_the_content_type() -> None:
    """What goes in as a body's type is a header value like any other."""
    with pytest.raises(Misuse):
        Request.create("OPTIONS", "sip:b@h", BASIC, b"", "text/plain\r\nVia: x")


def test_what_no_octets_can_hold_is_misuse() -> None:
    """A lone surrogate that stands for no octet cannot be sent."""
    with pytest.raises(Misuse, match="cannot hold"):
        bytes(options(("Subject", "\ud800")))


def test_a_request_is_retargeted() -> None:
    """Another Request-URI, the rest as it was (RFC 3261 16.6)."""
    request = options().with_uri("tel:+1")
    assert (request.uri, request.address.scheme, request.headers) == ("tel:+1", "tel", options().headers)


def test_messages_are_values() -> None:
    """The same bytes are the same message; a representation shows the start line and nothing that may be secret."""
    assert options() == options()
    assert hash(options()) == hash(options())
    assert options() != options(("X", "1"))
    assert options() != bytes(options())
    assert repr(options(("Authorization", "Bearer abc"))) == "<OPTIONS sip:b@h SIP/2.0>"
    assert repr(Response(200, "OK", Headers())) == "<SIP/2.0 200 OK>"


def test_a_long_gap_in_a_start_line_costs_no_time() -> None:
    """A line of spaces is no request, and is found to be none in one sweep; it took the cube of its length."""
    for line in (b"A" + b" " * 60_000, b"A " + b"SIP/1 " * 10_000 + b"x", b"A b" + b"\t" * 60_000 + b"SIP/2.0 x"):
        with pytest.raises(ParseError):
            parse(line + b"\r\n\r\n")


def test_a_request_of_another_version_is_known_by_its_line() -> None:
    """Whatever space is in between, the answer is 505 (RFC 3261 21.5.6)."""
    with pytest.raises(ParseError) as caught:
        parse(b"OPTIONS   sip:a@b  SIP/3.0 \r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n\r\n")
    assert caught.value.answer == 505


def test_a_400_says_what_is_wrong() -> None:
    """RFC 3261 21.4.1: the phrase names the fault in more detail, and none of the text, which may be a secret."""
    request = Request.create("OPTIONS", "sip:b@h", [("Via", "SIP/2.0/UDP h;branch=z9hG4bK1")])
    answer = request.refused(ParseError("Authorization", "Digest response=secret", why="names one parameter twice"))
    assert answer is not None
    assert (answer.status, answer.reason) == (400, "Authorization names one parameter twice")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ParseError("SIP version", why="is not 2.0", answer=505), "Version Not Supported"),
        (ParseError("body", why="says é"), "Bad Request"),
        (ParseError("body", why="x" * 100), "Bad Request"),
    ],
)
def test_another_fault_has_the_usual_phrase(error: ParseError, reason: str) -> None:
    """Another status says enough; a phrase is one line of plain text."""
    answer = Request.create("OPTIONS", "sip:b@h", []).refused(error)
    assert answer is not None
    assert answer.reason == reason


def test_what_is_to_be_dropped_has_no_answer() -> None:
    """The fault says so."""
    assert Request.create("ACK", "sip:b@h", []).refused(ParseError("Via", answer=None)) is None
