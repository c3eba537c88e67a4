"""valkit.tokens.verifier: what is believed, what is refused and why, what is remembered."""

import hmac
from collections.abc import Mapping
from json import dumps
from zlib import compress

import jwt
import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.utils import base64url_decode

from tests.valkit.tokens.support import (
    EC,
    ED,
    GRANT,
    KEYS,
    NOW,
    POLICY,
    RSA,
    STRANGER,
    claims,
    header,
    refusal,
    segment,
    token,
    verifier,
)
from valkit.tokens import Cause, KeySet, SigningKey, TokenRejected, Verifier, jwks, mint
from valkit.tokens.verifier import HEADERS, Seen


def unsigned(head: bytes, signature: bytes = b"") -> str:
    """Put any signature under the usual claims."""
    return f"{segment(head)}.{segment(claims())}.{segment(signature)}"


# What holds


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=lambda key: key.algorithm)
def test_an_honest_token_holds(key: SigningKey) -> None:
    """Whichever of the allowed algorithms signed it; seen again it says the same."""
    believing = verifier()
    first = believing.verify(mint(key, GRANT), NOW)
    assert first.val_service_ids == ("dispatch", "video")
    assert believing.verify(mint(key, GRANT), NOW) == first


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"])
def test_spellings_of_the_type(typ: str) -> None:
    """Media types know no case, and `application/` may be left out (RFC 7515 4.1.9, RFC 9068 4)."""
    assert verifier().verify(token(head=header(typ=typ)), NOW)


def test_a_policy_may_leave_the_type_out() -> None:
    """For identity servers that set none."""
    lenient = Verifier(evolve(POLICY, typ=None), KEYS)
    assert lenient.verify(token(head=header(typ=None)), NOW)


def test_a_token_without_kid_holds_if_one_key_fits() -> None:
    """RFC 9068 does not ask for a kid."""
    assert verifier().verify(token(head=header(kid=None)), NOW)


# Named after the attacks they stand against


def test_security_alg_none() -> None:
    """A token without a signature is not believed because its header says that it needs none (RFC 8725 2.1)."""
    for alg in ("none", "None", "NONE", ""):
        assert refusal(unsigned(header(alg=alg))).cause is Cause.ALG_NOT_ALLOWED


PUBLIC_PEM = jwt.PyJWK(dict(RSA.public_jwk)).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PUBLIC_JWK = dumps(dict(RSA.public_jwk)).encode()


@pytest.mark.parametrize("secret", [PUBLIC_PEM, PUBLIC_JWK], ids=["pem", "jwk"])
def test_security_hmac_with_the_public_key(secret: bytes) -> None:
    """The published key is no shared secret, whatever alg says (RFC 8725 2.1)."""
    text = f"{segment(header(RSA, alg='HS256'))}.{segment(claims())}"
    forged = f"{text}.{segment(hmac.digest(secret, text.encode(), 'sha256'))}"
    assert refusal(forged).cause is Cause.ALG_NOT_ALLOWED


def test_security_algorithm_of_another_key() -> None:
    """A header cannot turn a key to an algorithm it is not for."""
    assert refusal(token(head=header(RSA, alg="ES256"), key=RSA)).cause is Cause.UNKNOWN_KID
    assert refusal(token(head=header(EC, alg="RS256"))).cause is Cause.UNKNOWN_KID


def test_security_algorithm_known_but_not_allowed() -> None:
    """The policy's list decides, not what the key could do."""
    strict = Verifier(evolve(POLICY, algorithms={"RS256"}), KEYS)
    with pytest.raises(TokenRejected) as caught:
        strict.verify(token(), NOW)
    assert caught.value.cause is Cause.ALG_NOT_ALLOWED


@pytest.mark.parametrize("alg", [None, 7, ["ES256"], "es256", "ES256 "])
def test_security_alg_that_is_no_algorithm(alg: object) -> None:
    """Missing, not text, another spelling."""
    assert refusal(token(head=header(alg=alg))).cause is Cause.ALG_NOT_ALLOWED


def test_security_signature_of_a_stranger_under_our_kid() -> None:
    """The kid only names a key; the signature must be that key's."""
    assert refusal(token(head=header(EC), key=STRANGER)).cause is Cause.BAD_SIGNATURE


