"""Each fault is made for real: a token that was signed, and then one thing otherwise."""

from base64 import b64encode

import pytest
from attrs import evolve

from harness.diagnosis import Finding, findings_in
from harness.diagnosis.facts import Asked, TokenSeen
from harness.diagnosis.tokens import is_well_formed
from tests.valkit.tokens.support import EC, GRANT, KEYS, NOW, POLICY, RSA, STRANGER, claims, header, segment, token
from valkit.tokens import KeySet, SigningKey, jwks, mint
from valkit.tokens.minting import sealed

ASKED = Asked(POLICY, KEYS)
HONEST = mint(EC, GRANT)


def found(text: str, asked: Asked = ASKED, at: float = NOW) -> Finding:
    """Give the one thing that is wrong with a token; and see to it that the token is not repeated."""
    (finding,) = findings_in([TokenSeen("frame 5", text, at, (asked,), "val-info")])
    assert text[:20] not in finding.sentence + finding.advice or len(text) < 20
    assert finding.evidence == ("frame 5",)
    return finding


@pytest.mark.parametrize("key", [EC, RSA], ids=["ES256", "RS256"])
@pytest.mark.parametrize("asked", [(ASKED,), (Asked(POLICY),), ()], ids=["judged", "without keys", "by nobody"])
def test_an_honest_token_has_no_finding(key: SigningKey, asked: tuple[Asked, ...]) -> None:
    """However much is known of who judges."""
    assert findings_in([TokenSeen("frame 5", mint(key, GRANT), NOW, asked)]) == ()


def test_of_several_issuers_the_one_it_names_judges() -> None:
    """The others are not asked."""
    other = Asked(evolve(POLICY, issuer="https://other.example"), KeySet.from_jwks(jwks(STRANGER)))
    assert findings_in([TokenSeen("frame 5", HONEST, NOW, (other, ASKED))]) == ()


@pytest.mark.parametrize("space", ["\n", "\r\n      ", " "])
def test_white_space(space: str) -> None:
    """A line was wrapped."""
    finding = found(HONEST[:80] + space + HONEST[80:])
    assert finding.name == "token-whitespace"
    assert "it is in 2 pieces" in finding.sentence


@pytest.mark.parametrize(("parts", "kind"), [(5, "as an encrypted one has (JWE)"), (4, "which is no form of a JWT")])
def test_a_token_of_more_parts_than_a_signed_one(parts: int, kind: str) -> None:
    """Though nobody is known who judges it."""
    (finding,) = findings_in([TokenSeen("frame 5", ".".join(["eyJhbGciOiJkaXIifQ"] * parts), NOW)])
    assert finding.name == "token-form"
    assert finding.sentence == f"The token has {parts} parts, {kind}; a signed one has 3."


def test_padding_and_the_usual_alphabet() -> None:
    """Base64 that is not for URLs."""
    head = b64encode(b'{"alg":"ES256","kid":"1"}').decode()
    assert found(f"{head}=.{HONEST.partition('.')[2]}").name == "token-padding"
    assert "+ or /" in found(HONEST[:-4] + "a+b/").sentence


