"""What RFC 6508 says of its parameters must hold for those we have, or one of them is mistyped."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers, derive_private_key

from valkit.idbased.multiples import plain
from valkit.idbased.pairing import pair
from valkit.idbased.parameters import P256, SET_1, SSV_BITS, G, Group


@pytest.mark.parametrize("group", [P256, SET_1], ids=["P-256", "set 1"])
def test_the_generator_is_on_the_curve_and_has_order_q(group: Group) -> None:
    """[q]P is infinity, and q is prime as far as Fermat can tell."""
    assert group.curve.has(group.generator)
    assert not plain(group.curve, group.q, group.generator)[2]
    assert all(pow(base, group.q - 1, group.q) == 1 for base in (2, 3, 5, 7))


def test_the_supersingular_curve_has_4q_points() -> None:
    """Of p + 1 = 4q, and p is 3 modulo 4, so that i is not in F_p."""
    assert SET_1.curve.p + 1 == 4 * SET_1.q
    assert SET_1.curve.p.bit_length() == 1024
    assert SSV_BITS == 128


def test_g_is_the_generator_paired_with_itself() -> None:
    """It is <P,P>, as RFC 6509 Appendix A publishes it."""
    assert pair(SET_1, SET_1.generator, SET_1.generator) == G


def test_p256_is_openssls() -> None:
    """OpenSSL's G is ours, and it accepts points of our curve."""
    g = derive_private_key(1, SECP256R1()).public_key().public_numbers()
    assert (g.x, g.y) == P256.generator
    x, y = P256.generator
    EllipticCurvePublicNumbers(int(x), int(y), SECP256R1()).public_key()
