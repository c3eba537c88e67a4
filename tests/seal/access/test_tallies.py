from seal.access.errors import Cause
from seal.access.tallies import access_refused
from valkit.trace import Note

TALLY = access_refused(["stranger_at_the_gate"])


def counted(cause: str) -> tuple[str, ...]:
    """Give what a refusal for this cause is counted as."""
    return TALLY.values(Note(0.0, "kms", "access refused", {"cause": cause, "peer": "192.0.2.1"}))


def test_a_refusal_is_counted_by_its_cause() -> None:
    """Those of every server, those at the operator's address, and those that a server adds."""
    told = [*(each.value for each in Cause), "not_the_operator", "stranger_at_the_gate"]
    assert [counted(each) for each in told] == [(each,) for each in told]


def test_whatever_a_peer_can_make_up_is_one_number() -> None:
    """Nobody makes the page grow."""
    assert counted("sip:mallory@home.example") == counted("another") == ("other",)
