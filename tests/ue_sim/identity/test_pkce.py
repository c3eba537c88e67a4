"""Proof keys, by the vector of RFC 7636."""

from ue_sim.identity.pkce import Pkce
from valkit.ids import SeededIds


def test_the_challenge_is_rfc_7636s() -> None:
    """Appendix B."""
    made = Pkce("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert made.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_fresh_one_has_256_bits_and_is_not_shown() -> None:
    """43 characters (RFC 7636 4.1), and two are not alike."""
    ids = SeededIds(1)
    first, second = Pkce.fresh(ids), Pkce.fresh(ids)
    assert (len(first.verifier), first == second, first.verifier in repr(first)) == (43, False, False)
