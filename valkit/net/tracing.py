"""Which request is being worked on: what a log line belongs to, in this program and in those before and after it.

A context variable that holds the request itself, so that nothing is read from it unless a line is written. Coroutines
and what waits for a store keep it (PEP 567); what a timer does later has none.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from valkit.sip.errors import ParseError
from valkit.sip.message import Message
from valkit.sip.session import session_of

AT_WORK: ContextVar[Message | str] = ContextVar("AT_WORK", default="")
"""A SIP request, or the `traceparent` of one over HTTP."""

NAME = "traceparent"
"""The header of W3C Trace Context; of its parts, the second is the trace-id."""

_traceparent = re.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}").match


def traced(said: str) -> str:
    """Give the traceparent of a request over HTTP: what it says of itself, or that of a trace that begins here."""
    return said if _traceparent(said) else f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def onward() -> dict[str, str]:
    """Give the header by which a request belongs to the trace of the one that is being worked on; none without one."""
    found = trace()
    return {NAME: f"00-{found}-{secrets.token_hex(8)}-01"} if found else {}


@contextmanager
def working_on(request: Message | str) -> Iterator[None]:
    """Let what is logged meanwhile belong to this request."""
    before = AT_WORK.set(request)
    try:
        yield
    finally:
        AT_WORK.reset(before)


def trace() -> str:
    """Give the trace ID of the request that is being worked on, 32 hexadecimal digits; empty where there is none.

    Of SIP its Session-ID (RFC 7989), of HTTP the trace-id of its traceparent (W3C Trace Context 3.2.2.3): both are 16
    octets in lower case, so one field has either.
    """
    at_work = AT_WORK.get()
    if isinstance(at_work, str):
        said = _traceparent(at_work)
        return "" if said is None else said[1]
    try:
        return session_of(at_work)
    except ParseError:
        return ""
