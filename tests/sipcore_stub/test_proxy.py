import pytest

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.proxy import (
    check,
    host_before_pcscf,
    leads_to,
    next_hop,
    onward,
    refuse_strangers,
    refuse_unknown,
    uri_of,
)
from tests.sipcore_stub.parts import PCSCF, Phone, publish
from valkit.sip.hop import Hop
from valkit.sip.uri import SipUri

OWN = (PCSCF,)


@pytest.mark.parametrize(
    ("hop", "uri"),
    [
        (Hop("udp", "127.0.0.21", 5060), "sip:term@127.0.0.21:5060;lr"),
        (Hop("tcp", "127.0.0.21", 5062), "sip:term@127.0.0.21:5062;transport=tcp;lr"),
        (Hop("udp", "::1", 5060), "sip:term@[::1]:5060;lr"),
    ],
)
def test_a_uri_leads_to_the_hop_it_was_made_of(hop: Hop, uri: str) -> None:
    """What an element names itself by brings requests back to it."""
    assert uri_of(hop, "term", "lr") == uri
    assert SipUri.parse(uri).hop() == hop


@pytest.mark.parametrize(
    ("uri", "own"),
    [
        ("sip:127.0.0.21:5060;lr", True),
        ("sip:anyone@127.0.0.21", True),
        ("sip:127.0.0.21:5060;transport=tcp", True),
        ("sip:127.0.0.21:5061", False),
        ("sip:127.0.0.22", False),
        ("tel:+1", False),
        ("sip:", False),
    ],
)
def test_own_addresses_are_known_again(uri: str, own: bool) -> None:
    """Over any transport and with any user; what cannot be read is nobody's."""
    assert leads_to(uri, OWN) is own


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"Max_Forwards": "0"}, Cause.TOO_MANY_HOPS),
        ({"Via": "SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/TCP 127.0.0.21:5060;branch=z9hG4bK2"}, Cause.LOOP),
        ({"Proxy_Require": "sec-agree"}, Cause.UNKNOWN_EXTENSION),
    ],
)
def test_what_is_not_passed_on(changes: dict[str, str], cause: Cause) -> None:
    """Max-Forwards used up, our own Via below, an option we do not know (RFC 3261 16.3)."""
    with pytest.raises(Refused) as refused:
        check(publish(**changes), OWN)
    assert refused.value.cause is cause


@pytest.mark.parametrize("forwards", ["1", "70", None])
def test_what_is_passed_on(forwards: str | None) -> None:
    """One hop is enough to come here; a missing Max-Forwards is none at fault."""
    check(publish(Max_Forwards=forwards), OWN)


def test_unknown_options_are_named_all() -> None:
    """Unsupported lists what is not known, and nothing else."""
    with pytest.raises(Refused) as refused:
        refuse_unknown(("path", "a", "b"), frozenset({"path"}))
    assert refused.value.headers == (("Unsupported", "a, b"),)


@pytest.mark.parametrize(("before", "after"), [("70", 69), ("1", 0), (None, 70)])
def test_max_forwards_counts_down(before: str | None, after: int) -> None:
    """A request without it gets 70 (RFC 3261 16.6 step 3)."""
    assert onward(publish(Max_Forwards=before), OWN).max_forwards == after


@pytest.mark.parametrize(
    ("route", "left"),
    [
        ("<sip:127.0.0.21;lr>, <sip:127.0.0.23;lr>", ("<sip:127.0.0.23;lr>",)),
        ("<sip:127.0.0.23;lr>", ("<sip:127.0.0.23;lr>",)),
        ("<sip:127.0.0.21;lr>", ()),
        (None, ()),
    ],
)
def test_the_route_that_led_here_is_taken_off(route: str | None, left: tuple[str, ...]) -> None:
    """Only the first, and only if it is ours (RFC 3261 16.4)."""
    assert onward(publish(Route=route), OWN).headers.all("Route") == left


def test_the_next_hop_is_the_route_or_the_request_uri() -> None:
    """Route first (RFC 3261 16.6 step 7); transport and port as the URI says."""
    assert next_hop(publish(Route="<sip:127.0.0.23:5070;transport=tcp;lr>")) == Hop("tcp", "127.0.0.23", 5070)
    assert next_hop(publish()) == Hop("udp", "home.example", 5060)


def test_a_telephone_number_is_no_hop() -> None:
    """Nobody here translates numbers."""
    with pytest.raises(Refused) as refused:
        next_hop(publish().with_uri("tel:+1"))
    assert refused.value.cause is Cause.NO_ROUTE


def test_only_trusted_hosts_are_believed() -> None:
    """The host decides, whatever port and transport a request comes by."""
    trusted = frozenset({PCSCF.host})
    refuse_strangers(Hop("tcp", PCSCF.host, 49152), trusted)
    with pytest.raises(Refused) as refused:
        refuse_strangers(Hop("udp", "127.0.0.66", 5060), trusted)
    assert refused.value.cause is Cause.NOT_TRUSTED


PATH = "<sip:term@127.0.0.21:5060;lr>"
CORE = "SIP/2.0/UDP 127.0.0.22:5060;branch=z9hG4bKi, SIP/2.0/UDP 127.0.0.21:5060;branch=z9hG4bKp"


@pytest.mark.parametrize(
    ("below", "path", "host"),
    [
        ("SIP/2.0/UDP 10.0.0.1;received=192.0.2.1;branch=z9hG4bKu", PATH, "192.0.2.1"),
        ("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKu, SIP/2.0/UDP 192.0.2.66;branch=z9hG4bKv", PATH, "192.0.2.1"),
        ("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKu", None, ""),
        ("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKu", "<sip:term@192.0.2.99;lr>", ""),
        ("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKu", "<tel:+1>", ""),
    ],
)
def test_the_via_beneath_the_pcscfs_says_where_it_had_a_register_from(below: str, path: str | None, host: str) -> None:
    """It marked that one itself; what stands further down anybody may have written."""
    assert host_before_pcscf(Phone().register(Via=f"{CORE}, {below}", Path=path)) == host
