import pytest

from harness.run.diagnosed import diagnosed
from harness.seen.cast import PCSCF
from tests.harness.scenes import TOKEN, noted, request, sent
from valkit.trace import Event, Fate


def refused(fate: Fate = "delivered") -> list[Event]:
    """Refuse a registration, with this fate of the answer."""
    first = request()
    return [
        sent("alice", PCSCF, first),
        noted("scscf", "refused"),
        sent(PCSCF, "alice", first.answer(403), fate=fate),
    ]


def test_the_doctor_says_what_is_wrong() -> None:
    """In a sentence, with the clause."""
    assert diagnosed(refused()) == (
        "The registration was refused with 403, before any challenge. (TS 24.229 5.4.1.2.1)",
    )


def test_tokens_that_the_scenario_broke_are_no_finding() -> None:
    """What is wrong beside them is one still."""
    published = request("PUBLISH", token=TOKEN)
    late = 1_900_000_000.0
    events = [*refused(), sent("alice", PCSCF, published, late), sent(PCSCF, "alice", published.answer(403), late)]
    assert any("The token ended" in one for one in diagnosed(events))
    assert diagnosed(events, of_tokens=False) == diagnosed(refused())


def test_of_what_never_came_nothing_is_said() -> None:
    """Nor where there is no message at all."""
    assert diagnosed(refused("lost")) == ()
    assert diagnosed([]) == ()


@pytest.mark.parametrize(("name", "value"), [("Call-ID", ""), ("CSeq", "1 PUBLISH"), ("From", "<"), ("Via", "x")])
def test_a_message_that_breaks_the_rules_hides_no_other(name: str, value: str) -> None:
    """A phone may have been told to send it."""
    broken = request().with_header(name, value)
    assert diagnosed([sent("alice", PCSCF, broken), *refused()]) == diagnosed(refused())
