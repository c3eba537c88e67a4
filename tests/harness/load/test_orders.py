import re

import pytest

from harness.load.errors import BadOrder
from harness.load.orders import Brief, Order, check, shared
from harness.load.profile import Profile
from harness.load.users import TEMPLATE, generated

PHONES = [Brief(user.phone, "a-token") for user in generated(TEMPLATE, "", 5)]
PROFILE = Profile.parse("10/s 1s")


def test_an_order_is_read_as_it_was_written() -> None:
    """In one line."""
    (order,) = shared(PHONES, PROFILE, ("register",), 10, 2.5, 1)
    assert "\n" not in order.line()
    assert Order.read(order.line()) == order


def test_phones_and_journeys_are_shared() -> None:
    """Each phone and each journey is in one process, and so is each place of those under way."""
    orders = shared(PHONES, PROFILE, ("register",), 10, 1, 3)
    assert sorted(len(each.phones) for each in orders) == [1, 2, 2]
    assert sum(each.in_flight for each in orders) == 10
    assert sorted(moment for each in orders for moment in each.moments()) == list(PROFILE.moments())


def test_no_key_and_no_token_is_shown() -> None:
    """In a traceback, or anywhere."""
    (order,) = shared(PHONES, PROFILE, ("register",), 1, 1, 1)
    assert "a-token" not in repr(order)
    assert "usim" not in repr(order)


@pytest.mark.parametrize(
    ("in_flight", "says"), [(3, "--in-flight 3 (expected 3 at most)"), (10, "5 users (expected 5 at most)")]
)
def test_more_processes_than_there_is_work_for_are_refused(in_flight: int, says: str) -> None:
    """A place for each would be more than may be under way, and one without phones would hold its journeys back."""
    check(3, in_flight, 5)
    with pytest.raises(BadOrder, match=re.escape(f"--processes 6 are more than {says}")):
        check(6, in_flight, 5)
