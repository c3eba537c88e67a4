import pytest

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.refusing import STATUS, refusal
from tests.sipcore_stub.parts import Phone


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_status(cause: Cause) -> None:
    """Whatever is refused, there is an answer that says so."""
    assert 400 <= STATUS[cause] < 600


def test_a_refusal_carries_its_headers_and_not_its_reason() -> None:
    """The peer learns the status, what it must do, and nothing of what is known here."""
    refused = Refused(Cause.TOO_BRIEF, "30 s of alice", [("Min-Expires", "60")])
    response = refusal(Phone().register(), refused)
    assert (response.status, response.reason) == (423, "Interval Too Brief")
    assert response.headers.get("Min-Expires") == "60"
    assert b"alice@home.example>" in bytes(response)
    assert b"30 s" not in bytes(response)
