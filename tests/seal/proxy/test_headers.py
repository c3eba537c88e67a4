"""Headers that go further, and those that do not; whatever a client writes into them."""

from hypothesis import given
from hypothesis import strategies as st

from seal.proxy.headers import ASSERTED, HOP_BY_HOP, Hop, Pairs, back, been_here, end_to_end, onward, values

token = st.from_regex(rb"[a-z0-9_\-]{1,20}", fullmatch=True)
known = st.sampled_from([*HOP_BY_HOP, b"via", b"forwarded", b"host", ASSERTED, b"authorization", b"content-length"])
headers = st.lists(st.tuples(token | known, st.binary(max_size=20) | token), max_size=12).map(tuple)
HOP = Hop("192.0.2.1", "proxy.home.example")


def test_what_connection_names_ends_here() -> None:
    """RFC 9110 7.6.1: the named headers, and those that are always of one hop."""
    given_headers: Pairs = (
        (b"connection", b"close, X-One"),
        (b"x-one", b"1"),
        (b"connection", b"x-two"),
        (b"x-two", b"2"),
        (b"te", b"trailers"),
        (b"upgrade", b"h2c"),
        (b"accept", b"a"),
        (b"accept", b"b"),
    )
    assert end_to_end(given_headers) == ((b"accept", b"a"), (b"accept", b"b"))


def test_an_ipv6_client_stands_in_brackets() -> None:
    """RFC 7239 6."""
    sent = onward((), "a.example", Hop("2001:db8::1", "p"))
    assert values(sent, b"forwarded") == [b'for="[2001:db8::1]";host="a.example";proto=https;by="p"']


@given(headers)
def test_the_server_hears_of_the_way_from_the_proxy_alone(given_headers: Pairs) -> None:
    """One Host, one Forwarded, no assertion of the client's, and nothing of this hop, whatever the client wrote."""
    sent = onward(given_headers, "a.example", HOP)
    assert values(sent, b"host") == [b"a.example"]
    assert len(values(sent, b"forwarded")) == 1
    assert values(sent, ASSERTED) == []
    assert values(sent, b"via")[-1] == b"1.1 proxy.home.example"
    assert not {name for name, _ in sent} & {*HOP_BY_HOP, b"content-length", b"expect"}
    assert onward(given_headers, "a.example", HOP, "dispatch")[-1] == (ASSERTED, b'"dispatch"')


@given(headers)
def test_an_answer_keeps_what_is_the_clients(given_headers: Pairs) -> None:
    """In order, and with this hop in Via."""
    got = back(given_headers, "proxy.home.example")
    kept = [pair for pair in end_to_end(given_headers) if pair[0] != b"content-length"]
    assert got == (*kept, (b"via", b"1.1 proxy.home.example"))


@given(headers)
def test_a_loop_is_seen_at_its_second_round(given_headers: Pairs) -> None:
    """Whatever other hops are named."""
    once = tuple((name, value) for name, value in given_headers if name != b"connection" and b"via" not in value)
    assert been_here(onward(once, "a", HOP), "Proxy.Home.Example")
    assert not been_here(((b"via", b"1.1 other, HTTP/1.1 notproxy.home.example"), (b"via", b"")), HOP.own)
