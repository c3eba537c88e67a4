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


async def test_that_it_came_before_is_said() -> None:
    """Also of a message that is asked for twice, as it is passed on."""
    with pytest.raises(Unmet, match="got it came before that; a message is one, however often it is passed on"):
        await expect_order(stage(*EVENTS), Order.model_validate([REGISTER, BOUND, FLAG]))
    with pytest.raises(Unmet, match="got it came before that"):
        await expect_order(stage(*EVENTS), Order.model_validate([REGISTER, REGISTER]))


async def test_one_event_is_not_two() -> None:
    """The same thing twice in a row wants two of it."""
    with pytest.raises(Unmet):
        await expect_order(stage(*EVENTS), Order.model_validate([BOUND, BOUND]))


def test_an_item_is_a_message_or_an_event() -> None:
    """None or two of them is refused when the file is read."""
    with pytest.raises(ValidationError, match="not one of message, event, http and any_order"):
        Order.model_validate([{}, BOUND])


def group(*items: object) -> dict[str, object]:
    """Name several in any order."""
    return {"any_order": items}


@pytest.mark.parametrize(
    "items",
    [
        [group(BOUND, REGISTER, FLAG)],
        [REGISTER, group(BOUND, FLAG)],
        [group(FLAG, REGISTER), BOUND],
        [group(BOUND, {"message": {"method": "REGISTER", "headers": {"CSeq": "1 REGISTER"}}})],
    ],
)
async def test_some_may_come_in_any_order(items: list[object]) -> None:
    """Among themselves; before and after them others keep their places."""
    await expect_order(stage(*EVENTS), Order.model_validate(items))


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([group(BOUND, FLAG), REGISTER], "REGISTER from ue after event 'bound' of valserver and event 'flag' of hss"),
        ([BOUND, group(FLAG, REGISTER)], "event 'flag' of hss after event 'bound' of valserver"),
        ([group(BOUND, BOUND)], "event 'bound' of valserver after the beginning"),
        ([group(BOUND, {"event": "unbound"})], "event 'unbound' of valserver after the beginning"),
    ],
)
async def test_each_is_one_of_its_own_in_its_place(items: list[object], said: str) -> None:
    """What comes before or after several comes before or after all of them; one happening is not two."""
    with pytest.raises(Unmet, match=said):
        await expect_order(stage(*EVENTS), Order.model_validate(items))


async def test_each_gets_a_happening_whichever_is_written_first() -> None:
    """What fits either goes to the one that nothing else fits."""
    any_flag = {"event": {"what": "flag", "by": "hss"}}
    pending = {"event": {"what": "flag", "by": "hss", "fields": {"flag": "pending"}}}
    first, second = noted("hss", "flag", flag="pending"), noted("hss", "flag", flag="registered")
    scene = stage(first, second, noted("valserver", "bound"))
    for items in ([any_flag, pending], [pending, any_flag]):
        await expect_order(scene, Order.model_validate([group(*items), BOUND]))
    with pytest.raises(Unmet):
        await expect_order(scene, Order.model_validate([group(pending, pending)]))


async def test_what_came_instead_is_told() -> None:
    """The message that is most like the one missing, with what it has otherwise."""
    told = [FLAG, {"message": {"method": "REGISTER", "headers": {"Expires": 60}}}]
    scene = stage(EVENTS[1], sent("alice", "pcscf", request(Expires="600")))
    with pytest.raises(Unmet, match="it did not come then, one with Expires: 600") as unmet:
        await expect_order(scene, Order.model_validate(told))
    assert unmet.value.finding.message.startswith("REGISTER sip:home.example")
    with pytest.raises(Unmet, match="it did not come then, no HTTP message at all"):
        await expect_order(scene, Order.model_validate([FLAG, {"http": "/token"}]))


async def test_it_may_look_at_what_came_since_the_last_act() -> None:
    """And not at what came before it."""
    scene = stage(*EVENTS)
    since = {"items": [FLAG, BOUND], "since_start": "no"}
    await expect_order(scene, Order.model_validate(since))
    scene.begin_act()
    with pytest.raises(Unmet, match="after the last act"):
        await expect_order(scene, Order.model_validate(since))


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([BOUND], "names one happening"),
        ([group(BOUND)], "at least 2"),
        ([group(BOUND, group(FLAG, REGISTER))], "has any_order within any_order"),
    ],
)
def test_an_order_is_of_several(items: list[object], says: str) -> None:
    """One by itself is what the other expectations are for."""
    with pytest.raises(ValidationError, match=says):
        Order.model_validate(items)
