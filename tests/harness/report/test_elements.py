import pytest
from pydantic import JsonValue

from harness.report.elements import elements, steady
from harness.report.model import Sent, Token

REGISTER = """\
REGISTER sip:127.0.0.23:38029 SIP/2.0
Via: SIP/2.0/TCP 127.0.0.22:35677;branch=z9hG4bK0dd4100c;rport=35677
From: <sip:alice@home.example>;tag=3d55
Call-ID: f77e
CSeq: 2 REGISTER
Authorization: Digest username="alice@home.example", nonce="XEVt", response="(hidden)", nc=00000001
Date: Mon, 30 Nov 2026 04:15:17 GMT
Content-Length: 722
"""


def sent(text: str, *tokens: Token) -> Sent:
    """Make a message of its text."""
    return Sent(
        kind="message",
        at=0.0,
        protocol="SIP",
        transport="udp",
        source="alice",
        target="pcscf",
        name="REGISTER",
        method="REGISTER",
        text=text,
        tokens=tokens,
    )


def test_a_sip_message_is_told_without_what_varies() -> None:
    """Every header field by its name; a field that varies is still there."""
    assert elements(sent(REGISTER)) == (
        ("Request-URI", "sip:127.0.0.23"),
        ("Via", "SIP/2.0/TCP 127.0.0.22;branch=…;rport=…"),
        ("From", "<sip:alice@home.example>;tag=…"),
        ("Call-ID", "…"),
        ("CSeq", "…"),
        ("Authorization", 'Digest username="alice@home.example", nonce=…, response="(hidden)", nc=00000001'),
        ("Date", "…"),
        ("Content-Length", "…"),
    )


def test_an_empty_nonce_is_another_than_one_that_is_there() -> None:
    """What varies is masked, not whether it is there."""
    assert steady('Digest nonce=""') != steady('Digest nonce="abc"') == steady('Digest nonce="xyz"')


def test_an_xml_body_is_told_by_its_elements_and_attributes() -> None:
    """Those of one line too; the names of tokens vary."""
    body = '<?xml version="1.0"?>\n<info xmlns="urn:x"><token type="Normal">(token sub=alice jti=a.b)</token></info>'
    assert elements(sent(f"PUBLISH sip:a SIP/2.0\nEvent: x\n\n{body}"))[2:] == (
        ("body <info>", ""),
        ("body <info> xmlns", "urn:x"),
        ("body <token>", "(token sub=alice)"),
        ("body <token> type", "Normal"),
    )


def test_an_enclosed_message_is_told_by_its_own_fields() -> None:
    """And so are parts; their boundaries vary."""
    body = "--x1\nContent-Type: message/sip\n\nREGISTER sip:h SIP/2.0\nExpires: 60\n--x1--"
    assert elements(sent(f"REGISTER sip:v SIP/2.0\nExpires: 70\n\n{body}"))[1:] == (
        ("Expires", "70"),
        ("body Content-Type", "message/sip"),
        ("body", "REGISTER sip:h SIP/2.0"),
        ("body Expires", "60"),
    )


def test_http_is_told_by_the_members_of_what_it_says() -> None:
    """Of a query, a form, a JSON body with a hidden member in it; of JSON that is none, as it stands."""
    asked = "GET /authorize?scope=openid+a&code_challenge=pouRq&state=x HTTP/1.1\nHost: 127.0.0.2:46303\n\n"
    assert elements(sent(asked)) == (
        ("query scope", "openid a"),
        ("query code_challenge", "…"),
        ("query state", "…"),
        ("Host", "127.0.0.2"),
    )
    posted = "POST /token HTTP/1.1\n\ngrant_type=code&code=(hidden)"
    assert elements(sent(posted)) == (("body grant_type", "code"), ("body code", "(hidden)"))
    said = '{"access_token": (hidden), "expires_in": "300", "keys": [{"kty": "EC"}, {"kty": "RSA"}]}'
    assert elements(sent(f"HTTP/1.1 200 OK\n\n{said}")) == (
        ("body access_token", "(hidden)"),
        ("body expires_in", "300"),
        ("body keys.kty", "EC"),
        ("body keys.kty", "RSA"),
    )
    assert elements(sent("HTTP/1.1 200 OK\n\n{none")) == (("body", "{none"),)


def test_a_token_is_told_by_its_claims_and_how_long_it_lasts() -> None:
    """When it was issued varies."""
    claims: dict[str, JsonValue] = {"sub": "alice", "jti": "a", "iat": 1_800_000_000, "exp": 1_800_000_300}
    told = elements(sent("", Token(where="val-info", header={"alg": "ES256"}, claims=claims)))
    assert dict(told) == {
        "token in val-info, alg": '"ES256"',
        "token in val-info, sub": '"alice"',
        "token in val-info, jti": "…",
        "token in val-info, iat": "…",
        "token in val-info, exp": "…",
        "token in val-info, seconds from iat to exp": "300",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("urn:uuid:9bcaa3e1-5f1e-578b-bb6e-192fe9fd92ed", "urn:uuid:00000000-5f1e-578b-bb6e-192fe9fd92ed"),
        ("/migrations/c3324c21230042b6-migration", "/migrations/5324a9e0f3a16900-migration"),
        ("at 2026-11-30T04:15:17Z", "at 2027-01-02T04:15:17.5+01:00"),
        ("asked_at 1796012186654", "asked_at 1796012681329"),
        ("[::1]:5060", "[::1]:5070"),
        ("key LzJ2bW9yZS1vZi1pdA", "key QWJjZGVmZ2hpamtsbW4"),
    ],
)
def test_what_differs_by_nature_is_the_same(one: str, other: str) -> None:
    """Names by chance, ports, times."""
    assert one != other
    assert steady(one) == steady(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("expires=600000", "expires=600001"),
        ("sip:alice@home.example", "sip:bob@home.example"),
        ("application/vnd.val.val-info+xml", "application/vnd.3gpp.mcptt-info+xml"),
        ("3gpp:acr:password", "3gpp:acr:one-time"),
        ("127.0.0.21:5060", "127.0.0.22:5060"),
    ],
)
def test_what_matters_stays_different(one: str, other: str) -> None:
    """Identities, durations, types, hosts."""
    assert steady(one) != steady(other)
