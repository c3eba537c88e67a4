from typing import Any

import pytest

from harness.errors import Finding, NotObservable, Unmet
from harness.expect.silence import Silence, silence
from tests.harness.staging import stage
from ue_sim.engines import EngineName

FOR_AN_HOUR = Silence.model_validate({"for": "1h"})


def nothing() -> Finding | None:
    """Find nothing."""
    return None


async def test_nothing_comes_until_all_is_quiet() -> None:
    """Time does not pass for it."""
    scene: Any = stage()
    await silence(scene, Silence.model_validate({}), "NOTIFY", nothing)
    assert scene.lab.patience.advanced == 0.0
    with pytest.raises(Unmet, match="wanted no NOTIFY, got one"):
        await silence(scene, Silence.model_validate({}), "NOTIFY", lambda: Finding("", "one"))


async def test_nothing_comes_for_longer() -> None:
    """The lab's clock is moved, and then all is looked at once more."""
    scene: Any = stage()
    await silence(scene, FOR_AN_HOUR, "NOTIFY", nothing)
    assert scene.lab.patience.advanced == 3600.0
    came = [None, Finding("", "one", "NOTIFY x")]
    with pytest.raises(Unmet, match="wanted no NOTIFY for 1 h, got one") as unmet:
        await silence(scene, FOR_AN_HOUR, "NOTIFY", lambda: came.pop(0))
    assert unmet.value.finding.message == "NOTIFY x"


async def test_what_keeps_its_own_time_is_not_observed() -> None:
    """A process, or the SIP stack of the phones; what has come by then is told all the same."""
    scene: Any = stage()
    scene.lab.patience.one_clock = False
    with pytest.raises(NotObservable, match=r"that for 1 h there is no NOTIFY \(a program in a process of its own"):
        await silence(scene, FOR_AN_HOUR, "NOTIFY", nothing)
    with pytest.raises(Unmet):
        await silence(scene, FOR_AN_HOUR, "NOTIFY", lambda: Finding("", "one"))
    scene = stage()
    scene.lab.plan = scene.lab.plan.model_copy(update={"engine": EngineName.PJSUA2})
    with pytest.raises(NotObservable, match="the phones' SIP stack keeps its own time"):
        await silence(scene, FOR_AN_HOUR, "NOTIFY", nothing)
    assert scene.lab.patience.advanced == 0.0
