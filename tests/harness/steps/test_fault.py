import pytest

from harness.errors import Unmet
from harness.steps.fault import Cut, Held, OnTheWay, Release, cut, hold, lose, release, repeat
from tests.harness.staging import stage


async def test_a_fault_is_armed_with_its_counts() -> None:
    """The third and the fourth of them, from now on; and time may be skipped while nothing comes."""
    scene = stage()
    await lose(scene, OnTheWay.model_validate({"method": "REGISTER", "nth": 3, "times": 2}))
    await repeat(scene, OnTheWay.model_validate({"method": "PUBLISH"}))
    first, second = scene.lab.wire.faults
    assert (first.effect, first.skips, first.left) == ("lose", 2, 2)
    assert (second.effect, second.skips, second.left) == ("repeat", 0, 1)
    assert scene.lab.patience.skipping


async def test_a_connection_may_be_cut_once_or_each_time() -> None:
    """All of them are as many as come: then it is enough that one came."""
    scene = stage()
    await cut(scene, Cut.model_validate({"to": "gateway"}))
    await cut(scene, Cut.model_validate({"to": "gateway", "times": "all"}))
    once, always = scene.lab.wire.faults
    assert (once.effect, once.left, once.idle) == ("cut", 1, True)
    assert str(once) == "fault.cut HTTP request to gateway: met 0 of them over HTTPS, and was meant for more"
    always.done = 1
    assert not always.idle


async def test_what_is_held_back_can_be_let_go() -> None:
    """By the name it was given."""
    scene = stage()
    await hold(scene, Held.model_validate({"method": "REGISTER", "as": "late"}))
    [fault] = scene.lab.wire.faults
    await release(scene, Release.model_validate("late"))
    assert fault.left == 0


async def test_what_is_not_held_back_cannot_be_let_go() -> None:
    """That is a mistake of the script."""
    with pytest.raises(Unmet, match="held back as late"):
        await release(stage(), Release.model_validate("late"))
