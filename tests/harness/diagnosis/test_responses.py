"""Each fault is made for real: the response that such a client would send."""

from base64 import b64encode
from itertools import count
from typing import Any

import pytest

from harness.diagnosis import findings_in
from harness.diagnosis.cards import Card
from harness.diagnosis.facts import Challenge, GivenRes
from tests.harness.diagnosis.ailing import (
    AMF,
    IMPI,
    KEYS,
    NONCE,
    OP,
    OPC,
    RAND,
    REALM,
    RIGHT,
    SESAME,
    SET,
    SQN,
    URI,
    K,
    answered,
    card,
    challenge,
    digest,
    names,
    offered,
)
from valkit.aka.digest import Algorithm, Digest, Nonce
from valkit.aka.milenage import Milenage
from valkit.aka.vectors import generate

RES = KEYS.res
EVERY = [algorithm for algorithm in Algorithm if algorithm.is_aka]


@pytest.mark.parametrize("algorithm", EVERY, ids=str)
@pytest.mark.parametrize("outcome", [200, None])
def test_a_healthy_answer_has_no_finding(algorithm: Algorithm, outcome: int | None) -> None:
    """Whichever the algorithm; whether or not the final answer was seen."""
    terms = digest(algorithm)
    assert names([answered(terms.response(algorithm.password(KEYS), "REGISTER"), terms, outcome=outcome)]) == []


@pytest.mark.parametrize("password", [RES.hex().encode(), RES.hex().upper().encode(), b64encode(RES)])
def test_res_is_used_as_a_text(password: bytes) -> None:
    """In hexadecimal digits or base64."""
    assert names([answered(digest().response(password, "REGISTER"))]) == ["res-as-text"]


def test_res_ends_at_its_first_zero_byte() -> None:
    """As in SIPp: a RAND is found whose RES has one."""
    for number in count():
        rand = number.to_bytes(16)
        vector = generate(RIGHT, rand, SQN, AMF)
        if b"\0" in vector.keys.res[1:-1]:
            break
    terms = digest(nonce=str(Nonce(rand, vector.autn)))
    cut = vector.keys.res.partition(b"\0")[0]
    told = answered(terms.response(cut, "REGISTER"), terms, offers=(offered(nonce=terms.nonce),))
    assert names([told]) == ["res-cut"]


def test_res_is_filled_up_with_zeros() -> None:
    """The whole of a buffer of 16 bytes."""
    assert names([answered(digest().response(RES + bytes(8), "REGISTER"))]) == ["res-padded"]


@pytest.mark.parametrize(
    ("named", "used"),
    [(Algorithm.AKAV2_MD5, Algorithm.AKAV1_MD5), (Algorithm.AKAV1_MD5, Algorithm.AKAV2_MD5)],
)
def test_another_version_of_aka_is_used_than_named(named: Algorithm, used: Algorithm) -> None:
    """The password is the other one."""
    terms = digest(named)
    (found,) = findings_in([answered(terms.response(used.password(KEYS), "REGISTER"), terms)])
    assert (found.name, found.sentence) == ("aka-version", f"The response was computed with the password of {used}.")


@pytest.mark.parametrize(
    ("functions", "known"),
    [
        (Milenage(K, OP), card(op=SET.op)),
        (Milenage.from_op(K, OPC), card()),
        (Milenage(OPC, K), card()),
    ],
)
def test_the_client_has_its_keys_mixed_up_and_does_not_verify_autn(functions: Milenage, known: Card) -> None:
    """SIPp, again."""
    _, outputs = functions.revealed(RAND, Nonce.parse(NONCE).autn[:6], AMF)
    told = answered(digest().response(outputs.res, "REGISTER"), known=known)
    assert names([told]) == ["response-op-as-opc"]


def test_the_password_is_empty() -> None:
    """As only an AUTS has it."""
    assert names([answered(digest().response(b"", "REGISTER"))]) == ["no-password"]


def otherwise(**changed: Any) -> str:
    """Give a response that was computed with this otherwise, where the header says what is usual."""
    return digest(**changed).response(RES, "REGISTER")


def test_the_response_covers_another_uri_than_it_names() -> None:
    """The Request-URI, where the header says what SIPp writes there."""
    terms = digest(uri="sip:127.0.0.21:5060")
    (found,) = findings_in([answered(otherwise(), terms)])
    assert (found.name, found.sentence) == ("digest-uri", f"The response was computed with the URI {URI}.")


def test_the_uri_is_not_the_request_uri() -> None:
    """The response is right for what it names, and was refused; without the keys it is the only thing to see."""
    terms = digest(uri="sip:127.0.0.21:5060")
    told = answered(terms.response(RES, "REGISTER"), terms, known=SESAME)
    assert names([told]) == ["digest-uri"]
    accepted = answered(terms.response(RES, "REGISTER"), terms, outcome=200)
    assert names([accepted]) == []
    for uri in ("sip:home.example:5060", "sip:HOME.example;transport=udp"):
        terms = digest(uri=uri)
        assert names([answered(terms.response(RES, "REGISTER"), terms, known=SESAME)]) == []


def test_the_realm_is_another() -> None:
    """The client's home domain is set wrong."""
    terms = digest(realm="other.example")
    assert "digest-realm" in names([answered(terms.response(RES, "REGISTER"), terms)])


def test_the_nonce_is_not_that_of_the_challenge() -> None:
    """It answers one from before."""
    old = str(Nonce(bytes(16), generate(RIGHT, bytes(16), SQN - 32, AMF).autn))
    terms = digest(nonce=old)
    response = terms.response(generate(RIGHT, bytes(16), SQN - 32, AMF).keys.res, "REGISTER")
    assert "digest-nonce" in names([answered(response, terms)])


