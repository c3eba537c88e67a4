import pytest

from valkit.sip.reasons import REASONS, reason_for


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, "OK"),
        (489, "Bad Event"),
        (199, "Early Dialog Terminated"),
        (299, "OK"),
        (499, "Bad Request"),
        (699, "Busy Everywhere"),
    ],
)
def test_every_status_has_a_reason(status: int, reason: str) -> None:
    """Its own, or that of its class (RFC 3261 8.1.3.2)."""
    assert reason_for(status) == reason


def test_reasons_can_stand_in_a_status_line() -> None:
    """No phrase has a line break, every code is one."""
    assert all(100 <= status <= 699 and reason.isprintable() for status, reason in REASONS.items())
