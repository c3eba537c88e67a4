import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import Misuse, ParseError
from valkit.sip.fields import Headers, header_line
from valkit.sip.limits import Limits
from valkit.sip.names import LISTS, key_of

names = st.one_of(
    st.sampled_from(["Via", "v", "TO", "Subject", "s", "X-Own", "Contact", "Authorization"]),
    st.from_regex(r"[A-Za-z0-9\-.!%*_+`'~]{1,12}", fullmatch=True),
)
values = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])).map(
    lambda text: text.strip(" \t")
)

TEXT = """\
Via: SIP/2.0/UDP a, SIP/2.0/UDP b
v : SIP/2.0/UDP c
Subject:  one
\ttwo \x20
Supported:
WWW-Authenticate: Digest realm="x", nonce="y"
www-authenticate: Digest realm=z
X-List: a, b""".replace("\n", "\r\n")
HEADERS = Headers.parse(TEXT)


def test_values_are_found_by_any_name() -> None:
    """Case and compact forms lead to the same values, in their order over all lines."""
    for name in ("Via", "via", "V", "v"):
        assert HEADERS.all(name) == ("SIP/2.0/UDP a", "SIP/2.0/UDP b", "SIP/2.0/UDP c")
        assert HEADERS.get(name) == "SIP/2.0/UDP a"
        assert name in HEADERS
    assert HEADERS.raw("vIA") == ("Via: SIP/2.0/UDP a, SIP/2.0/UDP b", "v : SIP/2.0/UDP c")


def test_only_lists_are_split() -> None:
    """Challenges and headers nobody knows keep their commas (RFC 3261 7.3.1)."""
    assert HEADERS.all("WWW-Authenticate") == ('Digest realm="x", nonce="y"', "Digest realm=z")
    assert HEADERS.all("X-List") == ("a, b",)


def test_a_fold_is_one_space() -> None:
    """A folded value is read as one line and kept as it is."""
    assert HEADERS.get("s") == "one two"
    assert HEADERS.raw("s") == ("Subject:  one\r\n\ttwo  ",)


def test_empty_is_not_missing() -> None:
    """An empty list has no values, yet the header is there."""
    assert (HEADERS.get("Supported"), HEADERS.all("Supported"), "k" in HEADERS) == ("", (), True)
    assert (HEADERS.get("Require"), HEADERS.all("Require"), "Require" in HEADERS) == (None, (), False)


def test_lines_are_kept() -> None:
    """Names, whole values and lines come in the order and spelling of the message."""
    assert "\r\n".join(HEADERS.lines) == TEXT
    assert len(HEADERS) == 7
    assert HEADERS.names() == ("Via", "v", "Subject", "Supported", "WWW-Authenticate", "www-authenticate", "X-List")
    assert list(HEADERS.items())[:3] == [
        ("Via", "SIP/2.0/UDP a, SIP/2.0/UDP b"),
        ("v", "SIP/2.0/UDP c"),
        ("Subject", "one two"),
    ]


def test_headers_are_values() -> None:
    """The same lines are the same headers; a representation shows names, never what may be secret."""
    assert Headers.parse(TEXT) == Headers(tuple(HEADERS.lines))
    assert hash(Headers.parse(TEXT)) == hash(HEADERS)
    assert Headers.parse("Via: x") != HEADERS
    assert HEADERS.lines != HEADERS
    assert repr(Headers.parse("Authorization: Bearer abc")) == "<Headers Authorization>"


def test_nothing_is_no_header() -> None:
    """A message may end behind its start line, as far as this goes."""
    assert len(Headers.parse("")) == 0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Via", "header line"),
        ("X-Own", "header line"),
        (": x", "header name"),
        ("a b: x", "header name"),
        ("é: x", "header name"),
        (" folded: x", "header name"),
        ("a: b\r\n\r\nc: d", "header line"),
        ("a: b\nVia: c", "headers"),
        ("a: b\rVia: c", "headers"),
        ("a: b\n", "headers"),
        ("a: b\r\nc", "header line"),
        ("a: b\r\n c\r\nd", "header line"),
    ],
)
def test_what_is_no_header_is_refused(text: str, what: str) -> None:
    """Lines without colon, names that are no tokens, line breaks that are half ones."""
    with pytest.raises(ParseError) as caught:
        Headers.parse(text)
    assert caught.value.what == what


