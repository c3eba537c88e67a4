"""Multiples of points: sums [k]P + [l]Q + ... of any points, and faster ones of points that are used again and again.

`combined` goes through all multipliers at once (Straus), each in signed digits of which one in six is not zero, so that
the doublings, which are most of the work, are shared. A `Comb` is a table made once for one point: it cuts a multiplier
into TEETH rows of equal length, one beneath the other, and takes a whole column at a step, so only an eighth of the
doublings remains (Lim and Lee).
"""

from collections.abc import Sequence

from attrs import field, frozen

from valkit.idbased.curves import INFINITY, Curve, Jacobian, Point
from valkit.idbased.scalars import naf

WIDTH = 5
"""Bits of a signed digit: a table of 8 odd multiples."""

TEETH = 8
"""Rows of a comb: a table of 255 points."""


def combined(curve: Curve, *terms: tuple[int, Point]) -> Point | None:
    """Give [k]P + [l]Q + ... for multipliers that are not negative; None is infinity."""
    due: dict[int, list[Point]] = {}
    for (number, _), odd in zip(terms, _odd_multiples(curve, [point for _, point in terms]), strict=True):
        for digit, place in naf(number, WIDTH):
            point = odd[abs(digit) >> 1]
            due.setdefault(place, []).append(point if digit > 0 else curve.negative(point))
    total = INFINITY
    for place in range(max(due, default=-1), -1, -1):
        total = curve.double(total)
        for point in due.get(place, ()):
            total = curve.add(total, point)
    return curve.affine(total)


def _odd_multiples(curve: Curve, points: list[Point]) -> list[list[Point]]:
    """Give [1]P, [3]P ... [15]P of each point, whose order must be a greater prime."""
    count = 1 << WIDTH - 2
    doubles = curve.affines([curve.double((x, y, 1)) for x, y in points])
    every: list[Jacobian] = []
    for (x, y), double in zip(points, doubles, strict=True):
        multiple: Jacobian = (x, y, 1)
        for _ in range(count):
            every.append(multiple)
            multiple = curve.add(multiple, double)
    flat = curve.affines(every)
    return [flat[start : start + count] for start in range(0, len(flat), count)]


@frozen
class Comb:
    """The table of one point: entry i is the sum of the rows' points whose bits are set in i. Entry 0 is not used."""

    curve: Curve
    columns: int
    table: Sequence[Point] = field(repr=False)

    @classmethod
    def of(cls, curve: Curve, point: Point, order: int) -> "Comb":
        """Make the table of a point of this order."""
        columns = -(-order.bit_length() // TEETH)
        row: Jacobian = (point.x, point.y, 1)
        rows = [row]
        for _ in range(TEETH - 1):
            for _ in range(columns):
                row = curve.double(row)
            rows.append(row)
        table: list[Jacobian] = []
        for x, y in curve.affines(rows):
            table += [(x, y, 1), *(curve.add(entry, Point(x, y)) for entry in table)]
        return cls(curve, columns, (point, *curve.affines(table)))

    def indices(self, number: int) -> list[int]:
        """Give the table's index for each column of a multiplier, lowest first."""
        bits = f"{number:0{self.columns * TEETH}b}"
        return [int(bits[-1 - column :: -self.columns][::-1], 2) for column in range(self.columns)]


def summed(*terms: tuple[int, Comb]) -> Point | None:
    """Give [k]P + [l]Q + ... of points on one curve whose combs are equally long, for multipliers below the order."""
    curve, columns = terms[0][1].curve, terms[0][1].columns
    ways = [(comb.table, comb.indices(number)) for number, comb in terms]
    total = INFINITY
    for column in range(columns - 1, -1, -1):
        total = curve.double(total)
        for table, indices in ways:
            if index := indices[column]:
                total = curve.add(total, table[index])
    return curve.affine(total)


def plain(curve: Curve, number: int, point: Point) -> Jacobian:
    """Give [k]P of any point, of whatever order, without tables: what tells whether a received point has order q."""
    digits = {place: digit for digit, place in naf(number, 2)}
    total = INFINITY
    for place in range(max(digits, default=-1), -1, -1):
        total = curve.double(total)
        if digit := digits.get(place):
            total = curve.add(total, point if digit > 0 else curve.negative(point))
    return total
