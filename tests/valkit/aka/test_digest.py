"""Digest AKA against its known answers, and for passwords and bodies of any bytes."""

from hmac import digest
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.digest_aka import (
    AKAV2_PASSWORDS,
    CASES,
    CNONCE,
    METHOD,
    NC,
    NONCE,
    REALM,
    RSPAUTH,
    URI,
    USERNAME,
    Case,
)
from tests.vectors.milenage import FULL
from valkit.aka.digest import NO_PASSWORD, Algorithm, Digest, Nonce, parse_auts
from valkit.aka.errors import Malformed
from valkit.aka.vectors import Keys

KEYS = Keys(bytes.fromhex(FULL[0].f2), bytes.fromhex(FULL[0].f3), bytes.fromhex(FULL[0].f4))
PARAMETERS = {
    "username": USERNAME,
    "realm": REALM,
    "nonce": NONCE,
    "uri": URI,
    "algorithm": "AKAv1-MD5",
    "qop": "auth",
    "nc": NC,
    "cnonce": CNONCE,
}
DIGEST = Digest.read(PARAMETERS)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_known_responses(case: Case) -> None:
    """Each response is the one computed elsewhere."""
    parameters = PARAMETERS | {"algorithm": case.algorithm}
    if case.qop:
        parameters |= {"qop": case.qop}
    else:
        del parameters["qop"]
    digest = Digest.read(parameters)
    password = NO_PASSWORD if case.auts else digest.algorithm.password(KEYS)
    assert digest.response(password, METHOD, case.body) == case.response


def test_known_rspauth() -> None:
    """The server's proof is the one computed elsewhere."""
    assert DIGEST.rspauth(KEYS.res) == RSPAUTH


@pytest.mark.parametrize(("token", "password"), AKAV2_PASSWORDS.items())
def test_known_passwords_of_version_2(token: str, password: bytes) -> None:
    """RES, IK and CK together give the password."""
    assert Algorithm.named(token).password(KEYS) == password


@pytest.mark.parametrize("token", AKAV2_PASSWORDS)
def test_session_keys_of_version_2_are_masked(token: str) -> None:
    """CK' and IK' are PRFs of CK and IK with words of their own (RFC 4169 3); with version 1 they are CK and IK."""
    hash_name = "md5" if token.endswith("MD5") else "sha256"
    assert Algorithm.named(token).session(KEYS) == (
        digest(KEYS.ck, b"http-digest-akav2-cipherkey", hash_name),
        digest(KEYS.ik, b"http-digest-akav2-integritykey", hash_name),
    )
    assert Algorithm.AKAV1_MD5.session(KEYS) == (KEYS.ck, KEYS.ik)


