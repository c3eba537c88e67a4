"""How a subscription stands, as Subscription-State says it (RFC 6665 8.2.3)."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from valkit.sip.errors import ParseError
from valkit.sip.grammar import PARAMS, TOKEN, Params

_state = re.compile(rf"({TOKEN})({PARAMS})", re.DOTALL)
_number = re.compile("[0-9]{1,10}")

ACTIVE: Final = "active"
PENDING: Final = "pending"
TERMINATED: Final = "terminated"


@frozen
class SubscriptionState:
    """The state, with why it ended or how long it goes on."""

    state: str
    expires: int | None = None
    """Seconds that are left."""
    reason: str | None = None
    """Why it ended: deactivated, probation, rejected, timeout, giveup, noresource (RFC 6665 4.1.3)."""
    retry_after: int | None = None

    @classmethod
    def parse(cls, text: str) -> SubscriptionState:
        """Read a header value; ParseError for anything else. States and reasons not known here are kept."""
        found = _state.fullmatch(text)
        if found is None:
            raise ParseError("Subscription-State", text)
        params = Params.matched(found[2])
        return cls(
            found[1].lower(),
            _seconds(params.get("expires")),
            params.get("reason"),
            _seconds(params.get("retry-after")),
        )

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state == TERMINATED

    def __str__(self) -> str:
        told = (("reason", self.reason), ("expires", self.expires), ("retry-after", self.retry_after))
        return ";".join([self.state, *(f"{name}={value}" for name, value in told if value is not None)])


def _seconds(text: str | None) -> int | None:
    return int(text) if text is not None and _number.fullmatch(text) else None
