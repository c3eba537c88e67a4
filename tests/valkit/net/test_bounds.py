"""The bounds chosen are large enough for what the RFC and the server's aim ask for."""

import pytest

from valkit.net.bounds import DEFAULT_BOUNDS
from valkit.sip.transaction import DEFAULT_TIMERS, IMS_UE_TIMERS, Timers


def test_every_response_of_a_busy_server_is_kept_its_full_time() -> None:
    """20 000 requests a second for 64*T1 fit (17.2.2)."""
    assert DEFAULT_BOUNDS.responses >= 20_000 * DEFAULT_TIMERS.lifetime


@pytest.mark.parametrize("timers", [DEFAULT_TIMERS, IMS_UE_TIMERS])
def test_a_connection_outlives_a_transaction(timers: Timers) -> None:
    """An idle connection stays open at least 64*T1 (18)."""
    assert DEFAULT_BOUNDS.streams.idle >= timers.lifetime


def test_one_host_cannot_take_all_connections() -> None:
    """However many connections one address opens, others still get in."""
    assert DEFAULT_BOUNDS.streams.per_host < DEFAULT_BOUNDS.streams.connections


def test_strangers_leave_room() -> None:
    """Strangers from many addresses leave as many connections as they can take, and more than one peer may have."""
    streams = DEFAULT_BOUNDS.streams
    assert streams.per_host <= streams.connections - streams.strangers