def test_qop_was_not_offered() -> None:
    """Or none was."""
    terms = digest(qop="auth-int")
    response = terms.response(RES, "REGISTER")
    assert "digest-qop" in names([answered(response, terms, offers=(offered(qop="auth"),))])
    assert "digest-qop" in names([answered(response, terms, offers=(offered(qop=""),))])


def test_the_response_was_computed_with_another_qop() -> None:
    """Without nc and cnonce, as before RFC 2617; or as auth-int."""
    assert names([answered(digest()._replace(qop=None).response(RES, "REGISTER"))]) == ["digest-qop"]
    assert names([answered(otherwise(qop="auth-int"))]) == ["digest-qop"]


def test_nc_is_not_eight_digits() -> None:
    """In the header; or in what was computed."""
    terms = digest(nc="1")
    assert "digest-nc" in names([answered(terms.response(RES, "REGISTER"), terms)])
    assert names([answered(otherwise(nc="1"))]) == ["digest-nc"]


def test_nc_was_used_before_with_this_nonce() -> None:
    """A replay, as the server sees it."""
    told = answered(otherwise(), earlier=((NONCE, "00000001"),))
    assert "digest-nc" in names([told])


@pytest.mark.parametrize("outcome", [401, None])
def test_a_phone_that_renews_with_its_last_answer_is_right(outcome: int | None) -> None:
    """TS 24.229 5.1.1.4.2: the core may challenge it anew."""
    renewed = answered(otherwise(), outcome=outcome, earlier=((NONCE, "00000001"),))
    assert names([renewed]) == []


def test_the_response_was_computed_for_another_method() -> None:
    """Such as INVITE."""
    assert names([answered(digest().response(RES, "INVITE"))]) == ["digest-method"]


def test_the_response_was_computed_with_another_user_name() -> None:
    """What precedes the @ alone."""
    (found,) = findings_in([answered(otherwise(username=IMPI.partition("@")[0]))])
    assert (found.name, found.sentence) == ("digest-username", "The response was computed with the user name alice.")


def test_the_algorithm_was_not_offered() -> None:
    """MD5 is not AKAv1-MD5."""
    terms = digest(Algorithm.MD5)
    assert "digest-algorithm" in names([answered("0" * 32, terms, offers=(offered(),))])


def test_the_hash_is_another() -> None:
    """SHA-256, where MD5 is named."""
    terms = Digest(Algorithm.SHA_256, IMPI, REALM, NONCE, URI, "auth", "00000001", "0a4f113b")
    assert names([answered(terms.response(RES, "REGISTER"))]) == ["digest-algorithm"]


def test_another_challenge_for_a_nonce_from_before_is_no_refusal() -> None:
    """A phone renews with the nonce that it has, and the core wants a new proof; or the capture began later."""
    again = digest(nc="00000002")
    renewed = answered(again.response(RES, "REGISTER"), again, outcome=401, earlier=((NONCE, "00000001"),))
    assert names([renewed]) == []
    assert names([answered(otherwise(), outcome=401, offers=())]) == []


@pytest.mark.parametrize("password", ["sesame", "open sesame"])
def test_a_password_is_understood_as_well(password: str) -> None:
    """SIP Digest, without AKA."""
    known = SESAME
    terms = digest(Algorithm.MD5)
    told = answered(terms.response(password.encode(), "REGISTER"), terms, known=known, outcome=None)
    assert names([told]) == ([] if password == "sesame" else ["wrong-response"])


def test_a_hidden_response_is_not_judged() -> None:
    """Our own captures have none; though that it was refused is told, and what is in the clear is compared."""
    assert names([answered("(hidden)........................")]) == ["response-refused"]
    told = answered("(hidden)........................", digest(realm="other.example"), outcome=None)
    assert names([told]) == ["digest-realm"]


@pytest.mark.parametrize("nonce", ["bm9uY2U=", "23553cbe9637a89d218ae64dae47bf35", "not base64!"])
def test_the_nonce_of_aka_does_not_hold_rand_and_autn(nonce: str) -> None:
    """Too short, in hexadecimal digits, or nothing of the kind; any other algorithm's may be what it likes."""
    assert names([offered(nonce=nonce)]) == ["nonce"]
    assert names([offered(Algorithm.MD5, nonce=nonce)]) == []
    assert names([offered()]) == []


@pytest.mark.parametrize(
    ("res", "known", "found"),
    [
        (RES, card(), []),
        (RES.hex().encode(), card(), ["res"]),
        (RES + bytes(8), card(), ["res"]),
        (RES, card(op=SET.opc), ["op-as-opc", "res"]),
        (bytes(8), card(), ["res"]),
    ],
)
def test_a_res_that_is_given_is_compared(res: bytes, known: Card, found: list[str]) -> None:
    """As bytes; what stands for it is known."""
    made = challenge(known=known)
    assert names([made, GivenRes("--res", made, res)]) == found


def test_no_secret_is_in_what_is_found() -> None:
    """Neither key nor RES, in whatever form."""
    facts = [
        challenge(Milenage(K, OP), card(op=SET.op)),
        answered(digest().response(RES.hex().encode(), "REGISTER")),
        GivenRes("--res", Challenge("--rand", RAND, b"", card()), RES.hex().encode()),
    ]
    said = " ".join(f"{found.sentence} {found.advice} {found.evidence}" for found in findings_in(facts))
    assert said
    for secret in (K, OP, OPC, RES, KEYS.ck, KEYS.ik):
        assert secret.hex() not in said
