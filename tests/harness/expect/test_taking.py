from json import dumps

import pytest
from attrs import evolve
from pydantic import ValidationError

from harness.expect.taking import Capturing, CapturingHttp, Taken, TakenOfHttp
from harness.grammar.captured import Captured
from harness.seen.claims import without_signature
from tests.harness.scenes import TOKEN, asked, challenge, request
from valkit.sip import Message, Part, build_multipart

NS = {"v": "urn:val:ns:val-info:1.0"}
INNER = request(token=TOKEN)
PARTS = [
    Part.create("application/xml", b"<broken"),
    Part.create("application/a+xml", b"<a><b>1</b><b>2</b></a>"),
    Part.create("application/b+xml", b"<a><b>3</b></a>"),
    Part.create("application/c+xml", b"<a><c/></a>", [("Content-Encoding", "gzip")]),
]
KIND, BODY = build_multipart(PARTS)
MESSAGE = request("PUBLISH", Expires="600").with_body(BODY, KIND)


def enclosing(message: Message) -> Message:
    """Put a message into another."""
    return request().with_body(bytes(message), "message/sip")


@pytest.mark.parametrize(
    ("source", "message", "found"),
    [
        ("Call-ID", MESSAGE, Captured("one")),
        ("To.uri", MESSAGE, Captured("sip:alice@home.example")),
        ("WWW-Authenticate;nonce", challenge(MESSAGE), Captured("bm9uY2U=")),
        ("Route", MESSAGE, None),
        ({"xml": "//b"}, MESSAGE, Captured("1")),
        ({"xml": "//b", "type": "application/b+xml"}, MESSAGE, Captured("3")),
        ({"xml": "//c"}, MESSAGE, None),
        ({"xml": "string(//d)"}, MESSAGE, None),
        ({"xml": "count(//d)", "type": "application/b+xml"}, MESSAGE, Captured("0")),
        ({"xml": "//b"}, request(), None),
        ({"xml": "//b"}, request().with_body(BODY[:-5], KIND), None),
        ({"xml": "//v:val-client-id", "namespaces": NS}, enclosing(INNER), Captured("phone", secret=True)),
        ({"xml": "//v:val-access-token", "namespaces": NS}, enclosing(INNER), Captured(TOKEN, secret=True)),
        ({"claim": "val_service_ids"}, enclosing(INNER), Captured("dispatch")),
        ({"claim": "azp"}, INNER, None),
        ({"claim": "sub"}, request(), None),
        ("Authorization", request().with_header("Authorization", f"Bearer {TOKEN}"), Captured(f"Bearer {TOKEN}", True)),
    ],
)
def test_a_value_is_taken_from_where_it_stands(source: object, message: Message, found: Captured | None) -> None:
    """The first of several; a secret is known to be one."""
    assert Taken.model_validate(source).of(message) == found


def test_messages_within_messages_come_to_an_end() -> None:
    """However many a peer has put into each other."""
    message: Message = INNER
    for _ in range(100):
        message = enclosing(message)
    assert Taken.model_validate({"xml": "//v:val-client-id", "namespaces": NS}).of(message) is None


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (None, "does not say what is captured"),
        ({"header": "To", "claim": "sub"}, "does not say what is captured"),
        ({"header": "To", "type": "a/b"}, "has type or namespaces for a path"),
        ({"xml": "//v:a"}, "prefix v in //v:a"),
        ({"xml": "//a["}, "is no XPath"),
        ({"xml": "//a[. = '${captured.x}']"}, "would be read as a path"),
    ],
)
def test_a_source_is_one(source: object, says: str) -> None:
    """A header field, a claim, or a path."""
    with pytest.raises(ValidationError, match=says):
        Taken.model_validate(source)


def test_what_is_lacking_is_told_and_what_is_there_is_taken() -> None:
    """Each by its name."""
    asked = Capturing.model_validate({"capture": {"id": "Call-ID", "way": "Route", "who": {"claim": "sub"}}})
    assert [each.told(str) for each in asked.lacking(INNER)] == ["no Route"]
    assert asked.taken(INNER) == {"id": Captured("one"), "who": Captured("alice")}
    assert asked.values_captured() == ("id", "way", "who")
    assert list(asked.wanted_sources())[2] == "with claim sub to capture"


def test_what_http_says_is_taken_as_far_as_it_is_shown() -> None:
    """A member, or a claim of a token; what is hidden is not there."""
    tokens = {"access_token": dumps(without_signature(TOKEN))}
    http = evolve(asked("POST", "/token", expires_in="300", code="(hidden)"), tokens=tokens)
    sources = {"lasts": "expires_in", "who": {"claim": "sub"}, "code": "code", "none": "error", "azp": {"claim": "azp"}}
    asked_for = CapturingHttp.model_validate({"capture": sources})
    assert asked_for.taken(http) == {"lasts": Captured("300"), "who": Captured("alice")}
    assert asked_for.values_captured() == tuple(sources)
    assert list(map(str, asked_for.capture.values())) == ["expires_in", "claim sub", "code", "error", "claim azp"]
    for wrong in (None, {"field": "a", "claim": "b"}):
        with pytest.raises(ValidationError, match="expected one of field and claim"):
            TakenOfHttp.model_validate(wrong)


@pytest.mark.parametrize("name", ["call-id", "", "a b", "\u00e4", "1"])
def test_a_name_is_a_word(name: str) -> None:
    """So that it can be told within a text."""
    with pytest.raises(ValidationError, match="is no name for a captured value"):
        Capturing.model_validate({"capture": {name: "Call-ID"}})
