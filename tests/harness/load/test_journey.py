import pytest

from harness.load.errors import BadOrder
from harness.load.journey import USUAL, cause, steps
from tests.harness.scenes import TOKEN
from ue_sim.engine import Answer
from valkit.sip.message import Request

REGISTER = Request.create(
    "REGISTER", "sip:home.example", [("From", "<sip:a@b>;tag=1"), ("To", "<sip:a@b>"), ("Via", "x")]
)


def test_steps_are_names_with_commas() -> None:
    """In the order in which they are done."""
    assert steps(USUAL) == ("register", "publish", "deregister")
    assert steps("register, reregister") == ("register", "reregister")


@pytest.mark.parametrize(("text", "says"), [("register,dance", "no UE does 'dance'"), ("refresh", "publish before it")])
def test_what_no_ue_does_is_refused(text: str, says: str) -> None:
    """It says what there is."""
    with pytest.raises(BadOrder, match=says):
        steps(text)


@pytest.mark.parametrize(
    ("answer", "refused", "says"),
    [
        (Answer(REGISTER.answer(403)), "", "403 Forbidden"),
        (Answer(REGISTER.answer(408), received=False), "", "no answer (timeout)"),
        (Answer(REGISTER.answer(503), received=False), "", "nothing could be sent, or the connection was closed"),
        (Answer(REGISTER.answer(503), received=False, why="it was reset"), "", "no answer: it was reset"),
        (Answer(REGISTER.answer(401)), "its SQN is not fresh", "AUTN refused by the UE: its SQN is not fresh"),
    ],
)
def test_a_cause_is_told_in_a_few_words(answer: Answer, refused: str, says: str) -> None:
    """So that the same ones are counted together."""
    assert cause(answer, refused) == says


def test_no_token_that_a_server_quotes_is_in_a_cause() -> None:
    """It is told by its user and its jti."""
    answer = REGISTER.answer(403, f"bad token {TOKEN}")
    assert cause(Answer(answer)) == "403 bad token (token sub=alice jti=token-1)"
