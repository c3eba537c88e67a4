import json

from harness.load.result import Result
from harness.load.tally import Second, Tally
from harness.load.verdict import Limits
from tests.harness.load.results import asked, result


def test_programs_are_told_all_of_it() -> None:
    """The whole, each step, and each second."""
    told = json.loads(result(Limits(failed=0.01)).told().model_dump_json())
    assert told["journeys"] == {
        "begun": 6, "held_back": 0, "succeeded": 5, "failed": 1, "per_second": 1.667, "not_done": 0.166667,
    }  # fmt: skip
    assert told["steps"]["publish"]["causes"] == {"403 <b>\x1b[1m": 1}
    assert (told["steps"]["register"]["succeeded"], told["steps"]["register"]["max"]) == (6, 0.06)
    assert [each["second"] for each in told["timeline"]] == [0, 1, 2]
    assert told["exceeded"] == ["16.67% of the journeys failed or were held back (--fail-over 1%)"]
    assert told["asked"]["profile"] == "2/s 3s"


def test_steps_are_told_in_their_order_each_once() -> None:
    """Whether or not anything came of them."""
    assert [name for name, _ in result().steps] == ["register", "publish"]


def test_a_load_that_ended_early_is_told_as_that() -> None:
    """With why, beside what was counted; what was under way then might have succeeded."""
    made = Result(
        asked(Limits(failed=1)),
        Tally({0: Second(begun=2, failed=1)}),
        0.0,
        1.0,
        fault="A process of the load ended: killed",
    )
    assert (made.told().fault, made.told().journeys.begun) == ("A process of the load ended: killed", 2)
    assert made.exceeded == ()
