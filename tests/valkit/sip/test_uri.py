import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.uri import OtherUri, SipUri, TelUri, UriParams, parse_uri, unescape


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:alice@atlanta.com", SipUri("sip", "alice", "atlanta.com")),
        ("SIPS:atlanta.com", SipUri("sips", None, "atlanta.com")),
        ("sip:alice:secretword@atlanta.com:5080", SipUri("sip", "alice", "atlanta.com", 5080, password="secretword")),
        ("sip:alice:@atlanta.com", SipUri("sip", "alice", "atlanta.com", password="")),
        ("sip:[2001:db8::1]:5060", SipUri("sip", None, "[2001:db8::1]", 5060)),
        (
            "sip:+1-212;phone-context=a@gw.com;user=phone;lr",
            SipUri("sip", "+1-212;phone-context=a", "gw.com", params=UriParams((("user", "phone"), ("lr", "")))),
        ),
        (
            "sip:a@b?Subject=x%20y&empty=",
            SipUri("sip", "a", "b", headers=(("Subject", "x%20y"), ("empty", ""))),
        ),
        (
            "sip:alice@atlanta.com;gr=urn:uuid:f81d",
            SipUri("sip", "alice", "atlanta.com", params=UriParams((("gr", "urn:uuid:f81d"),))),
        ),
        ("sip:val_server", SipUri("sip", None, "val_server")),
    ],
)
def test_a_sip_uri_is_taken_apart(text: str, uri: SipUri) -> None:
    """Each part is found, as it was written."""
    assert parse_uri(text) == uri
    assert str(uri) == text.replace("SIPS", "sips")


@pytest.mark.parametrize(
    "text",
    [
        "sip:",
        "sip:@host",
        "sip:a@",
        "sip:a b@host",
        "sip:a@b@c",
        "sip:a@host:",
        "sip:a@host:65536",
        "sip:a@host;",
        "sip:a@host;;lr",
        "sip:a@host;=x",
        "sip:a@host;a=1;A=2",
        "sip:a@host?",
        "sip:a@host?x",
        "sip:a%2@host",
        "sip:a%zz@host",
        "sip:[::1",
        "sip:[::g]",
        "sip:[1:2:3]",
        "sip:2001:db8::10",
        "sip:<a@host>",
        "sip:ä@host",
        "sip:a@hö.st",
        "sip:a@host\n",
        "sip:a@b..c",
        "sip:.b",
        "sip:a@host..",
        f"sip:{'a' * 64}.example",
        "sip:a@host;maddr=b..c",
        "sip:a@host;maddr=%00",
        "sip:a@host;%6Daddr=%2E%2E",
        f"sip:a@host;maddr={'a' * 64}",
    ],
)
def test_what_is_no_sip_uri_is_refused(text: str) -> None:
    """Missing parts, forbidden characters, broken escapes, addresses, and names that no resolver takes."""
    with pytest.raises(ParseError):
        parse_uri(text)


def test_a_name_may_end_with_the_root() -> None:
    """And its labels are as long as DNS has them."""
    assert SipUri.parse(f"sip:{'a' * 63}.example.").host == f"{'a' * 63}.example."


