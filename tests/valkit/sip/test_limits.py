import pytest
from attrs.exceptions import FrozenInstanceError

from valkit.sip.limits import LIMITS, Limits


def test_a_datagram_fits() -> None:
    """By default a message may be as large as a UDP datagram, and no bound lets nothing through."""
    assert LIMITS.size == 65_535
    assert all(bound > 0 for bound in (LIMITS.headers, LIMITS.line, LIMITS.parts, LIMITS.depth))


def test_limits_are_a_value() -> None:
    """Nobody can widen the bounds of everybody."""
    with pytest.raises(FrozenInstanceError):
        setattr(LIMITS, "size", 1)  # noqa: B010 - the plain assignment is refused by mypy already
    assert Limits() == LIMITS
