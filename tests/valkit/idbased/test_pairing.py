"""The pairing, against the pseudocode of RFC 6508 3.2 in affine coordinates, and by what a pairing must satisfy."""

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from valkit.idbased.curves import Point
from valkit.idbased.errors import Malformed
from valkit.idbased.multiples import combined, plain, summed
from valkit.idbased.pairing import pair, power
from valkit.idbased.parameters import SET_1, G

P, FIELD, Q = SET_1.generator, SET_1.curve.p, SET_1.q


def multiple(number: int) -> Point:
    """Give [k]P."""
    point = summed((number, SET_1.comb))
    assert point is not None
    return point


def pseudocode(r: Point, q: Point) -> int:
    """Compute <R,Q> line by line as the RFC writes it."""
    v, c = (1, 0), r

    def step(v: tuple[int, int], gradient: int, c: Point) -> tuple[int, int]:
        line = (gradient * (q.x + c.x) - c.y, q.y)
        return (v[0] * line[0] - v[1] * line[1]) % FIELD, (v[0] * line[1] + v[1] * line[0]) % FIELD

    def onward(gradient: int, c: Point, other: Point) -> Point:
        x = (gradient * gradient - c.x - other.x) % FIELD
        return Point(x, (gradient * (c.x - x) - c.y) % FIELD)

    for bit in f"{Q - 1:b}"[1:]:
        gradient = 3 * (c.x * c.x - 1) * pow(2 * c.y, -1, FIELD) % FIELD
        squared = ((v[0] * v[0] - v[1] * v[1]) % FIELD, 2 * v[0] * v[1] % FIELD)
        v, c = step(squared, gradient, c), onward(gradient, c, c)
        if bit == "1":
            gradient = (c.y - r.y) * pow(c.x - r.x, -1, FIELD) % FIELD
            v, c = step(v, gradient, c), onward(gradient, c, r)
    for _ in range((FIELD + 1) // Q // 2):
        v = ((v[0] * v[0] - v[1] * v[1]) % FIELD, 2 * v[0] * v[1] % FIELD)
    return v[1] * pow(v[0], -1, FIELD) % FIELD


def test_it_is_the_rfcs() -> None:
    """Lines times their denominators, signed digits and lazy sums change nothing."""
    r, q = multiple(0x1234567), multiple(Q - 99)
    assert pair(SET_1, r, q) == pseudocode(r, q)


@given(x=integers(1, Q - 1), y=integers(1, Q - 1))
@settings(max_examples=3)
def test_it_is_bilinear(x: int, y: int) -> None:
    """<[x]P,[y]P> = g^(xy), whichever comes first."""
    expected = power(SET_1, G, x * y % Q)
    assert pair(SET_1, multiple(x), multiple(y)) == expected
    assert pair(SET_1, multiple(y), multiple(x)) == expected


class TestPowers:
    def test_edges(self) -> None:
        """g^0 is one, which is 0 as b/a; g^1 is g; g^q is one again; g^(q - 1) is the inverse, which is -b/a."""
        assert power(SET_1, G, 0) == 0
        assert power(SET_1, G, 1) == G
        assert power(SET_1, G, Q) == 0
        assert power(SET_1, G, Q - 1) == FIELD - G

    @given(x=integers(0, Q - 1), y=integers(0, Q - 1))
    @settings(max_examples=10)
    def test_exponents_add_up(self, x: int, y: int) -> None:
        """g^x * g^y = g^(x + y), with the product of RFC 6508 2.1."""
        a, b = power(SET_1, G, x), power(SET_1, G, y)
        assert (a + b) * pow(1 - a * b, -1, FIELD) % FIELD == power(SET_1, G, x + y)


class TestOrder:
    def test_a_point_of_another_order_is_refused(self) -> None:
        """A point of order 2, and a point of order 2q, do not get through the loop."""
        two = Point(0, 0)
        both = SET_1.curve.affine(SET_1.curve.add((two.x, two.y, 1), P))
        assert both is not None
        assert SET_1.curve.has(both)
        assert plain(SET_1.curve, Q, both)[2]
        for point in (two, both):
            with pytest.raises(Malformed, match="order"):
                pair(SET_1, point, P)

    def test_a_multiple_of_the_generator_is_not(self) -> None:
        """[2]P has order q."""
        double = combined(SET_1.curve, (2, P))
        assert double is not None
        assert pair(SET_1, double, P) == power(SET_1, G, 2)
