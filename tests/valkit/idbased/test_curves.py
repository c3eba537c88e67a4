"""The group law, against the textbook's in affine coordinates on a curve small enough to try every pair of points."""

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, sampled_from

from tests.valkit.idbased.support import changed
from valkit.idbased.curves import INFINITY, Curve, Jacobian, Point
from valkit.idbased.errors import Malformed
from valkit.idbased.multiples import summed
from valkit.idbased.parameters import P256, SET_1, Group

SMALL = Curve(p=31, b=0)
POINTS = [point for x in range(31) for y in range(31) if SMALL.has(point := Point(x, y))]


def textbook(one: Point | None, other: Point | None) -> Point | None:
    """Add two points of SMALL with an inversion."""
    p = SMALL.p
    if one is None or other is None:
        return one or other
    if one.x == other.x:
        if (one.y + other.y) % p == 0:
            return None
        slope = (3 * one.x * one.x - 3) * pow(2 * one.y, -1, p)
    else:
        slope = (other.y - one.y) * pow(other.x - one.x, -1, p)
    x = (slope * slope - one.x - other.x) % p
    return Point(x, (slope * (one.x - x) - one.y) % p)


def jacobian(point: Point, z: int) -> Jacobian:
    """Write a point with this Z."""
    return point.x * z * z % SMALL.p, point.y * z**3 % SMALL.p, z


def test_the_small_curve_has_points_of_every_kind() -> None:
    """It is supersingular, of p + 1 points with infinity, and one at least has order 2."""
    assert len(POINTS) == SMALL.p
    assert any(not point.y for point in POINTS)


@pytest.mark.parametrize("z", [1, 2, 30])
def test_addition_is_the_textbooks(z: int) -> None:
    """Every sum of two points is right: different ones, equal ones, and opposite ones."""
    for one in POINTS:
        for other in POINTS:
            assert SMALL.affine(SMALL.add(jacobian(one, z), other)) == textbook(one, other)


@pytest.mark.parametrize("z", [1, 2, 30])
def test_doubling_is_the_textbooks(z: int) -> None:
    """Every point doubles right, those of order 2 to infinity."""
    for point in POINTS:
        assert SMALL.affine(SMALL.double(jacobian(point, z))) == textbook(point, point)


def test_infinity_is_neutral() -> None:
    """It doubles to itself and adds nothing."""
    assert SMALL.affine(SMALL.double(INFINITY)) is None
    assert all(SMALL.affine(SMALL.add(INFINITY, point)) == point for point in POINTS)


def test_many_points_become_affine_by_one_inversion() -> None:
    """They keep their order, whatever Z they have."""
    assert SMALL.affines([jacobian(point, 1 + number % 30) for number, point in enumerate(POINTS)]) == POINTS
    assert SMALL.affines([]) == []


def test_a_negative_is_the_other_point_above_x() -> None:
    """P and -P are infinity together."""
    assert all(textbook(point, SMALL.negative(point)) is None for point in POINTS)


GROUPS = sampled_from([P256, SET_1])


class TestPointsAsBytes:
    @given(group=GROUPS, number=integers(1, 1 << 20))
    def test_they_come_back(self, group: Group, number: int) -> None:
        """A point written and read is the same point."""
        point = summed((number, group.comb))
        assert point is not None
        data = group.curve.encode(point)
        assert data[0] == 4
        assert len(data) == 2 * group.curve.size + 1
        assert group.curve.decode(data, "P") == point

    @given(group=GROUPS, bit=integers(0, 1 << 12))
    def test_one_bit_wrong_is_off_the_curve(self, group: Group, bit: int) -> None:
        """A changed coordinate, or another first byte, is refused by name."""
        with pytest.raises(Malformed, match="KPAK"):
            group.curve.decode(changed(group.curve.encode(group.generator), bit), "KPAK")

    @given(group=GROUPS)
    def test_a_coordinate_beyond_the_field_is_refused(self, group: Group) -> None:
        """What is not in 0 ... p - 1 is no coordinate, even where it fits."""
        coordinate = b"\xff" * group.curve.size
        with pytest.raises(Malformed, match="not on the curve"):
            group.curve.decode(b"\x04" + coordinate * 2, "P")

    @given(group=GROUPS, data=binary(max_size=70))
    def test_noise_is_refused(self, group: Group, data: bytes) -> None:
        """Whatever comes, it is a point or Malformed."""
        with pytest.raises(Malformed):
            group.curve.decode(data, "P")
