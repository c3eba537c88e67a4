"""Points of an elliptic curve y^2 = x^3 - 3x + b over F_p, as P-256 and SAKKE's curve both are.

Affine points are a pair of numbers, and None is the point at infinity. Between two of them everything goes by Jacobian
coordinates, (X, Y, Z) for x = X/Z^2 and y = Y/Z^3, because an inversion costs as much as fifty multiplications or more;
Z = 0 is infinity there. Points come in and go out uncompressed, 04 || x || y (RFC 5480 2.2), and a point that is read
is checked to be on the curve.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from attrs import frozen

from valkit.idbased.errors import Malformed

UNCOMPRESSED = b"\x04"


class Point(NamedTuple):
    """An affine point that is not infinity."""

    x: int
    y: int


Jacobian = tuple[int, int, int]
INFINITY: Jacobian = (1, 1, 0)


@frozen
class Curve:
    """The curve with this b over the field of p elements."""

    p: int
    b: int

    @cached_property
    def size(self) -> int:
        """Bytes of a coordinate: N of RFC 6507, L of RFC 6508."""
        return (self.p.bit_length() + 7) // 8

    def has(self, point: Point) -> bool:
        """Say whether the point is on the curve, with both coordinates in 0 ... p - 1."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (x * x * x - 3 * x + self.b - y * y) % self.p == 0

    def encode(self, point: Point) -> bytes:
        """Write a point, 2 * size + 1 bytes."""
        return UNCOMPRESSED + point.x.to_bytes(self.size) + point.y.to_bytes(self.size)

    def decode(self, data: bytes, what: str) -> Point:
        """Read a point. Raises Malformed, which names it as `what`, if it has another shape or is not on the curve."""
        if len(data) != 2 * self.size + 1 or not data.startswith(UNCOMPRESSED):
            raise Malformed(f"{what} is not an uncompressed point of {2 * self.size + 1} bytes")
        point = Point(int.from_bytes(data[1 : self.size + 1]), int.from_bytes(data[self.size + 1 :]))
        if not self.has(point):
            raise Malformed(f"{what} is not on the curve")
        return point

    def negative(self, point: Point) -> Point:
        """Give -P."""
        return Point(point.x, -point.y % self.p)

    def double(self, point: Jacobian) -> Jacobian:
        """Give [2]P."""
        p = self.p
        x, y, z = point
        zz = z * z % p
        yy = y * y % p
        s = 4 * x * yy % p
        m = 3 * (x - zz) * (x + zz) % p
        x3 = (m * m - 2 * s) % p
        return x3, (m * (s - x3) - 8 * yy * yy) % p, 2 * y * z % p

    def add(self, point: Jacobian, other: Point) -> Jacobian:
        """Give P + Q, where Q is affine."""
        p = self.p
        x, y, z = point
        if not z:
            return other.x, other.y, 1
        zz = z * z % p
        h = (other.x * zz - x) % p
        r = (other.y * (z * zz % p) - y) % p
        if not h:
            return INFINITY if r else self.double(point)
        hh = h * h % p
        hhh = h * hh % p
        v = x * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - y * hhh) % p, z * h % p

    def affine(self, point: Jacobian) -> Point | None:
        """Give the affine point, or None for infinity, at the cost of an inversion."""
        return self.affines([point])[0] if point[2] else None

    def affines(self, points: Sequence[Jacobian]) -> list[Point]:
        """Give the affine points of points that are not infinity, at the cost of one inversion for all of them."""
        p = self.p
        products = [1]
        for _, _, z in points:
            products.append(products[-1] * z % p)
        inverse = pow(products[-1], -1, p)
        result = []
        for (x, y, z), before in zip(reversed(points), reversed(products[:-1]), strict=True):
            one = inverse * before % p
            inverse = inverse * z % p
            two = one * one % p
            result.append(Point(x * two % p, y * (one * two % p) % p))
        return result[::-1]
