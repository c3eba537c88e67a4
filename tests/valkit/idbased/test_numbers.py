"""Both kinds of numbers compute the same, whichever is installed."""

import os
from collections.abc import Callable
from importlib.util import find_spec

import pytest

from valkit.idbased.curves import Curve, Point
from valkit.idbased.multiples import combined, plain, summed
from valkit.idbased.numbers import MODULE, fastest, number
from valkit.idbased.pairing import pair, power
from valkit.idbased.parameters import P256, SET_1, G, Group


def mpz(value: int) -> int:
    """Make a number of gmpy2's, or skip the test."""
    if find_spec(MODULE) is None:
        missing = "gmpy2 is not installed (pip install 'val-harness[kms]')"
        if os.environ.get("VAL_NO_SKIP") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return fastest()(value)


def of(kind: Callable[[int], int], group: Group) -> Group:
    """Make the same group of numbers of one kind."""
    x, y = group.generator
    return Group(Curve(kind(group.curve.p), kind(group.curve.b)), group.q, Point(kind(x), kind(y)))


@pytest.mark.parametrize("kind", [int, mpz])
class TestEitherKind:
    @pytest.mark.parametrize("known", [P256, SET_1], ids=["P-256", "set 1"])
    def test_multiples_are_the_same(self, kind: Callable[[int], int], known: Group) -> None:
        """[q - 1]P is -P by each way, and a point is the same bytes."""
        group = of(kind, known)
        opposite = group.curve.negative(group.generator)
        assert summed((group.q - 1, group.comb)) == opposite
        assert combined(group.curve, (group.q - 1, group.generator)) == opposite
        assert group.curve.affine(plain(group.curve, group.q - 1, group.generator)) == opposite
        assert type(opposite.y) is type(kind(0))
        assert group.curve.encode(opposite) == known.curve.encode(known.curve.negative(known.generator))

    def test_pairings_and_powers_are_the_same(self, kind: Callable[[int], int]) -> None:
        """<P,P> is g, and g^q is one."""
        group = of(kind, SET_1)
        assert pair(group, group.generator, group.generator) == G
        assert power(group, int(G), group.q) == 0


def test_without_the_module_python_counts_itself() -> None:
    """An installation without the extra works, only slower."""
    assert fastest("no_such_module") is int


def test_the_constants_are_of_the_fastest_kind() -> None:
    """One constant of Python's would make its results slow."""
    assert {type(value) for value in (SET_1.curve.p, P256.curve.p, *SET_1.generator)} == {type(number(0))}