@pytest.mark.parametrize("size", [40, len(HONEST) // 2, len(HONEST) - 1, len(HONEST) - 20])
def test_a_token_that_was_cut_off(size: int) -> None:
    """Within its payload, or within its signature."""
    finding = found(HONEST[:size])
    assert finding.name == "token-truncated"
    assert finding.sentence.startswith(f"The token is cut off after {size} characters")


def test_what_is_no_token() -> None:
    """Four parts, no JSON, an encrypted one."""
    assert found(f"{segment(b'no json')}.{segment(claims())}.{segment(bytes(64))}").name == "token-form"
    assert "encrypted" in found("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d").sentence


def test_the_key_is_another_one_of_the_same_name() -> None:
    """Or the payload was changed afterwards."""
    forged = sealed(STRANGER, header(EC), claims())
    assert found(forged).name == "token-key"
    head, _, signature = HONEST.split(".")
    assert found(f"{head}.{segment(claims(sub='mallory'))}.{signature}").name == "token-key"


def test_the_key_is_unknown() -> None:
    """The server's are named."""
    finding = found(token(STRANGER))
    assert finding.name == "token-kid"
    assert str(EC.kid) in finding.sentence


def test_the_algorithm_is_not_allowed() -> None:
    """`none` least of all."""
    finding = found(f"{segment(header(alg='none'))}.{segment(claims())}.{segment(bytes(64))}")
    assert finding.name == "token-alg"
    assert "Allowed are ES256, EdDSA, RS256." in finding.sentence


def test_the_typ_is_that_of_another_token() -> None:
    """An ID token, by its claims."""
    finding = found(token(head=header(typ="JWT"), payload=claims(nonce="n")))
    assert finding.name == "token-typ"
    assert finding.sentence.endswith("By its claims it is an ID token.")


@pytest.mark.parametrize(
    ("issuer", "nearly"), [("https://other.example", False), ("https://idms.home.example/", True), (None, False)]
)
@pytest.mark.parametrize("asked", [ASKED, Asked(POLICY)], ids=["judged", "without keys"])
def test_the_issuer_is_another(issuer: str | None, asked: Asked, *, nearly: bool) -> None:
    """Perhaps by a slash alone."""
    findings = findings_in([TokenSeen("frame 5", token(payload=claims(iss=issuer)), NOW, (asked,))])
    finding = next(each for each in findings if each.name == "token-issuer")
    assert "set tokens.issuer in the server's settings, or add it under more_issuers" in finding.advice
    assert ("a slash or in case alone" in finding.sentence) == nearly


@pytest.mark.parametrize("asked", [ASKED, Asked(POLICY)], ids=["judged", "without keys"])
def test_the_audience_the_scope_and_the_claims(asked: Asked) -> None:
    """Each by its own name, with what is expected."""
    audience = found(token(payload=claims(aud="other")), asked)
    assert (audience.name, audience.sentence) == (
        "token-audience",
        "Its audience is 'other', expected 'val-server'.",
    )
    assert found(token(payload=claims(scope="openid")), asked).name == "token-scope"
    assert found(token(payload=claims(val_user_id=None)), asked).name == "token-claims"
    assert found(token(payload=claims(val_service_ids=[])), asked).name == "token-claims"
    assert found(token(payload=claims(jti=None)), asked).name == "token-claims"


def test_a_token_whose_time_is_over() -> None:
    """By how much; where it is little, it may be the clocks."""
    exp = NOW + GRANT.lifetime
    late = found(HONEST, at=exp + 3_600)
    assert (late.name, late.sentence) == ("token-expired", "The token ended 1 h before it was used.")
    assert "perhaps the clocks differ" in found(HONEST, at=exp + 20).sentence


@pytest.mark.parametrize("asked", [ASKED, Asked(POLICY)], ids=["judged", "without keys"])
def test_a_clock_is_ahead(asked: Asked) -> None:
    """By how much; within the leeway nothing is said."""
    finding = found(HONEST, asked, NOW - 90)
    assert finding.name == "clock-skew"
    assert "ahead of the server's by 90 s at least" in finding.sentence or "1 min 30 s" in finding.sentence
    assert findings_in([TokenSeen("frame 5", HONEST, NOW - 5, (asked,))]) == ()


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 400])
@pytest.mark.parametrize("asked", [ASKED, Asked(POLICY)], ids=["judged", "without keys"])
def test_a_time_that_is_beyond_all_numbers_is_a_wrong_claim(name: str, number: str, asked: Asked) -> None:
    """And no time to compute with."""
    payload = claims(**{name: 0}).replace(f'"{name}": 0'.encode(), f'"{name}": {number}'.encode())
    assert number.encode() in payload
    assert found(token(payload=payload), asked).name == "token-claims"


def test_a_hidden_token_is_not_judged() -> None:
    """As our own captures have it."""
    assert findings_in([TokenSeen("frame 5", "(token sub=alice jti=0123.....)", NOW, (ASKED,))]) == ()


def test_what_is_well_formed() -> None:
    """No part can have one character more than a multiple of four."""
    assert is_well_formed(HONEST)
    assert not is_well_formed("abcde.ab.ab")
    assert not is_well_formed("a.b")
