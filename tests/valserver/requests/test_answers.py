"""The table from refusal to answer."""

import pytest

from tests.valserver.parts import publish, register
from valserver.errors import Refusal, Refused
from valserver.requests.answers import TABLE, Answers

ANSWERS = Answers("val.home.example", ("message/sip", "multipart/mixed"), ("poc-settings",), 60)


def test_every_refusal_has_its_answer() -> None:
    """None is forgotten, and each is an error."""
    assert TABLE.keys() == set(Refusal)
    assert all(400 <= row.status < 600 for row in TABLE.values())


@pytest.mark.parametrize(
    ("refusal", "status", "header", "value"),
    [
        (Refusal.TOKEN, 403, "Warning", '399 val.home.example "101 service authorisation failed"'),
        (Refusal.NOT_BOUND, 404, "Warning", '399 val.home.example "141 user unknown to the participating function"'),
        (Refusal.UNKNOWN_METHOD, 405, "Allow", "REGISTER, PUBLISH, OPTIONS"),
        (Refusal.UNKNOWN_BODY, 415, "Accept", "message/sip, multipart/mixed"),
        (Refusal.UNKNOWN_EXTENSION, 420, "Unsupported", "gruu, path"),
        (Refusal.TOO_BRIEF, 423, "Min-Expires", "60"),
        (Refusal.UNKNOWN_EVENT, 489, "Allow-Events", "poc-settings"),
        (Refusal.OVERLOADED, 503, "Retry-After", "5"),
    ],
)
def test_an_answer_has_the_header_its_status_asks_for(refusal: Refusal, status: int, header: str, value: str) -> None:
    """As RFC 3261 21, RFC 3903 and TS 24.379 want it."""
    answer = ANSWERS.refusal(register(Require="gruu, path"), Refused(refusal))
    assert (answer.status, ", ".join(answer.headers.all(header))) == (status, value)


@pytest.mark.parametrize("refusal", Refusal)
def test_no_answer_tells_the_cause(refusal: Refusal) -> None:
    """A peer that tries tokens learns nothing from the answers."""
    answer = ANSWERS.refusal(publish(), Refused(refusal, "bad_signature"))
    assert b"bad_signature" not in bytes(answer)


def test_methods_are_told_as_they_are_served() -> None:
    """By OPTIONS and by 405."""
    following = Answers("val.home.example", (), (), 60, "REGISTER, NOTIFY")
    told = following.options(register(), ready=True), following.refusal(register(), Refused(Refusal.UNKNOWN_METHOD))
    assert [answer.headers.all("Allow") for answer in told] == [("REGISTER", "NOTIFY")] * 2


def test_options_tells_what_is_served() -> None:
    """And 503 while nothing can be promised."""
    request = register()
    ready = ANSWERS.options(request, ready=True)
    assert (ready.status, ready.headers.get("Allow-Events")) == (200, "poc-settings")
    assert ANSWERS.options(request, ready=False).status == 503
