import pytest

from harness.diagnosis.facts import TokenSeen, is_hidden, nonce_in
from tests.harness.diagnosis.ailing import KEYS, NONCE, RAND, answered, digest, offered
from valkit.aka.digest import Algorithm
from valkit.redaction import masked
from valkit.sip import Challenge as Offer


def test_an_offer_says_what_the_header_says() -> None:
    """With the defaults of RFC 7616."""
    assert offered().qop == ("auth", "auth-int")
    plain = offered().__class__("frame 1", Offer.parse('Digest realm="a", nonce="b"'))
    assert (plain.realm, plain.nonce, plain.algorithm, plain.qop) == ("a", "b", "MD5", ())


def test_an_answer_is_to_the_offer_of_its_algorithm() -> None:
    """Of several; else to the first."""
    offers = (offered(Algorithm.AKAV2_SHA_256), offered(Algorithm.AKAV1_MD5))
    assert answered("0", offers=offers).offer is offers[1]
    assert answered("0", digest(Algorithm.MD5), offers=offers).offer is offers[0]
    assert answered("0", offers=()).offer is None


@pytest.mark.parametrize(("outcome", "refused"), [(200, False), (None, True), (403, True), (401, True)])
def test_an_answer_that_was_good_enough_is_not_refused(outcome: int | None, *, refused: bool) -> None:
    """Where nothing was seen, it may have been."""
    assert answered("0", outcome=outcome).refused == refused


def test_a_nonce_holds_rand_and_autn_or_is_none() -> None:
    """Whoever made it."""
    nonce = nonce_in(NONCE)
    assert nonce is not None
    assert nonce.rand == RAND
    assert nonce_in("bm9uY2U=") is None


def test_what_captures_hide_is_known_to_be_hidden() -> None:
    """A token, a response, an AUTS."""
    response = digest().response(KEYS.res, "REGISTER")
    hidden = masked(f'Authorization: Digest response="{response}"'.encode()).decode()
    assert is_hidden(hidden.partition('"')[2].rstrip('"'))
    assert not is_hidden(response)


def test_no_token_is_in_a_repr() -> None:
    """Whatever is printed of a fact."""
    assert "secret" not in repr(TokenSeen("frame 1", "secret", None))
