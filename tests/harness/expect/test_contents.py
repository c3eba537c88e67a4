import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.expect.contents import Contents, in_words
from harness.expect.taking import Taken
from tests.harness.scenes import TOKEN, request
from valkit.carriers import val_info
from valkit.redaction import rendered
from valkit.sip import Part, Request, build_multipart

NS = {"v": "urn:val:ns:val-info:1.0"}
INFO = val_info(TOKEN, "phone")
INNER = request(token=TOKEN, Expires="600")
PARTS = (
    Part.create("text/plain", b"hello\r\nthere\r\n", [("Content-ID", "<one>")]),
    Part.create(*INFO, [("Content-Disposition", "render;handling=optional")]),
    Part.create("message/sip", bytes(INNER)),
    Part.create("application/xml", b"<a><b>1</b>"),
    Part.create("text/plain", b"aGVsbG8=", [("Content-Transfer-Encoding", "base64")]),
)
KIND, BODY = build_multipart(PARTS)
MESSAGE = request("PUBLISH").with_body(BODY, KIND)


def differences(*parts: object, message: Request = MESSAGE) -> str:
    """Tell what is not as it is asked for."""
    return in_words(Contents.model_validate({"parts": parts}).differing_contents(message), rendered(message))


@pytest.mark.parametrize(
    "part",
    [
        "text/plain",
        {"type": "text/plain", "count": 2},
        {"type": "application/pidf+xml", "count": 0},
        {"count": 5},
        {"text": "hello\nthere", "headers": {"Content-ID": "<one>"}},
        {"headers": {"Content-Disposition;handling": "optional"}, "without": ["Content-ID"]},
        {"xml": {"//v:val-client-id": "phone", "count(//v:*)": 3}, "namespaces": NS},
        {"xml": {"//v:val-client-id": {"matches": "ph.*"}, "//v:none": {"present": "no"}}, "namespaces": NS},
        {
            "message": {
                "headers": {"Expires": 600},
                "parts": [{"xml": {"//v:val-client-id": "phone"}, "namespaces": NS}],
            }
        },
        {"type": "message/sip", "message": {"without": ["Route"]}, "count": 1},
    ],
)
def test_a_part_that_is_there_is_found(part: object) -> None:
    """By its type, its header fields, its text, what its XML says, or as a message of its own."""
    assert differences(part) == ""


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("text/html", "no part text/html (but text/plain, application/vnd.val.val-info+xml, message/sip, "),
        ({"type": "text/plain", "count": 1}, "2 of a part text/plain"),
        ({"type": "message/sip", "headers": {"Content-ID": "<a>"}}, "message/sip: no Content-ID"),
        ({"type": "message/sip", "message": {"headers": {"Expires": 60}}}, "message/sip: Expires: 600"),
        ({"type": "application/xml", "xml": {"//b": "1"}}, "application/xml: The XML is not well-formed."),
        (
            {"type": "application/vnd.val.val-info+xml", "message": {}},
            "application/vnd.val.val-info+xml: no message in it: message has no empty line",
        ),
        (
            {"type": "application/vnd.val.val-info+xml", "xml": {"//v:val-client": "a"}, "namespaces": NS},
            "application/vnd.val.val-info+xml: no //v:val-client",
        ),
        (
            {"type": "text/plain", "text": "hello", "headers": {"Content-ID": "<two>"}},
            "text/plain: Content-ID: <one>, text/plain: text: hello there",
        ),
        ({"text": "hello", "headers": {"Content-ID": "<one>"}}, "text/plain: text: hello there"),
        (
            {"headers": {"Content-Transfer-Encoding": "base64"}, "text": "hello"},
            "text/plain: content that is encoded, so that nobody reads it",
        ),
    ],
)
def test_what_the_nearest_part_has_otherwise_is_told(part: object, said: str) -> None:
    """Or which parts there are, or how many that fit."""
    assert differences(part).startswith(said)


def test_a_token_in_a_part_is_not_told() -> None:
    """What a report hides in the message is hidden here."""
    told = differences({"xml": {"//v:val-access-token": "x"}, "namespaces": NS, "type": INFO[0]})
    assert told == "application/vnd.val.val-info+xml: //v:val-access-token: (hidden)"


def test_a_body_that_is_no_multipart_is_one_part() -> None:
    """And where there is no body, there is none."""
    assert differences({"type": INFO[0], "count": 1}, message=request(token=TOKEN)) == ""
    assert differences("text/plain", message=request()) == "no part text/plain (but no body)"
    assert differences({}, message=request()) == "no part at all (but no body)"
    assert differences({"count": 0}, message=request()) == ""


