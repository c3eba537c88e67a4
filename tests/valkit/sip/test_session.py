from uuid import UUID

import pytest

from tests.support import register
from valkit.sip.session import NIL, session_of, with_session

SAID = "ab30317f1a784dc48ff824d0d3715d86"


def test_an_endpoint_that_says_its_session_is_believed() -> None:
    """The first of the two is the sender's own (RFC 7989 5)."""
    request = register().adding("Session-ID", f"{SAID};remote=47755a9de7794ba387653f2099600ef2")
    assert session_of(request) == SAID
    assert with_session(request) is request


def test_for_one_that_says_none_it_is_made_of_the_call_id() -> None:
    """The same for each message of a registration and before and after it is put in; another for another one."""
    first = register().with_header("Call-ID", "1@ue")
    told = with_session(first.with_header("CSeq", "2 REGISTER"))
    assert told.headers.get("Session-ID") == f"{session_of(first)};remote={NIL}"
    assert session_of(told) == session_of(first)
    assert session_of(told.answer(200)) == session_of(first)
    assert UUID(session_of(first)).version == 5
    assert session_of(register().with_header("Call-ID", "2@ue")) != session_of(first)


def test_one_may_be_given_to_an_endpoint_that_has_none() -> None:
    """And to no other."""
    told = with_session(register(), SAID)
    assert told.headers.get("Session-ID") == f"{SAID};remote={NIL}"
    assert with_session(told, SAID[::-1]) is told


@pytest.mark.parametrize("said", ["", "nonsense", SAID.upper(), SAID[:-1], SAID + "0", NIL, f"{NIL};remote={SAID}"])
def test_what_is_no_session_identifier_is_not_believed(said: str) -> None:
    """Nor the nil one, which says that nothing is known; a log line is never without its trace."""
    assert session_of(register().adding("Session-ID", said)) == session_of(register())
