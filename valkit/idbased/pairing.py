"""The Tate-Lichtenbaum pairing <R,Q> of RFC 6508 3.2, and powers in the group PF_p that its values are in.

The RFC gives Miller's algorithm in affine coordinates, with an inversion for each line. Here points are Jacobian: C is
(X, Y, Z), and each line, evaluated at [i]Q = (-Q_x, i Q_y), is taken times the denominator of its gradient. That is a
factor in F_p, and an element of PF_p = (F_p^2)*/(F_p)* has none to notice. For the same reason vertical lines vanish,
so the bits of q - 1 may be signed digits, of which fewer are not zero, and a step with -R is as good as one with R:

    C doubled   M (Q_x Z^2 + X) - 2 Y^2   +  i Q_y Z' Z^2         M = 3 (X^2 - Z^4),  Z' = 2 Y Z
    C +- R      r (Q_x + R_x) -+ R_y Z'   +  i Q_y Z'             r = +-R_y Z^3 - Y,  Z' = Z (R_x Z^2 - X)

Products are added before they are reduced, since a reduction costs twice a multiplication. An element a + ib of PF_p is
the pair (a, b); outside this module it is b/a, a number of F_p.
"""

from functools import cache

from valkit.idbased.curves import Point
from valkit.idbased.errors import Malformed
from valkit.idbased.parameters import Group
from valkit.idbased.scalars import naf

Element = tuple[int, int]
ONE: Element = (1, 0)

COFACTOR = 4
"""c = (p + 1) / q; v^4 is two squarings."""

WIDTH = 5
"""Bits of the exponent that a step of a power takes."""


@cache
def _digits(q: int) -> list[int]:
    """Give the signed digits of q - 1 from the second most significant on."""
    places = {place: digit for digit, place in naf(q - 1, 2)}
    return [places.get(place, 0) for place in range(max(places) - 1, -1, -1)]


def pair(group: Group, r: Point, q: Point) -> int:
    """Compute <R,Q> for points of the curve, of which Q has order q.

    Raises Malformed if R has another order: then the loop does not end at [q - 1]R = -R.
    """
    p = group.curve.p
    (rx, ry), (qx, qy) = r, q
    sums, opposite = (qx + rx) % p, -ry % p
    a, b = ONE
    x, y, z = rx, ry, 1
    for digit in _digits(group.q):
        zz = z * z % p
        yy = y * y % p
        m = 3 * (x - zz) * (x + zz) % p
        z = 2 * y * z % p
        real, imaginary = (m * (qx * zz + x) - 2 * yy) % p, qy * (z * zz % p) % p
        s = 4 * x * yy % p
        x = (m * m - 2 * s) % p
        y = (m * (s - x) - 8 * yy * yy) % p
        a, b = (a - b) * (a + b) % p, 2 * a * b % p
        a, b = (a * real - b * imaginary) % p, (a * imaginary + b * real) % p
        if digit:
            ty = ry if digit > 0 else opposite
            zz = z * z % p
            h = (rx * zz - x) % p
            slope = (ty * (z * zz % p) - y) % p
            z = z * h % p
            real, imaginary = (slope * sums - ty * z) % p, qy * z % p
            hh = h * h % p
            hhh = h * hh % p
            v = x * hh % p
            x = (slope * slope - hhh - 2 * v) % p
            y = (slope * (v - x) - y * hhh) % p
            a, b = (a * real - b * imaginary) % p, (a * imaginary + b * real) % p
    zz = z * z % p
    if not z or (x - rx * zz) % p or (y - opposite * zz * z) % p:
        raise Malformed("a point to be paired has not the order q")
    for _ in range(COFACTOR // 2):
        a, b = _squared((a, b), p)
    return b * pow(a, -1, p) % p


def _squared(element: Element, p: int) -> Element:
    a, b = element
    return (a - b) * (a + b) % p, 2 * a * b % p


def _times(one: Element, other: Element, p: int) -> Element:
    (a, b), (c, d) = one, other
    return (a * c - b * d) % p, (a * d + b * c) % p


def power(group: Group, element: int, exponent: int) -> int:
    """Give g^r for an element of PF_p[q], by squarings, WIDTH bits of the exponent at a step."""
    p = group.curve.p
    powers = [ONE]
    for _ in range((1 << WIDTH) - 1):
        powers.append(_times(powers[-1], (1, element), p))
    total = ONE
    for place in range((exponent.bit_length() - 1) // WIDTH * WIDTH, -1, -WIDTH):
        for _ in range(WIDTH):
            total = _squared(total, p)
        total = _times(total, powers[exponent >> place & len(powers) - 1], p)
    return total[1] * pow(total[0], -1, p) % p
