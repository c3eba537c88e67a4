import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import ParseError
from valkit.sip.grammar import Params
from valkit.sip.headers import (
    STAR,
    CSeq,
    Event,
    MediaType,
    NameAddr,
    Via,
    date_text,
    parse_date,
    parse_delta_seconds,
    parse_max_forwards,
)
from valkit.sip.uri import SipUri

tokens = st.from_regex(r"[A-Za-z0-9\-.!%*_+`'~]+", fullmatch=True)
texts = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))
params = st.lists(st.tuples(tokens, st.one_of(st.none(), texts)), unique_by=lambda pair: pair[0].lower()).map(Params.of)
uris = st.sampled_from(["sip:alice@home.example", "sips:h;lr?x=y", "tel:+1", "urn:service:sos", "http://[::1]/?a,b;c"])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("<sip:a@b>", NameAddr("", "sip:a@b")),
        ("sip:a@b;tag=1", NameAddr("", "sip:a@b", Params((("tag", "1"),)))),
        ("sip:a@b ; tag = 1", NameAddr("", "sip:a@b", Params((("tag", "1"),)))),
        ("<sip:a@b;lr>;tag=1", NameAddr("", "sip:a@b;lr", Params((("tag", "1"),)))),
        ("A. G. Bell <sip:a@b>", NameAddr("A. G. Bell", "sip:a@b")),
        ('"Bell, \\"A\\"" <sip:a@b>', NameAddr('Bell, "A"', "sip:a@b")),
        ('""<sip:a@b>', NameAddr("", "sip:a@b")),
        ("anonymous<sip:a@b>", NameAddr("anonymous", "sip:a@b")),
        ("<urn:service:sos>", NameAddr("", "urn:service:sos")),
    ],
)
def test_an_address_has_two_forms(text: str, address: NameAddr) -> None:
    """With brackets parameters behind them are the header's; without brackets all are (RFC 3261 20.10)."""
    assert NameAddr.parse(text) == address
    assert NameAddr.parse(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "<>",
        "<a@b>",
        "< sip:a@b>",
        "<sip:a@b >",
        "<sip:a b>",
        "<sip:a@b",
        "sip:a@b>",
        '"x <sip:a@b>',
        "a,b <sip:a@b>",
        "sip:a@b?x=y",
        "sip:a,b@c",
        "<sip:a@b>x",
        "<sip:a@b>;",
        "<sip:a@b>;tag=",
        "<sip:a@b> <sip:c@d>",
        "é <sip:a@b>",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Open quotes and brackets, spaces in a URI, stray characters, parameters without names."""
    with pytest.raises(ParseError):
        NameAddr.parse(text)


@given(texts, uris, params)
def test_a_built_address_is_read_back(display: str, uri: str, parameters: Params) -> None:
    """Display name, URI and parameters survive writing and reading, whatever characters they have."""
    address = NameAddr(display, uri, parameters)
    assert NameAddr.parse(str(address)) == address


def test_an_address_gives_its_parts() -> None:
    """The URI is taken apart on demand; tag and parameters are at hand."""
    address = NameAddr.parse('<sip:a@b>;tag=x;+sip.instance="<urn:uuid:1>"')
    assert address.address == SipUri("sip", "a", "b")
    assert address.tag == "x"
    assert NameAddr.parse("sip:a@b").tag is None
    assert str(address.with_param("tag", "y")) == '<sip:a@b>;tag=y;+sip.instance="<urn:uuid:1>"'
    with pytest.raises(ParseError, match="URI"):
        _ = NameAddr("", "sip:a@b@c").address


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        (";expires=0", 0),
        (";Expires=4294967295", 2**32 - 1),
        (";expires=4294967296", 3600),
        (";expires=x", 3600),
        (";expires", 3600),
        (";expires=-1", 3600),
    ],
)
def test_a_contact_asks_for_seconds(text: str, seconds: int | None) -> None:
    """A malformed expiry of a contact counts as an hour (RFC 3261 20.10)."""
    assert NameAddr.parse("<sip:a@b>" + text).expires == seconds


def test_the_star_is_a_text() -> None:
    """STAR is written as it stands in Contact."""
    assert str(STAR) == "*"


def test_a_via_is_taken_apart() -> None:
    """Transport, sent-by and parameters are found; blanks are allowed where RFC 3261 7.3.1 shows them."""
    via = Via.parse("SIP / 2.0 / tcp  Host.example : 5070 ; branch=z9hG4bK%66 ;rport;received=192.0.2.1")
    assert (via.transport, via.host, via.port, via.branch) == ("TCP", "Host.example", 5070, "z9hG4bK%66")
    assert (via.rport, via.received, via.sent_by) == ("", "192.0.2.1", "host.example:5070")
    assert str(via) == "SIP/2.0/TCP Host.example:5070;branch=z9hG4bK%66;rport;received=192.0.2.1"
    assert str(via.with_param("rport", "9")).endswith(";rport=9;received=192.0.2.1")


def test_a_plain_via_has_no_parameters() -> None:
    """What is not there is None, and sent-by is the host."""
    via = Via.parse("SIP/2.0/UDP [2001:DB8::1]")
    assert (via.port, via.branch, via.rport, via.received, via.sent_by) == (None, None, None, None, "[2001:db8::1]")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SIP/2.0 host",
        "SIP/2.0/UDP",
        "SIP/2.0/UDPhost",
        "XIP/2.0/UDP host",
        "SIP/2.0/UDP host:65536",
        "SIP/2.0/UDP host:x",
        "SIP/2.0/UDP a b",
        "SIP/2.0/UDP host;",
        "SIP/2.0/UDP [::x]",
        "SIP/2.0/UDP 2001:db8::1",
        "SIP/2.0/UDP host;branch=1;Branch=2",
    ],
)
def test_what_is_no_via_is_refused(text: str) -> None:
    """Missing parts, impossible ports and addresses, a branch that comes twice."""
    with pytest.raises(ParseError):
        Via.parse(text)


@given(st.sampled_from(["UDP", "TCP", "TLS"]), st.ip_addresses(), st.one_of(st.none(), st.integers(0, 65535)), params)
def test_a_built_via_is_read_back(transport: str, address: object, port: int | None, parameters: Params) -> None:
    """Any address and parameters survive writing and reading."""
    host = f"[{address}]" if ":" in str(address) else str(address)
    via = Via(transport, host, port, parameters)
    assert Via.parse(str(via)) == via


def test_a_cseq_is_number_and_method() -> None:
    """Leading zeros and any blanks are allowed, 32 bits are the limit (RFC 3261 20.16)."""
    assert CSeq.parse("0009 \t INVITE") == CSeq(9, "INVITE")
    assert CSeq.parse("4294967295 RE%47") == CSeq(2**32 - 1, "RE%47")
    assert str(CSeq(1, "PUBLISH")) == "1 PUBLISH"


@pytest.mark.parametrize(
    "text", ["", "1", "INVITE", "-1 INVITE", "1INVITE", "4294967296 A", "9" * 5000 + " A", "1 A B", "\u0663 A"]
)
def test_what_is_no_cseq_is_refused(text: str) -> None:
    """Missing parts, signs, other digits, numbers beyond 32 bits."""
    with pytest.raises(ParseError, match="CSeq"):
        CSeq.parse(text)


def test_a_media_type_has_parameters() -> None:
    """Names are compared in lower case, parameters keep theirs."""
    media = MediaType.parse('Multipart / Mixed ; Boundary="a b"')
    assert (media.name, media.params.get("boundary")) == ("multipart/mixed", "a b")
    assert str(media) == 'Multipart/Mixed;Boundary="a b"'


@pytest.mark.parametrize("text", ["", "text", "text/", "/plain", "text/plain;", "a b/c", "text/plain x"])
def test_what_is_no_media_type_is_refused(text: str) -> None:
    """A media type has two tokens and well-formed parameters."""
    with pytest.raises(ParseError):
        MediaType.parse(text)


def test_an_event_is_a_package() -> None:
    """The package's name, and parameters such as `id`."""
    assert Event.parse("poc-settings;id=1") == Event("poc-settings", Params((("id", "1"),)))
    assert str(Event.parse("reg")) == "reg"
    with pytest.raises(ParseError, match="Event"):
        Event.parse("a b")


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("007", 7), ("4294967295", 2**32 - 1)])
def test_seconds_are_a_number(text: str, seconds: int) -> None:
    """Delta-seconds are below 2**32."""
    assert parse_delta_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "-1", "1.5", "4294967296", "1" + "0" * 100, "x", "\u0661"])