@pytest.mark.parametrize(
    ("token", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(token: str, response: str) -> None:
    """Mufasa's two responses (RFC 7616 3.9.1), which have no AKA in them."""
    mufasa = Digest(
        algorithm=Algorithm.named(token),
        username="Mufasa",
        realm="http-auth@example.org",
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        uri="/dir/index.html",
        qop="auth",
        cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    assert mufasa.response(b"Circle of Life", "GET") == response


def test_sha_512_256_is_the_one_of_fips_180() -> None:
    """Not SHA-512 cut short, as the example of RFC 7616 3.9.2 has it (FIPS 180-4 5.3.6.2; NIST's example for abc)."""
    known = "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"
    assert Algorithm.SHA_512_256.hex(b"abc") == known


@given(st.binary(max_size=16), st.sampled_from(["auth", "auth-int", None]), st.binary(max_size=64))
def test_a_password_of_any_bytes_proves_itself(
    res: bytes, qop: Literal["auth", "auth-int"] | None, body: bytes
) -> None:
    """RES is bytes, not text: no value of it, empty or with zeros, keeps the right one from being accepted."""
    digest = DIGEST._replace(qop=qop)
    assert digest.proves(digest.response(res, METHOD, body), res, METHOD, body)


@pytest.mark.parametrize("position", range(8))
@pytest.mark.parametrize("octet", [0x00, 0x0A, 0x0D, 0x3A, 0x5B, 0x5D, 0xFF])
def test_each_byte_of_res_counts(position: int, octet: int) -> None:
    """A RES with a zero, a line end or a colon in any place is a password like others, and no other RES passes."""
    res = bytearray(b"\x01" * 8)
    response = DIGEST.response(bytes(res), METHOD)
    res[position] = octet
    assert not DIGEST.proves(response, bytes(res), METHOD)
    assert DIGEST.proves(DIGEST.response(bytes(res), METHOD), bytes(res), METHOD)


def test_hexadecimal_digits_may_be_capitals() -> None:
    """Some clients write the response in capitals."""
    assert DIGEST.proves(CASES[0].response.upper(), KEYS.res, METHOD)


@pytest.mark.parametrize("response", ["", "402ab8df", "Ω" * 32, "\udcff"])
def test_what_is_no_digest_proves_nothing(response: str) -> None:
    """An empty, short or non-ASCII response is wrong, and no exception."""
    assert not DIGEST.proves(response, KEYS.res, METHOD)


def test_auth_int_covers_the_body() -> None:
    """With qop auth-int a changed body is a wrong response; with auth it is not looked at."""
    covering = DIGEST._replace(qop="auth-int")
    assert not covering.proves(covering.response(KEYS.res, METHOD, b"token"), KEYS.res, METHOD, b"other token")
    assert DIGEST.proves(DIGEST.response(KEYS.res, METHOD, b"token"), KEYS.res, METHOD, b"other token")


@given(
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=16, max_size=16),
    st.binary(max_size=40),
)
def test_a_nonce_carries_rand_autn_and_server_data(rand: bytes, autn: bytes, data: bytes) -> None:
    """What is put into a nonce comes out of it."""
    assert Nonce.parse(str(Nonce(rand, autn, data))) == (rand, autn, data)


@pytest.mark.parametrize("text", ["", "AAAA", "not base64", "Ä" * 44, NONCE[:-4], NONCE + "*"])
def test_a_foreign_nonce_is_malformed(text: str) -> None:
    """A nonce that is not base64, or too short for RAND and AUTN, is no AKA nonce."""
    with pytest.raises(Malformed, match="nonce"):
        Nonce.parse(text)


def test_auts_is_fourteen_bytes_in_base64() -> None:
    """Twenty characters of base64 are an AUTS."""
    assert parse_auts("uoU/PBI8z0TpNZbjVcY=") == bytes.fromhex("ba853f3c123ccf44e93596e355c6")


@pytest.mark.parametrize("text", ["", "uoU/PBI8z0TpNZbjVQ==", "ba853f3c123ccf44e93596e355c6", "?"])
def test_another_auts_is_malformed(text: str) -> None:
    """Too short, hexadecimal digits as some tools write it, or no base64 at all."""
    with pytest.raises(Malformed, match="auts"):
        parse_auts(text)


@pytest.mark.parametrize("name", ["username", "realm", "nonce", "uri", "nc", "cnonce"])
def test_a_missing_parameter_is_named(name: str) -> None:
    """Credentials without one of the parameters that are hashed cannot be checked."""
    with pytest.raises(Malformed, match=f"no {name}"):
        Digest.read({key: value for key, value in PARAMETERS.items() if key != name})


def test_without_qop_there_is_no_count() -> None:
    """The older form has neither nc nor cnonce."""
    digest = Digest.read({key: PARAMETERS[key] for key in ("username", "realm", "nonce", "uri", "algorithm")})
    assert digest.qop is None


@pytest.mark.parametrize(
    ("name", "value"), [("algorithm", "MD4"), ("algorithm", "AKAv1-SHA3"), ("qop", "auth-conf"), ("qop", "")]
)
def test_an_unknown_algorithm_or_qop_is_malformed(name: str, value: str) -> None:
    """Neither another hash nor another qop is guessed at."""
    with pytest.raises(Malformed, match=name):
        Digest.read(PARAMETERS | {name: value})


def test_an_algorithm_is_known_in_any_case() -> None:
    """Tokens compare without regard to case, and are written as registered."""
    assert str(Algorithm.named("akav1-md5")) == "AKAv1-MD5"


def test_credentials_without_an_algorithm_are_not_aka() -> None:
    """No algorithm means MD5 (RFC 3310 3.1), which is not AKA."""
    digest = Digest.read({key: value for key, value in PARAMETERS.items() if key != "algorithm"})
    assert (digest.algorithm, digest.algorithm.is_aka) == (Algorithm.MD5, False)
