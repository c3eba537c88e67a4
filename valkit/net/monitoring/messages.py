"""Counts SIP messages as they pass, and how long answers take: a tap, put in only where somebody reads the counts.

Methods and status codes are counted by name as far as they are known ones; a peer that invents others is `other`.
"""

from collections import Counter, OrderedDict
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, Histogram
from twisted.internet.interfaces import IReactorTime

from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Message, Request, Response
from valkit.sip.reasons import REASONS
from valkit.tallies import OTHER

METHODS = frozenset(
    {
        *("ACK", "BYE", "CANCEL", "INFO", "INVITE", "MESSAGE", "NOTIFY"),
        *("OPTIONS", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"),
    }
)
"""The methods that are registered with IANA."""

STATUSES = {status: str(status) for status in REASONS}

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""

UNDER_WAY = 10_000
"""Requests that are remembered, answered or not: the oldest are forgotten, and not timed."""

Direction = Literal["received", "sent"]
Key = tuple[str, str]
"""Branch and method (RFC 3261 17.1.3)."""


Began = OrderedDict[Key, float | None]
"""When requests came or went; None for those that have been answered, so that a repetition is known for one."""


class Kind(NamedTuple):
    """What is counted together."""

    host: str
    """Of the element's own address."""
    direction: Direction
    method: str
    status: str = ""
    """Empty for a request."""


class Messages:
    """The tap; lets everything pass."""

    def __init__(self, clock: IReactorTime, registry: CollectorRegistry) -> None:
        self.counts: Counter[Kind] = Counter()
        self.repeated: Counter[str] = Counter()
        """Requests sent again, by the host of the element's own address."""
        self._now = clock.seconds
        self._asked: Began = OrderedDict()
        self._asking: Began = OrderedDict()
        self._answering = Histogram(
            "val_sip_answer_seconds",
            "From a request's arrival to its final response, by method",
            ["method"],
            registry=registry,
            buckets=BUCKETS,
        )

    def sending(self, message: Message, source: Hop, target: Hop) -> int:  # noqa: ARG002  as a tap is asked
        """Count what goes out."""
        key = self._count(message, source.host, "sent")
        if key is None:
            return 1
        if isinstance(message, Request):
            if key in self._asking:
                self.repeated[source.host] += 1
            self._begin(self._asking, key, message)
        elif (began := self._ended(self._asked, key, message)) is not None:
            self._answering.labels(method=_method(key[1])).observe(self._now() - began)
        return 1

    def received(self, message: Message, source: Hop, target: Hop) -> bool:  # noqa: ARG002  as a tap is asked
        """Count what comes in."""
        key = self._count(message, target.host, "received")
        if key is None:
            return True
        if isinstance(message, Request):
            self._begin(self._asked, key, message)
        else:
            self._ended(self._asking, key, message)
        return True

    def _count(self, message: Message, host: str, direction: Direction) -> Key | None:
        """Count a message, and say which request it is or answers; nothing where it does not tell."""
        try:
            method = message.method if isinstance(message, Request) else message.cseq.method
            key = message.via.branch or "", method
        except ParseError:
            return None
        self.counts[Kind(host, direction, _method(method), _status(message))] += 1
        return key

    def _begin(self, began: Began, key: Key, request: Request) -> None:
        if request.method == "ACK" or key in began:
            return
        if len(began) >= UNDER_WAY:
            began.popitem(last=False)
        began[key] = self._now()

    @staticmethod
    def _ended(under_way: Began, key: Key, message: Message) -> float | None:
        """Say when the request began that this ends; nothing where it ends none."""
        began = under_way.get(key)
        if began is None or not isinstance(message, Response) or message.status < 200:
            return None
        under_way[key] = None
        return began


def _method(method: str) -> str:
    return method if method in METHODS else OTHER


def _status(message: Message) -> str:
    return STATUSES.get(message.status, OTHER) if isinstance(message, Response) else ""