def test_there_are_limits() -> None:
    """Lines may be so many and so long, the folds of one counted in."""
    limits = Limits(headers=3, line=10)
    assert len(Headers.parse("a: 1234567\r\nb: 2\r\nc: 3", limits)) == 3
    for text in ("a: 12345678", "b: 1\r\na: 12345678", "a: 123\r\n 4567"):
        with pytest.raises(ParseError, match="line of more than 10 characters"):
            Headers.parse(text, limits)
    for text in ("a:1\r\nb:2\r\nc:3\r\nd:4", "a:\r\n 1\r\n 2\r\n 3"):
        with pytest.raises(ParseError, match="more than 3 lines"):
            Headers.parse(text, limits)


def test_a_name_with_very_many_lines_is_indexed_in_one_pass() -> None:
    """As a hostile message of the largest size has them, of which an answer is made."""
    lines = Headers.salvage("\r\n".join(["Via: a"] * 200_000))
    assert len(lines.raw("Via")) == 200_000


def test_what_can_be_read_is_salvaged() -> None:
    """Of a faulty message those lines remain that are headers, folds and all."""
    text = "Via: a\r\nnonsense\r\nTo: b\r\n c\r\n: x\r\né: y"
    assert list(Headers.salvage(text).lines) == ["Via: a", "To: b\r\n c"]


@pytest.mark.parametrize("value", ["a\r\nVia: b", "a\nb", "a\rb", "\n"])
def test_no_value_becomes_two_lines(value: str) -> None:
    """Line breaks in a value are refused however a header gets in (header injection)."""
    with pytest.raises(Misuse, match="line breaks"):
        Headers.of([("X-Own", value)])
    with pytest.raises(Misuse, match="line breaks"):
        HEADERS.with_values("X-Own", [value])
    with pytest.raises(Misuse, match="line breaks"):
        HEADERS.adding("X-Own", value)
    with pytest.raises(Misuse, match="line breaks"):
        HEADERS.with_first("Via", value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "é", "Via "])
def test_no_name_becomes_another(name: str) -> None:
    """A name we write is a token."""
    with pytest.raises(Misuse):
        header_line(name, "x")


def test_a_name_we_ask_for_is_a_token() -> None:
    """Asking for what can be no header is our own mistake, not the peer's."""
    with pytest.raises(Misuse):
        HEADERS.get("no header")


def test_all_values_are_replaced_in_place() -> None:
    """New lines stand where the first old one stood; none of the old remains under any spelling."""
    headers = Headers.parse("a: 1\r\nVia: x\r\nb: 2\r\nv: y\r\nc: 3")
    assert list(headers.with_values("VIA", ["p", "q"]).lines) == ["a: 1", "VIA: p", "VIA: q", "b: 2", "c: 3"]
    assert list(headers.without("via").lines) == ["a: 1", "b: 2", "c: 3"]
    assert headers.with_values("d", ["4"]).lines[-1] == "d: 4"
    assert headers.without("none") == headers
    assert len(headers) == 5


def test_a_line_is_added_below_or_above() -> None:
    """At the end of all, or above the others of its name; at the top if it is the only one."""
    headers = Headers.parse("a: 1\r\nVia: x\r\nv: y")
    assert list(headers.adding("Via", "z").lines) == ["a: 1", "Via: x", "v: y", "Via: z"]
    assert list(headers.adding("Via", "z", first=True).lines) == ["a: 1", "Via: z", "Via: x", "v: y"]
    assert headers.adding("Route", "z", first=True).lines[0] == "Route: z"


def test_the_first_value_of_a_list_is_replaced_alone() -> None:
    """Others in the same line stay, in a line of their own (a proxy marks or removes the top Via)."""
    assert HEADERS.with_first("Via", "new").all("via") == ("new", "SIP/2.0/UDP b", "SIP/2.0/UDP c")
    assert HEADERS.without_first("Via").all("via") == ("SIP/2.0/UDP b", "SIP/2.0/UDP c")
    assert "subject" not in HEADERS.without_first("Subject")
    with pytest.raises(Misuse, match="no Route header"):
        HEADERS.without_first("Route")


@given(st.lists(st.tuples(names, values), max_size=12))
def test_built_headers_are_read_back(fields: list[tuple[str, str]]) -> None:
    """Names and values survive being written and read, each found under its name."""
    headers = Headers.parse("\r\n".join(Headers.of(fields).lines))
    assert list(headers.items()) == fields
    for name, _ in fields:
        if key_of(name) not in LISTS:
            assert headers.all(name) == tuple(value for other, value in fields if key_of(other) == key_of(name))


@given(st.text())
def test_any_text_is_headers_or_a_parse_error(text: str) -> None:
    """No text makes anything else happen, and lines are never lost."""
    try:
        headers = Headers.parse(text)
    except ParseError:
        return
    assert "\r\n".join(headers.lines) == text
    for name in headers.names():
        assert name in headers
        headers.all(name)
