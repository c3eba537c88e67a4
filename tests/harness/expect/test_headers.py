import pytest

from harness.expect.headers import HeaderFields, Place
from valkit.sip.fields import Headers

FIELDS = Headers.of(
    [
        ("To", '"A; B" <sip:alice@home.example;lr>;tag=a1'),
        ("Contact", '<sip:a@10.0.0.1>;expires=60;+g.3gpp.icsi-ref="urn%3Aurn-7", <sip:b@10.0.0.2>;expires=600'),
        ("WWW-Authenticate", 'Digest realm="home, example", nonce="abc==", algorithm=AKAv1-MD5'),
        ("Authentication-Info", 'qop=auth-int, rspauth="00"'),
        ("P-Charging-Vector", 'icid-value="1;2";orig-ioi=home.example'),
        ("Via", "SIP/2.0/TCP 10.0.0.1:5060;rport;branch=z9hG4bKa%2"),
        ("Reason", 'SIP ;cause=200 ;text="Call; completed"'),
        ("Security-Server", "tls;q=0.9, digest;d-alg=MD5"),
        ("P-Access-Network-Info", "3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=1"),
        ("Refer-To", "nothing like an address>;a=b"),
        ("Warning", '399 127.0.0.31 "141 user unknown"'),
        ("X-Odd", '";;;;<'),
    ]
)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Warning", ['399 127.0.0.31 "141 user unknown"']),
        ("To;tag", ["a1"]),
        ("t;TAG", ["a1"]),
        ("To;lr", []),
        ("To.uri", ["sip:alice@home.example;lr"]),
        ("Contact.uri", ["sip:a@10.0.0.1", "sip:b@10.0.0.2"]),
        ("Contact;expires", ["60", "600"]),
        ("Contact;+g.3gpp.icsi-ref", ["urn%3Aurn-7"]),
        ("WWW-Authenticate;algorithm", ["AKAv1-MD5"]),
        ("WWW-Authenticate;nonce", ["abc=="]),
        ("Authentication-Info;rspauth", ["00"]),
        ("P-Charging-Vector;icid-value", ["1;2"]),
        ("P-Charging-Vector;orig-ioi", ["home.example"]),
        ("Via;branch", ["z9hG4bKa%2"]),
        ("Via;rport", [""]),
        ("Reason;text", ["Call; completed"]),
        ("Security-Server;d-alg", ["MD5"]),
        ("P-Access-Network-Info;utran-cell-id-3gpp", ["1"]),
        ("Refer-To.uri", []),
        ("Refer-To;a", []),
        ("X-Odd;a", []),
        ("Path", []),
    ],
)
def test_a_place_is_read_as_its_field_is_written(written: str, found: list[str]) -> None:
    """A value, a parameter without its quotes, or a URI; what cannot be read has none."""
    assert list(Place.named(written).within(FIELDS)) == found


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        ("Expires.uri", "Expires holds no address, so it has no URI (expected Expires or Expires;PARAMETER)"),
        ("Call-ID;x", "Call-ID has no such parameter (expected Call-ID alone)"),
        ("Contact;", "Contact has no such parameter (expected Contact alone)"),
        ("Contact;x", ""),
        ("f.uri", ""),
        ("no name at all;x", ""),
    ],
)
def test_what_no_message_can_have_is_told(written: str, doubt: str) -> None:
    """That nobody has it would be no news."""
    assert Place.named(written).doubt() == doubt


def test_differences_are_told_by_their_places() -> None:
    """What is wrong, what is missing, and what ought to be missing."""
    asked = HeaderFields.model_validate(
        {
            "headers": {"To;tag": "a1", "Contact;expires": 61, "Path": {"present": "yes"}},
            "without": ["Via;rport", "Route"],
        }
    )
    assert [each.told(str) for each in asked.differing_fields(FIELDS)] == [
        "Contact;expires: 60, 600",
        "no Path",
        "Via;rport: ",
    ]
    assert list(asked.wanted_fields()) == [
        "with To;tag: a1",
        "with Contact;expires: 61",
        "with Path",
        "without Via;rport",
        "without Route",
    ]
    assert list(asked.places()) == ["To;tag", "Contact;expires", "Path", "Via;rport", "Route"]
