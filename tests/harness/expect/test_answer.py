import pytest
from pydantic import ValidationError

from harness.errors import Unmet
from harness.expect.answer import Answer, expect_answer
from harness.grammar.captured import Captured
from harness.stage import Answered, Stage
from tests.harness.scenes import request
from tests.harness.staging import stage
from ue_sim.engine import Answer as Got


@pytest.fixture
def scene() -> Stage:
    """Give a stage on which alice was answered 200."""
    made = stage()
    made.answered = Answered("alice", Got(request().answer(200, headers=[("Expires", "60")]), expires=60))
    return made


@pytest.mark.parametrize(
    "told", [200, "2xx", {"status": 200, "ue": "alice", "expires": 60, "headers": {"Expires": 60}, "received": "yes"}]
)
async def test_an_answer_that_fits_is_fine(told: object, scene: Stage) -> None:
    """By code, by class, by whom it was for and what it grants."""
    await expect_answer(scene, Answer.model_validate(told))


@pytest.mark.parametrize(
    ("told", "wanted", "otherwise"),
    [
        (403, "an answer 403", ""),
        ({"status": 200, "ue": "bob"}, "an answer 200 to bob", ""),
        ({"status": 200, "expires": 61}, "an answer 200 for 61 s", " for 60 s"),
        ({"status": 200, "headers": {"Expires": 61}}, "an answer 200 with Expires: 61", " with Expires: 60"),
        (
            {"status": 200, "headers": {"CSeq": "2 REGISTER"}},
            "an answer 200 with CSeq: 2 REGISTER",
            " with CSeq: 1 REGISTER",
        ),
        ({"status": 200, "without": ["From;tag"]}, "an answer 200 without From;tag", " with From;tag: a"),
        (
            {"status": 200, "parts": ["text/plain"]},
            "an answer 200 with a part text/plain",
            " with no part text/plain (but no body)",
        ),
        ({"status": 200, "received": "no"}, "no answer, taken for 200", ""),
    ],
)
async def test_an_answer_that_does_not_fit_fails(told: object, wanted: str, otherwise: str, scene: Stage) -> None:
    """What was wanted is told in words, beside what came and the message."""
    with pytest.raises(Unmet) as unmet:
        await expect_answer(scene, Answer.model_validate(told))
    assert unmet.value.finding.wanted == wanted
    assert unmet.value.finding.got == f"200 OK to alice{otherwise}"
    assert unmet.value.finding.message.startswith("SIP/2.0 200 OK")


@pytest.mark.parametrize("told", [100, "1xx", {"status": 200, "expires": -1}])
def test_what_no_final_response_has_is_refused(told: object) -> None:
    """It would never come."""
    with pytest.raises(ValidationError):
        Answer.model_validate(told)


async def test_a_value_is_captured_of_an_answer_that_fits(scene: Stage) -> None:
    """And of no other."""
    await expect_answer(scene, Answer.model_validate({"status": 200, "capture": {"lasts": "Expires"}}))
    assert scene.captured == {"lasts": Captured("60")}
    with pytest.raises(Unmet, match="with SIP-ETag to capture, got 200 OK to alice with no SIP-ETag"):
        await expect_answer(scene, Answer.model_validate({"status": 200, "capture": {"tag": "SIP-ETag"}}))


async def test_without_a_call_there_is_no_answer() -> None:
    """A script that expects one too early is told so."""
    with pytest.raises(Unmet, match="no phone has asked"):
        await expect_answer(stage(), Answer.model_validate(200))
