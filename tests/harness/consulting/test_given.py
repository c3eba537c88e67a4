from pathlib import Path

import pytest

from harness.consulting.errors import NotUsable
from harness.consulting.given import Authentication, Demands, sequence_number, token_seen
from harness.diagnosis import findings_in
from harness.diagnosis.facts import Challenge, GivenRes, Offered, Synchronisation
from tests.harness.diagnosis.ailing import KEYS, NONCE, SET
from tests.valkit.tokens.support import EC, GRANT, NOW
from valkit.tokens import jwks, mint

RIGHT = {"k": SET.k, "opc": SET.opc}


def kinds(given: Authentication) -> list[type]:
    """Give the kinds of facts."""
    return [type(fact) for fact in given.facts()]


def test_a_nonce_is_a_challenge() -> None:
    """So are RAND and AUTN."""
    assert kinds(Authentication(RIGHT, nonce=NONCE)) == [Challenge]
    assert kinds(Authentication(RIGHT, rand=SET.rand, autn=SET.autn)) == [Challenge]
    assert kinds(Authentication({}, nonce="bm9uY2U=")) == [Offered]
    assert kinds(Authentication()) == []


def test_res_and_auts_are_about_a_challenge() -> None:
    """And say nothing without it, or without the keys."""
    assert kinds(Authentication(RIGHT, nonce=NONCE, res="00" * 8, auts="AAAA")) == [
        Challenge,
        GivenRes,
        Synchronisation,
    ]
    assert kinds(Authentication(RIGHT, rand=SET.rand, res="00" * 8)) == [GivenRes]
    for given in (Authentication({}, nonce=NONCE, res="00"), Authentication(RIGHT, auts="AAAA")):
        with pytest.raises(NotUsable, match="says nothing without the keys"):
            list(given.facts())


def test_what_is_given_is_explained() -> None:
    """OP for OPc; a healthy one is healthy."""
    assert not findings_in(Authentication(RIGHT, nonce=NONCE, res=KEYS.res.hex()).facts())
    swapped = Authentication({"k": SET.k, "op": SET.opc}, nonce=NONCE, sqn="000000000fe0")
    assert [found.name for found in findings_in(swapped.facts())] == ["op-as-opc"]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"k": SET.k}, "either op or opc"),
        ({"k": SET.k, "op": SET.op, "opc": SET.opc}, "either op or opc"),
        ({"k": "12"}, "--k has 2 hexadecimal digits"),
        ({"password": "sesame", "k": SET.k}, "which digest does not take"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(keys: dict[str, str], why: str) -> None:
    """And not shown."""
    with pytest.raises(NotUsable, match=why) as fault:
        Authentication(keys).card()
    assert SET.k not in str(fault.value)


def test_the_algorithm_follows_from_the_keys() -> None:
    """TOP is TUAK's, a password Digest's."""
    tuak = Authentication({"k": SET.k, "top": "ab" * 32}).card()
    digest = Authentication({"password": "sesame"}).card()
    assert tuak is not None
    assert digest is not None
    assert (tuak.told.algorithm, digest.told.algorithm) == ("tuak", "digest")


@pytest.mark.parametrize(("text", "sqn"), [("000000001000", 4096), ("0x1000", 4096), ("4096", 4096)])
def test_a_sequence_number_is_read(text: str, sqn: int) -> None:
    """Twelve digits are hexadecimal."""
    assert sequence_number(text) == sqn


@pytest.mark.parametrize("text", ["-1", "zz", "ffffffffffff0", str(1 << 48)])
def test_what_is_none_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(NotUsable, match="12 hexadecimal digits, or a number"):
        sequence_number(text)


def test_what_is_not_given_is_asked_of_no_token(tmp_path: Path) -> None:
    """With the keys alone issuer and audience are the token's own; with nothing nobody judges."""
    file = tmp_path / "jwks.json"
    file.write_text(jwks(EC))
    token = mint(EC, GRANT)
    assert Demands().asked(None, token) == ()
    for demands, found in (
        (Demands(file), []),
        (Demands(file, audience="other"), ["token-audience"]),
        (Demands(issuer="https://other.example"), ["token-issuer"]),
    ):
        seen = token_seen(token, "--token", NOW, demands.asked(demands.keys(), token))
        assert [each.name for each in findings_in([seen])] == found


def test_keys_that_are_none_are_refused(tmp_path: Path) -> None:
    """With the file's name."""
    file = tmp_path / "jwks.json"
    file.write_text("{}")
    with pytest.raises(NotUsable, match=r"jwks.json"):
        Demands(file).keys()