EQUIVALENT = [
    ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
    ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
    (
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ),
    (
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;security=off"),
    ("sip:a@[2001:DB8:0::1]", "sip:a@[2001:db8::1]"),
    ("tel:+1-201-555-0123", "tel:+12015550123"),
    ("tel:+1;phone-context=EXAMPLE.com", "TEL:+1;Phone-Context=example.com"),
    ("urn:service:sos", "URN:SERVICE:sos"),
    ("http://a/b", "HTTP://a/b"),
]
DIFFERENT = [
    ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
    ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
    ("sip:a@b", "sips:a@b"),
    ("sip:a@b", "sip:b"),
    ("sip:a:x@b", "sip:a@b"),
    ("sip:a:x@b", "sip:a:X@b"),
    ("sip:a@b;user=phone", "sip:a@b"),
    ("sip:a@b;ttl=1", "sip:a@b"),
    ("sip:a@b;method=INVITE", "sip:a@b"),
    ("sip:a@b;maddr=c", "sip:a@b"),
    ("sip:a%3Bb@c", "sip:a;b@c"),
    ("tel:+1", "tel:1"),
    ("tel:+1;ext=2", "tel:+1"),
    ("tel:+1", "sip:+1@h;user=phone"),
    ("urn:service:sos", "urn:service:SOS"),
    ("urn:a:b", "sip:a@b"),
    ("sip:a@b", "urn:a:b"),
]


@pytest.mark.parametrize(("one", "other"), EQUIVALENT)
def test_equivalent_uris_match(one: str, other: str) -> None:
    """Every pair RFC 3261 19.1.4 calls equivalent matches, both ways."""
    assert parse_uri(one).matches(parse_uri(other))
    assert parse_uri(other).matches(parse_uri(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_uris_do_not_match(one: str, other: str) -> None:
    """Every pair RFC 3261 19.1.4 calls different does not match, either way."""
    assert not parse_uri(one).matches(parse_uri(other))
    assert not parse_uri(other).matches(parse_uri(one))


@pytest.mark.parametrize(
    ("text", "aor"),
    [
        ("sip:%61lice@HOME.example;transport=tcp?x=y", "sip:alice@home.example"),
        ("sips:alice:pw@home.example:5061", "sips:alice@home.example:5061"),
        ("sip:null-%00-null@example.com", "sip:null-%00-null@example.com"),
        ("sip:a%2fb%3B@h", "sip:a%2Fb%3B@h"),
        ("sip:[2001:DB8::0:1]", "sip:[2001:db8::1]"),
        ("tel:+1(201)555-0123;ext=9", "tel:+12015550123"),
        ("URN:Service:sos", "urn:service:sos"),
        ("ISBN:123", "isbn:123"),
    ],
)
def test_an_address_of_record_has_one_spelling(text: str, aor: str) -> None:
    """Parameters go, needless escapes go, and a zero byte cuts nothing off (RFC 3261 10.3, RFC 4475 3.1.1.4)."""
    assert parse_uri(text).aor() == aor
    assert parse_uri(aor).aor() == aor


@pytest.mark.parametrize(
    ("text", "hop"),
    [
        ("sip:h", Hop("udp", "h", 5060)),
        ("sip:h:5070;transport=TCP", Hop("tcp", "h", 5070)),
        ("sips:h;transport=tcp", Hop("tls", "h", 5061)),
        ("sip:a@[2001:db8::1]", Hop("udp", "2001:db8::1", 5060)),
        ("sip:h;maddr=192.0.2.1;transport=tls", Hop("tls", "192.0.2.1", 5061)),
        ("sip:h;transport=sctp", Hop("sctp", "h", 5060)),
    ],
)
def test_a_uri_says_where_to_go(text: str, hop: Hop) -> None:
    """Transport, maddr and port decide, then the defaults (RFC 3263 4)."""
    assert SipUri.parse(text).hop() == hop


def test_the_transport_may_come_from_elsewhere() -> None:
    """A URI that names no transport takes the caller's."""
    assert SipUri.parse("sip:h").hop("tls") == Hop("tls", "h", 5061)


def test_a_password_is_not_shown() -> None:
    """The representation of a URI leaves its password out."""
    assert "hidden" not in repr(SipUri.parse("sip:a:hidden@b"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        ":x",
        "1a:b",
        "a b:c",
        "urn:<x>",
        'http://"',
        "tel:",
        "tel:+1 2",
        "tel:+1;;",
        "urn:\x1b[31m",
        "x:\udcff",
    ],
)
def test_what_is_no_uri_is_refused(text: str) -> None:
    """A URI has a scheme, no spaces and no brackets; a tel URI has a number."""
    with pytest.raises(ParseError, match="URI"):
        parse_uri(text)


@pytest.mark.parametrize(("kind", "text"), [(TelUri, "sip:a@b"), (SipUri, "tel:+1"), (OtherUri, "noscheme")])
def test_a_scheme_is_read_by_its_own_class(kind: type[SipUri | TelUri | OtherUri], text: str) -> None:
    """Each class refuses what is not its own."""
    with pytest.raises(ParseError):
        kind.parse(text)


@pytest.mark.parametrize("text", ["tel:+1-201;ext=9", "isbn:2983792873", "soap.beep://192.0.2.103:3002"])
def test_other_schemes_are_written_as_read(text: str) -> None:
    """Whatever the scheme, the text comes back."""
    assert str(parse_uri(text)) == text
    assert parse_uri(text).scheme == text.partition(":")[0]


def test_unescaping_happens_once() -> None:
    """`%2541` is `%41`, not `A`; bytes that are no UTF-8 come through."""
    assert unescape("v%61l%2541") == "val%41"
    assert unescape("%FF").encode("utf-8", "surrogateescape") == b"\xff"
    assert unescape("plain") == "plain"


escaped = st.lists(
    st.one_of(st.sampled_from("abzAZ09-_.!~*'()&=+$,;?/"), st.integers(0, 255).map("%{:02x}".format)), min_size=1
).map("".join)


@given(escaped, escaped)
def test_matching_and_canonical_spelling_agree(one: str, other: str) -> None:
    """Two users match exactly if their addresses of record are the same text."""
    first, second = SipUri.parse(f"sip:{one}@h"), SipUri.parse(f"sip:{other}@h")
    assert first.matches(second) == (first.aor() == second.aor())
    assert first.matches(SipUri.parse(first.aor()))
    assert str(first) == f"sip:{one}@h"


@given(st.text(max_size=60))
def test_any_text_is_a_uri_or_a_parse_error(text: str) -> None:
    """No text makes anything else happen."""
    for prefix in ("", "sip:", "sips:a@", "tel:", "urn:"):
        try:
            uri = parse_uri(prefix + text)
        except ParseError:
            continue
        assert str(uri).lower() == (prefix + text).lower()
        assert uri.matches(uri)