def test_a_body_that_cannot_be_taken_apart_is_told() -> None:
    """Whoever sent it."""
    broken = request("PUBLISH").with_body(BODY[:-10], KIND)
    assert differences("text/plain", message=broken) == (
        "a body that cannot be read: multipart has no closing boundary"
    )
    assert differences("text/plain", message=request().with_body(b"x", "odd")).startswith("a body that cannot be read")
    odd = build_multipart([Part.create("odd", b"x")])
    assert differences("text/plain", message=request().with_body(odd[1], odd[0])).startswith("a body that cannot be")


def test_a_prefix_without_namespace_is_refused_when_it_is_read() -> None:
    """With what would make it known."""
    with pytest.raises(ValidationError, match=r"has the prefix m in //m:a, .*expected `namespaces: \{m: ...\}`"):
        Contents.model_validate({"parts": [{"xml": {"//m:a": "x"}}]})
    with pytest.raises(ValidationError, match=r"did you mean mm\?"):
        Contents.model_validate({"parts": [{"xml": {"//m:a": "x"}, "namespaces": {"mm": "urn:x"}}]})


def test_a_media_type_is_one_in_any_case() -> None:
    """And has no parameters here, which stand in the header field."""
    assert Contents.model_validate({"parts": ["Message/SIP"]}).parts[0].type == "message/sip"
    with pytest.raises(ValidationError, match=r"is no media type \(expected one without parameters"):
        Contents.model_validate({"parts": ["text/plain;charset=utf-8"]})


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"xml": {"boolean(//a)": {"present": "yes"}}}, r"always true or false \(expected `boolean\(//a\): true`"),
        ({"xml": {"count(//m:a)": {"present": "no"}}, "namespaces": {"m": "urn:x"}}, r"always a number .*: 1`"),
        ({"xml": {"count(//a) = 2": {"present": "yes"}}}, "always true or false"),
        ({"xml": {"string(//a)": {"present": "yes"}}}, "always a text"),
        ({"xml": {"boolean(//a)": "yes"}}, "another value of .* than true or false"),
        ({"text": {"present": "yes"}}, "there always is"),
    ],
)
def test_what_is_always_there_is_not_asked_for(part: dict[str, object], why: str) -> None:
    """An expression that comes to a value has one in every document; what to write is told."""
    with pytest.raises(ValidationError, match=why):
        Contents.model_validate({"parts": [part]})
    Contents.model_validate({"parts": [{"xml": {"boolean(//a)": True, "count(//a)": 1, "//a": {"present": "yes"}}}]})


def test_it_is_said_in_words() -> None:
    """For what was wanted, in a failure."""
    part = {
        "type": "a/b",
        "text": "x",
        "xml": {"//c": {"present": "no"}},
        "message": {"headers": {"Expires": 6}},
        "count": 2,
    }
    asked = Contents.model_validate({"headers": {"To.uri": "sip:a@b"}, "parts": [part]})
    assert " ".join(asked.wanted_contents()) == (
        "with To.uri: sip:a@b with 2 of a part a/b with text: x without //c that is a message with Expires: 6"
    )


BOUNDARY = "--" + KIND.split('"')[1]
PIECES = st.sampled_from([BOUNDARY, "--", "\r\n", "\r\n\r\n", "Content-Type: message/sip", "<a>", "</a>", ";a=b"])
KINDS = st.sampled_from([KIND, "message/sip", "a/xml", "multipart/x", "?"])


@given(st.lists(PIECES | st.text(max_size=20), max_size=30), KINDS)
def test_whatever_a_peer_sends_is_told_in_words(pieces: list[str], kind: str) -> None:
    """No body and no header field is anything but right or different."""
    text = "".join(pieces)
    line = text.replace("\r", " ").replace("\n", " ")
    message = request("PUBLISH").with_body(text.encode("utf-8", "surrogatepass"), kind)
    message = message.with_header("Contact", line).with_header("WWW-Authenticate", line).with_header("X-Own", line)
    part = {"xml": {"//a": "b"}, "text": "c", "message": {"headers": {"To.uri": "d"}, "parts": ["e/f"]}}
    headers = {"Contact.uri": "x", "Contact;q": "x", "WWW-Authenticate;nonce": "x", "X-Own;a": {"matches": "x+"}}
    asked = Contents.model_validate({"headers": headers, "parts": [part]})
    assert in_words(asked.differing_contents(message), rendered(message))
    Taken.model_validate({"xml": "//a"}).of(message)
