"""A REGISTER that comes after the one that ended what it would begin."""

import pytest

from tests.valserver.parts import NOW, registered
from valserver import departures
from valserver.departures import MEMORY, Departures
from valserver.errors import Refused
from valserver.facts import Deregistered

GONE = Deregistered("sip:alice@home.example", "call-1", 5)


@pytest.fixture
def left() -> Departures:
    """Give the memory of one departure."""
    left = Departures()
    left.note(GONE, NOW)
    return left


def test_an_older_register_comes_too_late(left: Departures) -> None:
    """It would bind what is over."""
    with pytest.raises(Refused, match="out of order"):
        left.require_order(registered(cseq=4), NOW + 1)


def test_a_newer_one_begins_anew(left: Departures) -> None:
    """So does one with the same number, from a core that never counts on."""
    left.require_order(registered(cseq=6), NOW + 1)
    left.require_order(registered(cseq=5), NOW + 1)


def test_another_call_counts_for_itself(left: Departures) -> None:
    """An S-CSCF that makes a new Call-ID each time begins at 1 each time."""
    left.require_order(registered(cseq=1)._replace(call_id="call-2"), NOW + 1)
    left.require_order(registered("sip:bob@home.example", cseq=1), NOW + 1)


def test_it_is_remembered_as_long_as_a_request_may_be_under_way(left: Departures) -> None:
    """And then forgotten."""
    left.note(GONE._replace(impu="sip:bob@home.example"), NOW + MEMORY)
    with pytest.raises(Refused):
        left.require_order(registered(cseq=4), NOW + MEMORY)
    left.require_order(registered(cseq=4), NOW + 2 * MEMORY)


def test_an_idle_server_forgets_all_at_once(left: Departures) -> None:
    """Nobody came in between to make one generation the older."""
    left.require_order(registered(cseq=4), NOW + 2 * MEMORY)


def test_no_number_of_departures_fills_the_memory(left: Departures, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go early."""
    monkeypatch.setattr(departures, "MOST", 2)
    for number in range(9):
        left.note(GONE._replace(impu=f"sip:{number}"), NOW)
    left.require_order(registered(cseq=4), NOW)
    with pytest.raises(Refused):
        left.require_order(registered("sip:8", cseq=4), NOW)
