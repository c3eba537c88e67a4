import pytest
from attrs import evolve

from ue_sim.engine import Answer, Body, Capability, Registered
from valkit.sip.message import Response

REGISTERED = Registered("sip:alice@home.example", 60.0, 30.0, ("sip:alice@home.example", "tel:+1555"), ())


@pytest.mark.parametrize(("status", "ok"), [(199, False), (200, True), (299, True), (300, False), (403, False)])
def test_only_a_2xx_is_ok(status: int, ok: bool) -> None:
    """What is ok is what RFC 3261 7.2 calls success."""
    assert Answer(Response.create(status)).ok is ok


def test_an_answer_reads_as_its_status_line() -> None:
    """Status and reason; and it says so when nothing was received."""
    response = Response.create(408)
    assert str(Answer(response)) == "408 Request Timeout"
    assert str(Answer(response, received=False)) == "408 Request Timeout (nothing was received)"


def test_a_phone_speaks_as_what_it_registered_unless_that_is_barred() -> None:
    """An IMPU that P-Associated-URI does not name is barred; then the first one there speaks (5.1.1.2.1)."""
    assert REGISTERED.speaker == "sip:alice@home.example"
    assert evolve(REGISTERED, associated=("tel:+1555",)).speaker == "tel:+1555"
    assert evolve(REGISTERED, associated=()).speaker == "sip:alice@home.example"


def test_a_body_is_not_shown() -> None:
    """It may hold a token."""
    assert "secret" not in repr(Body("text/plain", b"secret"))


def test_capabilities_are_named_as_scenarios_write_them() -> None:
    """`needs: [register-body]` is a value of the enumeration."""
    assert Capability("register-body") is Capability.REGISTER_BODY