def test_security_key_in_the_header() -> None:
    """A key that the token brings along is not looked at (RFC 8725 3.10)."""
    forged = header(EC, jwk=dict(STRANGER.public_jwk))
    assert refusal(token(head=forged, key=STRANGER)).cause is Cause.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["jku", "x5u", "x5c", "x5t"])
def test_security_key_address_in_the_header(name: str) -> None:
    """An address of keys in the token is not followed, with our kid or with the stranger's."""
    address = {name: "https://elsewhere.example/keys"}
    assert refusal(token(head=header(EC, **address), key=STRANGER)).cause is Cause.BAD_SIGNATURE
    assert refusal(token(head=header(STRANGER, **address), key=STRANGER)).cause is Cause.UNKNOWN_KID
    assert verifier().verify(token(head=header(EC, **address)), NOW)


@pytest.mark.parametrize("kid", ["other", "", 7, ["x"], {"a": 1}, "../../dev/null", "' OR 1=1 --"])
def test_security_unknown_kid(kid: object) -> None:
    """A kid is compared, never used for anything else."""
    assert refusal(token(head=header(kid=kid))).cause is Cause.UNKNOWN_KID


def test_security_critical_extension() -> None:
    """What must be understood and is not refuses the token (RFC 7515 4.1.11)."""
    for crit in (["exp"], [], None, "exp"):
        head = dumps({"alg": "ES256", "kid": EC.kid, "typ": "at+jwt", "crit": crit}).encode()
        assert refusal(token(head=head)).cause is Cause.CRITICAL_HEADER


@pytest.mark.parametrize("b64", [False, True])
def test_security_unencoded_payload(b64: bool) -> None:
    """b64 has no place in a JWT (RFC 7797 7), so the payload cannot be read in two ways."""
    assert refusal(token(head=header(b64=b64))).cause is Cause.CRITICAL_HEADER
    assert refusal(token(head=header(b64=b64, crit=["b64"]))).cause is Cause.CRITICAL_HEADER


@pytest.mark.parametrize("typ", [None, "JWT", "id_token+jwt", "logout+jwt", "text/at+jwt", 7, ["at+jwt"]])
def test_security_token_of_another_type(typ: object) -> None:
    """An ID token is no access token (RFC 8725 3.11, RFC 9068 4)."""
    assert refusal(token(head=header(typ=typ))).cause is Cause.WRONG_TYP


def test_security_member_twice_in_the_header() -> None:
    """Two algorithms in one header are none."""
    head = header().replace(b'"alg"', b'"alg": "none", "alg"', 1)
    assert refusal(token(head=head)).cause is Cause.MALFORMED


def test_security_member_twice_in_the_payload() -> None:
    """Two users in one token are none, though it is signed."""
    payload = claims().replace(b'"sub"', b'"val_user_id": "mallory", "sub"', 1)
    assert refusal(token(payload=payload)).cause is Cause.MALFORMED


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_security_signature_edited(place: float) -> None:
    """One character of the signature."""
    text, _, signature = token().rpartition(".")
    at = int(len(signature) * place)
    other = "A" if signature[at] != "A" else "B"
    assert refusal(f"{text}.{signature[:at]}{other}{signature[at + 1 :]}").cause is Cause.BAD_SIGNATURE


def test_security_claims_edited() -> None:
    """Another payload under an honest signature."""
    head, _, signature = token().split(".")
    assert refusal(f"{head}.{segment(claims(val_user_id='mallory'))}.{signature}").cause is Cause.BAD_SIGNATURE


@pytest.mark.parametrize("signature", [b"", b"\x00", b"\x00" * 64, b"\xff" * 64, b"\x00" * 65, b"\x30" * 71])
def test_security_degenerate_signature(signature: bytes) -> None:
    """Empty, too short, zero (CVE-2022-21449), beyond the group's order, too long, DER in place of raw."""
    assert refusal(unsigned(header(), signature)).cause is Cause.BAD_SIGNATURE


