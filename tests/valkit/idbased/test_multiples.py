"""Multiples of points of P-256, against OpenSSL's; and of SAKKE's curve, against each other."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicNumbers, derive_private_key
from hypothesis import given, settings
from hypothesis.strategies import integers

from valkit.idbased.curves import INFINITY, Curve, Point
from valkit.idbased.multiples import Comb, combined, plain, summed
from valkit.idbased.parameters import P256, SET_1, Group

SCALARS = integers(1, P256.q - 1)


def openssl(number: int) -> Point:
    """Give [k]G as OpenSSL computes it."""
    numbers = derive_private_key(number, SECP256R1()).public_key().public_numbers()
    return Point(numbers.x, numbers.y)


@given(number=SCALARS)
def test_a_comb_gives_what_openssl_gives(number: int) -> None:
    """[k]G by the generator's table."""
    assert summed((number, P256.comb)) == openssl(number)


@given(number=SCALARS, other=SCALARS)
@settings(max_examples=30)
def test_a_multiple_of_any_point_is_openssls(number: int, other: int) -> None:
    """[k]([l]G) has the x that OpenSSL agrees on by ECDH."""
    point = openssl(other)
    result = combined(P256.curve, (number, point))
    assert result is not None
    peer = EllipticCurvePublicNumbers(point.x, point.y, SECP256R1()).public_key()
    assert derive_private_key(number, SECP256R1()).exchange(ECDH(), peer) == result.x.to_bytes(32)


@given(one=SCALARS, two=SCALARS, point=SCALARS)
@settings(max_examples=30)
def test_a_sum_of_multiples_is_one_multiple(one: int, two: int, point: int) -> None:
    """[k]G + [l]([m]G) is [k + lm]G, by both ways."""
    q, other = P256.q, openssl(point)
    total = (one + two * point) % q
    expected = openssl(total) if total else None
    assert combined(P256.curve, (one, P256.generator), (two, other)) == expected
    assert summed((one, P256.comb), (two, Comb.of(P256.curve, other, q))) == expected


@pytest.mark.parametrize("group", [P256, SET_1], ids=["P-256", "set 1"])
class TestEdges:
    def test_small_and_great_multipliers(self, group: Group) -> None:
        """0, 1, 2, q - 1 and q are what they should be, by each way."""
        p, opposite = group.generator, group.curve.negative(group.generator)
        double = group.curve.affine(group.curve.double((p.x, p.y, 1)))
        for number, expected in ((0, None), (1, p), (2, double), (group.q - 1, opposite)):
            assert summed((number, group.comb)) == expected
            assert combined(group.curve, (number, p)) == expected
            assert group.curve.affine(plain(group.curve, number, p)) == expected
        assert combined(group.curve, (group.q, p)) is None
        assert not plain(group.curve, group.q, p)[2]

    def test_opposite_terms_are_infinity(self, group: Group) -> None:
        """[5]P + [5](-P) is nothing, and so is no term at all."""
        opposite = group.curve.negative(group.generator)
        assert combined(group.curve, (5, group.generator), (5, opposite)) is None
        assert combined(group.curve) is None


def test_the_ways_agree_on_sakkes_curve() -> None:
    """[k]P is the same by comb, by odd multiples and without any table."""
    number = 0x1234567 << 900 | 0xABCDEF << 333 | 1
    expected = summed((number, SET_1.comb))
    assert combined(SET_1.curve, (number, SET_1.generator)) == expected
    assert SET_1.curve.affine(plain(SET_1.curve, number, SET_1.generator)) == expected


def test_the_plain_way_takes_points_of_any_order() -> None:
    """On a curve of 32 points, [32]P is infinity for each, and [k]P walks through its multiples."""
    curve = Curve(p=31, b=0)
    for point in (Point(x, y) for x in range(31) for y in range(31) if curve.has(Point(x, y))):
        walked = INFINITY
        for number in range(33):
            assert curve.affine(plain(curve, number, point)) == curve.affine(walked)
            walked = curve.add(walked, point)
        assert not plain(curve, 32, point)[2]