def test_other_seconds_are_refused(text: str) -> None:
    """Signs, fractions, other digits, numbers out of range."""
    with pytest.raises(ParseError, match="delta-seconds"):
        parse_delta_seconds(text)


@pytest.mark.parametrize(("text", "hops"), [("0", 0), ("0068", 68), ("255", 255), ("000", 0)])
def test_max_forwards_counts_hops(text: str, hops: int) -> None:
    """Zero to 255 (RFC 3261 20.22)."""
    assert parse_max_forwards(text) == hops


@pytest.mark.parametrize("text", ["", "256", "-1", "1000", "9" * 30, "x"])
def test_other_hops_are_refused(text: str) -> None:
    """Signs and numbers out of range."""
    with pytest.raises(ParseError, match="Max-Forwards"):
        parse_max_forwards(text)


def test_a_date_is_in_gmt() -> None:
    """RFC 3261's own example, both ways; no other zone (20.17)."""
    assert parse_date("Sat, 13 Nov 2010 23:29:00 GMT") == 1289690940
    assert date_text(1289690940) == "Sat, 13 Nov 2010 23:29:00 GMT"
    for text in ("Fri, 01 Jan 2010 16:00:00 EST", "", "yesterday"):
        with pytest.raises(ParseError, match="Date"):
            parse_date(text)
