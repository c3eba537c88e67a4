import pytest
from pydantic import ValidationError

from harness.errors import Unmet
from harness.expect.order import Order, expect_order
from tests.harness.scenes import noted, request, sent
from tests.harness.staging import stage
from valkit.trace import Event

EVENTS: list[Event] = [
    sent("alice", "pcscf", request()),
    noted("hss", "flag", flag="pending"),
    noted("valserver", "bound"),
]
REGISTER = {"message": {"from": "ue", "method": "REGISTER"}}
FLAG = {"event": {"what": "flag", "by": "hss"}}
BOUND = {"event": "bound"}


async def test_what_came_in_order_is_fine() -> None:
    """Others may have come between."""
    await expect_order(stage(*EVENTS), Order.model_validate([REGISTER, FLAG, BOUND]))
    await expect_order(stage(*EVENTS), Order.model_validate([REGISTER, BOUND]))


async def test_what_came_too_early_fails() -> None:
    """The first that did not come after the one before it is told."""
    with pytest.raises(Unmet, match="event 'flag' of hss after event 'bound' of valserver"):
        await expect_order(stage(*EVENTS), Order.model_validate([REGISTER, BOUND, FLAG]))


async def test_one_event_is_not_two() -> None:
    """The same thing twice in a row wants two of it."""
    with pytest.raises(Unmet):
        await expect_order(stage(*EVENTS), Order.model_validate([BOUND, BOUND]))


def test_an_item_is_a_message_or_an_event() -> None:
    """None or two of them is refused when the file is read."""
    with pytest.raises(ValidationError, match="not one of message, event and http"):
        Order.model_validate([{}, BOUND])