def test_security_signature_in_der() -> None:
    """The other encoding of the same two numbers is refused: one token has one spelling."""
    text, _, signature = token().rpartition(".")
    raw = base64url_decode(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    assert refusal(f"{text}.{segment(encode_dss_signature(r, s))}").cause is Cause.BAD_SIGNATURE


@pytest.mark.parametrize("change", ["{}=", "{}\n", " {}", "{} ", "{}.", ".{}", "{}.x", "Bearer {}"])
def test_security_other_spellings_of_a_token(change: str) -> None:
    """No padding, no white space, no fourth segment, no scheme in front."""
    assert refusal(change.format(token())).cause is Cause.MALFORMED


def test_security_spare_bits_of_the_signature() -> None:
    """The last character of an ES256 signature has four bits that mean nothing; they must be zero."""
    honest = token()
    last = chr(ord(honest[-1]) + 1)
    assert refusal(honest[:-1] + last).cause is Cause.MALFORMED


def test_security_token_in_a_token() -> None:
    """A signed token within a signed token is not unwrapped (RFC 7519 5.2)."""
    assert refusal(token(head=header(cty="JWT"), payload=token().encode())).cause is Cause.MALFORMED


def test_security_compressed_token() -> None:
    """`zip` is for JWE; a deflated payload is no JSON."""
    assert refusal(token(head=header(zip="DEF"), payload=compress(claims()))).cause is Cause.MALFORMED


def test_security_encrypted_token() -> None:
    """A JWE has five segments."""
    assert refusal("a.b.c.d.e").cause is Cause.ENCRYPTED


def test_security_oversized_token() -> None:
    """Refused by its length, before anything is decoded or verified."""
    assert refusal(token(payload=claims(pad="x" * 20_000))).cause is Cause.TOO_LONG


def test_security_deeply_nested_payload() -> None:
    """A signed payload cannot exhaust the stack."""
    assert refusal(token(payload=b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}")).cause is Cause.MALFORMED


@pytest.mark.parametrize("text", ["", ".", "..", "...", "not a token", "\u00e9.a.b", "\ud800", "\x00"])
def test_security_text_that_is_no_token(text: str) -> None:
    """Whatever it is, it is refused, never an exception of another kind."""
    assert refusal(text).cause is Cause.MALFORMED


def test_security_endless_token() -> None:
    """1e999 is infinity to a careless reader."""
    payload = claims().replace(b'"exp": 1800000300', b'"exp": 1e999')
    assert refusal(token(payload=payload)).cause is Cause.MALFORMED_CLAIM


# Order


def test_expired_is_said_only_of_tokens_that_would_hold() -> None:
    """A forged token is not told that it is late."""
    assert refusal(token(head=header(EC), key=STRANGER), NOW + 10_000).cause is Cause.BAD_SIGNATURE
    assert refusal(token(payload=claims(aud="other")), NOW + 10_000).cause is Cause.WRONG_AUDIENCE
    assert refusal(token(), NOW + 10_000).cause is Cause.EXPIRED


# The memory of verified tokens


class Counting:
    """A key set whose answers are counted."""

    def __init__(self, verifier: Verifier) -> None:
        self.asked = 0
        verify, key = KEYS.keys[1].prepared("ES256")

        def counted(signed: bytes, key: object, signature: bytes) -> bool:
            self.asked += 1
            return verify(signed, key, signature)

        verifier._headers = {segment(header()).encode(): (counted, key)}


def test_a_token_seen_before_costs_no_signature() -> None:
    """Its second sight is a look-up."""
    believing = verifier()
    signatures = Counting(believing)
    seen = token()
    for _ in range(5):
        believing.verify(seen, NOW)
    assert signatures.asked == 1


def test_time_is_checked_at_every_sight() -> None:
    """A token that was believed expires, and was not yet valid before its time."""
    believing = verifier()
    seen = token()
    believing.verify(seen, NOW)
    for now, cause in ((NOW - 60, Cause.NOT_YET_VALID), (NOW + 310, Cause.EXPIRED)):
        with pytest.raises(TokenRejected) as caught:
            believing.verify(seen, now)
        assert caught.value.cause is cause
    assert believing.verify(seen, NOW + 309).jti == "0123"


def test_an_expired_token_is_forgotten() -> None:
    """It takes no room."""
    believing = verifier()
    seen = token()
    believing.verify(seen, NOW)
    assert len(believing._seen) == 1
    with pytest.raises(TokenRejected):
        believing.verify(seen, NOW + 1000)
    assert len(believing._seen) == 0


def test_a_refused_token_is_not_remembered() -> None:
    """Nor does one fill the memory."""
    believing = verifier()
    for payload in (claims(aud="other"), claims(exp=1)):
        with pytest.raises(TokenRejected):
            believing.verify(token(payload=payload), NOW)
    assert len(believing._seen) == 0


def test_a_new_key_set_forgets_what_the_old_one_verified() -> None:
    """A key that was withdrawn is withdrawn at once, also for tokens seen before."""
    believing = verifier()
    seen = token()
    believing.verify(seen, NOW)
    believing.trust(KeySet.from_jwks(jwks(RSA)))
    with pytest.raises(TokenRejected) as caught:
        believing.verify(seen, NOW)
    assert caught.value.cause is Cause.UNKNOWN_KID


def test_a_token_that_differs_in_one_character_is_another_token() -> None:
    """The whole token is the key of the memory, its signature included."""
    believing = verifier()
    seen = token()
    believing.verify(seen, NOW)
    text, _, signature = seen.rpartition(".")
    with pytest.raises(TokenRejected) as caught:
        believing.verify(f"{text}.{'B' if signature[0] != 'B' else 'C'}{signature[1:]}", NOW)
    assert caught.value.cause is Cause.BAD_SIGNATURE


def test_headers_are_remembered_in_bounded_number() -> None:
    """A peer that makes up headers over good signatures cannot fill the memory."""
    believing = verifier()
    for number in range(HEADERS + 5):
        believing.verify(token(head=header(x=number)), NOW)
    assert len(believing._headers) == HEADERS


@given(st.lists(st.integers(0, 30).map(lambda number: number.to_bytes(1, "big"))))
def test_the_memory_is_bounded_and_keeps_the_recent(digests: list[bytes]) -> None:
    """Whatever comes, at most its size is kept, the latest half of it always."""
    seen = Seen(8)
    for digest in digests:
        assert seen.get(digest) in {None, (digest,)}
        seen.put(digest, (digest,))
        assert seen.get(digest) == (digest,)
        assert len(seen) <= 8
    recent = list(dict.fromkeys(reversed(digests)))[:4]
    assert all(seen.get(digest) == (digest,) for digest in recent)


def test_the_memory_forgets_on_demand() -> None:
    """Dropped from both generations."""
    seen = Seen(2)
    seen.put(b"a", ("a",))
    seen.put(b"b", ("b",))
    seen.drop(b"a")
    seen.drop(b"b")
    assert (seen.get(b"a"), seen.get(b"b"), len(seen)) == (None, None, 0)


# Beside PyJWT

VALUES: st.SearchStrategy[object] = st.sampled_from(
    [None, "", "val-server", ["val-server"], 0, -1, int(NOW), int(NOW) + 9, 1e20, "x", [], {}, True, POLICY.issuer]
)


@given(st.dictionaries(st.sampled_from(["iss", "aud", "sub", "jti", "nbf", "iat", "exp"]), VALUES, max_size=3))
def test_what_we_believe_pyjwt_believes(changes: Mapping[str, object]) -> None:
    """We may be stricter than PyJWT, never laxer (times aside, which it compares with the wall clock)."""
    candidate = token(payload=claims(**changes))
    try:
        verifier().verify(candidate, NOW)
    except TokenRejected:
        return
    options: jwt.types.Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "require": ["exp"]}
    public = jwt.PyJWK(dict(EC.public_jwk))
    assert jwt.decode(candidate, public, ["ES256"], options, audience=POLICY.audience, issuer=POLICY.issuer)


@given(st.text(max_size=60) | st.from_regex(r"\A[\w\-]{0,20}\.[\w\-]{0,20}\.[\w\-]{0,20}\Z"))
def test_any_text_is_believed_or_refused(text: str) -> None:
    """Only TokenRejected comes out of any text that is no token."""
    with pytest.raises(TokenRejected):
        verifier().verify(text, NOW)
