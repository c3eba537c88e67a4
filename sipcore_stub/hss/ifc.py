"""Initial filter criteria: which application servers a request is for (TS 23.218 5.2, TS 29.228 Annex B and E).

Pure, and in the shape of the standard's user data: a trigger point is a set of service point triggers in groups, in
conjunctive or disjunctive normal form. Where criteria come from is not known here: `criteria` reads a short form in
YAML, `user_data` the standard's XML.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Protocol

from attrs import field, frozen

from sipcore_stub.hss.ere import Ere
from valkit.sip.errors import ParseError
from valkit.sip.message import Request
from valkit.sip.multipart import leaves
from valkit.sip.names import SPELLED, key_of

SDP = "application/sdp"


class SessionCase(Enum):
    """On whose behalf, and in which state of theirs, a request is served (TS 29.228 B.2.3)."""

    ORIGINATING = 0
    TERMINATING_REGISTERED = 1
    TERMINATING_UNREGISTERED = 2
    ORIGINATING_UNREGISTERED = 3


class RegistrationType(Enum):
    """What a REGISTER does to the registration (TS 29.228 B.2.3.2)."""

    INITIAL = 0
    AGAIN = 1
    GONE = 2


class DefaultHandling(Enum):
    """What becomes of the session when the application server fails (TS 29.228 B.2.2)."""

    SESSION_CONTINUED = 0
    SESSION_TERMINATED = 1


@frozen
class Situation:
    """What criteria look at: a request, and what the S-CSCF knows beside it."""

    request: Request
    case: SessionCase = SessionCase.ORIGINATING
    registration: RegistrationType | None = None
    """None for everything but REGISTER."""
    impu: str = ""
    """The served user's identity, whose service profile counts."""


class Condition(Protocol):
    """One service point trigger without its place in the trigger point."""

    def holds(self, situation: Situation) -> bool:
        """Say whether the situation is such."""


@frozen
class MethodIs:
    """The request has this method and, for REGISTER, is of one of these types; none given means any."""

    method: str
    registrations: frozenset[RegistrationType] = frozenset()

    def holds(self, situation: Situation) -> bool:
        """Compare as RFC 3261 7.1 does, with regard to case."""
        if situation.request.method != self.method:
            return False
        return not self.registrations or situation.registration in self.registrations


@frozen
class HeaderIs:
    """A header is there and, if a pattern is given, one of its values contains a match for it (TS 29.228 B.2.3)."""

    header: str
    pattern: Ere | None = None

    def holds(self, situation: Situation) -> bool:
        """Search each value of the header."""
        values = situation.request.headers.all(self.header)
        return any(self.pattern is None or self.pattern.is_in(value) for value in values)


@frozen
class HeaderLike:
    """As `HeaderIs`, for every header whose whole name is a match for a pattern."""

    name: Ere
    pattern: Ere | None = None

    def holds(self, situation: Situation) -> bool:
        """Search each value of these headers."""
        names = {SPELLED.get(key := key_of(name), key) for name in situation.request.headers.names()}
        names = {name for name in names if self.name.is_all_of(name)}
        return any(HeaderIs(name, self.pattern).holds(situation) for name in names)


@frozen
class SdpHas:
    """The session description has a line of this type, such as `m`, with a match for the pattern if one is given."""

    line: Ere
    pattern: Ere | None = None

    def holds(self, situation: Situation) -> bool:
        """Search the lines of every session description in the body."""
        return any(
            self.line.is_all_of(kind) and (self.pattern is None or self.pattern.is_in(value))
            for kind, value in _sdp_lines(situation.request)
        )


def _sdp_lines(request: Request) -> Iterator[tuple[str, str]]:
    """Give type and value of each line; none of a body that cannot be read."""
    try:
        content_type = request.content_type
        parts = () if content_type is None else tuple(leaves(request.body, content_type))
    except ParseError:
        return
    for part in parts:
        if part.content_type.name == SDP:
            for line in part.body.decode("utf-8", "replace").splitlines():
                kind, found, value = line.partition("=")
                if found:
                    yield kind, value


@frozen
class UriMatches:
    """The Request-URI contains a match for this pattern (TS 29.228 B.2.3)."""

    pattern: Ere

    def holds(self, situation: Situation) -> bool:
        """Search the Request-URI."""
        return self.pattern.is_in(situation.request.uri)


@frozen
class CaseIs:
    """The request is served in this session case."""

    case: SessionCase

    def holds(self, situation: Situation) -> bool:
        """Compare the case."""
        return situation.case is self.case


@frozen
class Trigger:
    """A service point trigger: a condition, perhaps negated, and the groups it stands in (TS 29.228 B.2.3)."""

    condition: Condition
    negated: bool = False
    groups: frozenset[int] = frozenset({0})

    def holds(self, situation: Situation) -> bool:
        """Say whether the condition holds, or does not where it is negated."""
        return self.condition.holds(situation) is not self.negated


@frozen
class TriggerPoint:
    """Triggers in normal form; without any it always matches (TS 29.228 B.2.2)."""

    triggers: tuple[Trigger, ...] = ()
    conjunctive: bool = False
    """Conjunctive: one trigger of every group must hold. Disjunctive: every trigger of one group."""

    def matches(self, situation: Situation) -> bool:
        """Say whether the criterion with this trigger point is for the situation."""
        within, between = (any, all) if self.conjunctive else (all, any)
        groups = sorted({group for trigger in self.triggers for group in trigger.groups})
        return not groups or between(
            within(trigger.holds(situation) for trigger in self.triggers if group in trigger.groups) for group in groups
        )


@frozen
class Criterion:
    """One initial filter criterion: when, to whom, and how (TS 29.228 B.2.2)."""

    server_name: str
    """SIP URI of the application server, by which its address is found."""
    trigger: TriggerPoint = TriggerPoint()
    priority: int = 0
    """Lower is sooner; two of one subscriber are never the same."""
    default_handling: DefaultHandling = DefaultHandling.SESSION_CONTINUED
    service_info: str | None = field(default=None, repr=False)
    """Handed to the server in the third-party REGISTER, unread."""
    include_register_request: bool = False
    include_register_response: bool = False
    impus: frozenset[str] | None = None
    """The identities of the service profile it stands in (TS 29.228 B.2.1); None for all of the subscriber's."""

    def is_for(self, situation: Situation) -> bool:
        """Say whether its server is to have a part in this."""
        return (self.impus is None or situation.impu in self.impus) and self.trigger.matches(situation)


def matching(criteria: Iterable[Criterion], situation: Situation) -> tuple[Criterion, ...]:
    """Give the criteria that are for this situation, in the order in which their servers are asked."""
    found = [criterion for criterion in criteria if criterion.is_for(situation)]
    return tuple(sorted(found, key=lambda criterion: criterion.priority))
