"""Errors of this package.

SipError
+-- ParseError        the peer sent what RFC 3261 forbids
|   `-- FaultyRequest the same of a request that can be answered: `.request` and `.answer` (in valkit.sip.message)
+-- NoAnswer          the transaction ran out of time, or its transport broke
|   `-- Ended         the same where somebody was there: the connection stood, and ended
`-- Misuse            our own caller is wrong: a bug, never answered to the peer
"""

from __future__ import annotations

from typing import Literal

EXCERPT = 24
"""How many characters of a faulty text an error shows: enough to find it, too few to hold what it should not."""


class SipError(Exception):
    """Whatever goes wrong with SIP."""


class ParseError(SipError, ValueError):
    """A text is not what the grammar asks for; `what` names the header or element at fault.

    It is a ValueError too, so that settings with a URI or hop in them are refused like any other bad value.
    """

    def __init__(self, what: str, text: str = "", *, why: str = "is malformed", answer: int | None = 400) -> None:
        shown = f": {text[:EXCERPT]!a}" if text else ""
        super().__init__(f"{what} {why}{shown}")
        self.what = what
        self.text = text[:EXCERPT]
        self.why = why
        self.answer = answer
        """The status a server gives for this fault (RFC 3261 8.2, 16.3, 18.3); None: drop it without a word."""


class NoAnswer(SipError):
    """A request got no final response (RFC 3261 8.1.3.1): its time ran out, or its transport broke."""

    def __init__(self, cause: Literal["timeout", "transport"], detail: str = "") -> None:
        super().__init__(f"no answer ({cause})" + (f": {detail}" if detail else ""))
        self.cause = cause
        self.detail = detail


class Ended(NoAnswer):
    """The connection stood, or nearly, and ended before the answer came."""


class Misuse(SipError):
    """Our own caller asked for a message that RFC 3261 forbids, such as a header value with a line break in it."""
