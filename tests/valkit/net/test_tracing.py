import pytest

from tests.support import register
from valkit.net.tracing import onward, trace, traced, working_on
from valkit.sip.session import session_of

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
"""The example of W3C Trace Context 3.2.2."""


def test_a_request_over_http_is_followed_by_its_traceparent() -> None:
    """As long as it is worked on, and that of the request around it afterwards."""
    assert not trace()
    with working_on(PARENT):
        assert trace() == "4bf92f3577b34da6a3ce929d0e0e4736"
        with working_on(""):
            assert not trace()
        assert trace() == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert not trace()


@pytest.mark.parametrize("said", ["", "rubbish", PARENT.upper(), f"00-{'0' * 32}-{'1' * 16}-01"])
def test_a_traceparent_that_is_none_is_followed_by_nothing(said: str) -> None:
    """W3C Trace Context 3.2.2.3: all zeros are invalid, and so are capitals."""
    with working_on(said):
        assert not trace()


def test_what_fails_is_no_longer_worked_on() -> None:
    """The context is put back."""
    with pytest.raises(RuntimeError), working_on(PARENT):
        raise RuntimeError
    assert not trace()


def test_a_request_without_a_trace_begins_one() -> None:
    """Each its own; one that has one keeps it, whoever receives it."""
    assert traced(PARENT) == PARENT
    begun = [traced(said) for said in ("", "rubbish")]
    for each in begun:
        with working_on(each):
            assert len(trace()) == 32
    assert begun[0] != begun[1]


def test_what_is_asked_on_behalf_of_a_request_is_of_its_trace() -> None:
    """Over HTTP for HTTP and for SIP, each request with a parent-id of its own; for nobody's sake there is none."""
    assert onward() == {}
    for request, found in ((PARENT, PARENT[3:35]), (register(), session_of(register()))):
        with working_on(request):
            first, second = onward()["traceparent"], onward()["traceparent"]
        assert {first[:35], second[:35]} == {f"00-{found}"}
        assert traced(first) == first
        assert first != second
