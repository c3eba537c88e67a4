import pytest

from valkit.sip.errors import ParseError
from valkit.sip.subscription import SubscriptionState


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("active;expires=599", SubscriptionState("active", 599)),
        ("pending", SubscriptionState("pending")),
        ("terminated;reason=noresource", SubscriptionState("terminated", reason="noresource")),
        ("terminated;reason=probation;retry-after=30", SubscriptionState("terminated", None, "probation", 30)),
    ],
)
def test_a_state_is_read_and_written(text: str, state: SubscriptionState) -> None:
    """Each state of RFC 6665 with its parameters, there and back."""
    assert (SubscriptionState.parse(text), str(state)) == (state, text)
    assert state.ended is text.startswith("terminated")


def test_case_and_odd_numbers() -> None:
    """The state knows no case; a number that is none is as if it were not there."""
    assert SubscriptionState.parse("Active ; expires=soon") == SubscriptionState("active")


@pytest.mark.parametrize("text", ["", ";expires=1", "active expires=1"])
def test_what_is_no_state_is_refused(text: str) -> None:
    """A fault names the header."""
    with pytest.raises(ParseError, match="Subscription-State"):
        SubscriptionState.parse(text)
