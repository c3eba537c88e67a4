import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import Misuse, ParseError
from valkit.sip.fields import Headers
from valkit.sip.headers import MediaType
from valkit.sip.limits import Limits
from valkit.sip.multipart import TEXT, Part, build_multipart, leaves, parts

MIXED = MediaType.parse("multipart/mixed;boundary=b")
contents = st.lists(
    st.builds(
        Part.create, st.sampled_from(["text/plain", "message/sip"]), st.binary(), st.just([("Content-ID", "<x>")])
    ),
    min_size=1,
    max_size=5,
)


def bodies(found: tuple[Part, ...]) -> list[bytes]:
    """Give what is in the parts."""
    return [part.body for part in found]


@given(contents)
def test_built_parts_are_taken_apart_again(made: list[Part]) -> None:
    """Any bytes survive, headers too, and the boundary is one that occurs in no part."""
    content_type, body = build_multipart(made)
    assert list(parts(body, MediaType.parse(content_type))) == made


@given(contents, st.integers(1, 3))
def test_nested_parts_come_out_in_order(made: list[Part], depth: int) -> None:
    """Leaves are found at any depth that is allowed, in the order in which they stand."""
    content_type, body = build_multipart(made)
    for _ in range(depth):
        content_type, body = build_multipart([Part.create(content_type, body), made[0]], subtype="related")
    assert list(leaves(body, MediaType.parse(content_type))) == [*made, *[made[0]] * depth]


def test_a_chosen_boundary_is_used() -> None:
    """The caller may name one that fits."""
    content_type, body = build_multipart([Part.create("text/plain", b"x")], "a b")
    assert (content_type, body) == (
        'multipart/mixed;boundary="a b"',
        b"--a b\r\nContent-Type: text/plain\r\n\r\nx\r\n--a b--\r\n",
    )


@pytest.mark.parametrize("boundary", ["in", "x" * 71, "blank ", "a\r\nb", "é"])
def test_a_boundary_that_does_not_fit_is_misuse(boundary: str) -> None:
    """It must not occur in a part, nor be longer or other than RFC 2046 5.1.1 allows."""
    with pytest.raises(Misuse, match="cannot bound"):
        build_multipart([Part.create("text/plain", b"within")], boundary)


def test_there_is_no_multipart_of_nothing() -> None:
    """At least one part is needed (RFC 2046 5.1)."""
    with pytest.raises(Misuse):
        build_multipart([])


def test_a_derived_boundary_avoids_the_parts() -> None:
    """Even a part that holds the boundary of another multipart gets one of its own."""
    content_type, body = build_multipart([Part.create("text/plain", b"x")])
    first = MediaType.parse(content_type).params.get("boundary")
    again, _ = build_multipart([Part.create("text/plain", b"x")])
    outer, _ = build_multipart([Part.create(content_type, body)])
    assert MediaType.parse(again).params.get("boundary") == first
    assert MediaType.parse(outer).params.get("boundary") != first


def test_a_body_of_another_type_is_one_part() -> None:
    """Whoever looks for something need not care whether the body is a multipart."""
    (part,) = parts(b"\r\n--b", MediaType.parse("text/plain;charset=utf-8"))
    assert (part.body, str(part.content_type)) == (b"\r\n--b", "text/plain;charset=utf-8")
    assert list(leaves(b"x", MediaType.parse("message/sip"))) == [Part.create("message/sip", b"x")]


def test_what_stands_around_the_parts_is_ignored() -> None:
    """Preamble, padding behind a boundary, and epilogue are nothing (RFC 2046 5.1.1)."""
    first = b"preamble\r\n--b \t\r\n\r\none"
    second = b"\r\n--b\r\nContent-Type: a/b\r\n\r\n\r\ntwo\r\n"
    body = first + second + b"\r\n--b-- \r\nepilogue\r\n--b\r\nx"
    assert bodies(parts(body, MIXED)) == [b"one", b"\r\ntwo\r\n"]


def test_a_part_may_lack_headers_or_body() -> None:
    """Without headers it is text/plain; with headers alone it is empty."""
    nothing, bare, headed = parts(b"--b\r\n\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: a/b\r\n--b--", MIXED)
    assert (nothing.body, nothing.headers, nothing.content_type) == (b"", Headers(), TEXT)
    assert (bare.body, bare.content_type) == (b"x", TEXT)
    assert (headed.body, headed.content_type) == (b"", MediaType("a", "b"))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no closing boundary"),
        (b"text", "no closing boundary"),
        (b"--b\r\n\r\nx", "no closing boundary"),
        (b"--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n", "no closing boundary"),
        (b"--bb\r\n\r\nx\r\n--b--", "only begins like a boundary"),
        (b"--b\n\nx\n--b--", "only begins like a boundary"),
        (b"--b\r\nno header\r\n\r\nx\r\n--b--", "has no colon"),
    ],
)
def test_what_is_no_multipart_is_refused(body: bytes, why: str) -> None:
    """A boundary that is missing, that is half one, a part whose headers are none."""
    with pytest.raises(ParseError, match=why):
        parts(body, MIXED)


@pytest.mark.parametrize(
    "content_type", ["multipart/mixed", "multipart/mixed;boundary", 'multipart/mixed;boundary="é"']
)
def test_a_multipart_has_a_boundary(content_type: str) -> None:
    """Without a proper one there are no parts to find."""
    with pytest.raises(ParseError, match="no proper boundary"):
        parts(b"--b--", MediaType.parse(content_type))


def test_a_multipart_of_no_parts_has_none() -> None:
    """A close at once leaves nothing to look at."""
    assert parts(b"--b--", MIXED) == ()


def test_there_are_limits() -> None:
    """Parts may be so many, multiparts nested so deep, and a part's headers are bounded like a message's."""
    content_type, body = build_multipart([Part.create("text/plain", b"x")] * 3)
    media = MediaType.parse(content_type)
    assert len(parts(body, media, Limits(parts=3))) == 3
    with pytest.raises(ParseError, match="more than 2 parts"):
        parts(body, media, Limits(parts=2))
    with pytest.raises(ParseError, match="more than 0 lines"):
        parts(body, media, Limits(headers=0))
    content_type, body = build_multipart([Part.create(content_type, body)])
    assert len(list(leaves(body, MediaType.parse(content_type), Limits(depth=1)))) == 3
    with pytest.raises(ParseError, match="nested more than 0 deep"):
        list(leaves(body, MediaType.parse(content_type), Limits(depth=0)))


@given(st.binary().map(lambda body: body.replace(b"#", b"\r\n--b")) | st.text("#-\r\n: b", max_size=60).map(str.encode))
def test_any_body_is_parts_or_a_parse_error(body: bytes) -> None:
    """No bytes make anything else happen."""
    try:
        for part in leaves(body.replace(b"#", b"\r\n--b"), MIXED):
            bytes(part)
    except ParseError:
        return
