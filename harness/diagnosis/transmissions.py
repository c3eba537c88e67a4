"""Requests that nobody answered, hop by hop: how often each was sent, from whom to whom, for how long (RFC 3261 17.1).

A request that was passed on is unanswered where it was seen last, since whoever passed it on waits as well.
"""

from collections.abc import Iterator
from typing import NamedTuple

from attrs import define

from harness.diagnosis.facts import Unanswered
from harness.evidence import Evidence, Seen
from valkit.sip import Hop, Message, Request

WAITING = frozenset({"REGISTER", "PUBLISH", "SUBSCRIBE", "MESSAGE", "INVITE"})
"""Methods whose silence matters."""
SENT_AGAIN = 3
"""Transmissions over UDP after which silence is none by chance: 1.5 s have passed (17.1.2.2, Timer E)."""
AGAIN = 0.1
"""Seconds between two transmissions at least; what comes sooner is one that was captured twice."""
PATIENCE = 32.0
"""Seconds after which a client gives up (64 times T1), however it sends."""


class Transaction(NamedTuple):
    """What a request and its answers have in common on one hop (17.1.3)."""

    branch: str
    call_id: str
    cseq: int
    method: str


Way = tuple[str, Hop]
"""From a host to a place: a client may send from one port after the other."""


@define
class _Sent:
    """A request on one hop."""

    first: Seen
    began: float
    ended: float
    times: int = 0
    """Transmissions."""

    def seen_at(self, at: float) -> None:
        """Count a transmission."""
        if not self.times or at - self.ended >= AGAIN:
            self.times += 1
            self.ended = at

    @property
    def hop(self) -> tuple[Hop, Hop]:
        """Whence and whither."""
        source, target = self.first.spot.source, self.first.spot.target
        assert source is not None
        assert target is not None
        return source, target


def unanswered(evidence: Evidence) -> Iterator[Unanswered]:
    """Give whom nobody answered; once for all requests of a method on one way."""
    sent = _sent(evidence)
    answered = {_transaction(seen.message) for seen in evidence.messages if not isinstance(seen.message, Request)}
    passed_on = {(key[1:], each.hop[0].host, each.hop[0].port) for key, each in sent.items()}
    told = {(notice.source, notice.target): notice.why for notice in evidence.notices}
    end = max((seen.spot.at for seen in evidence.messages if seen.spot.at is not None), default=0.0)
    silent: dict[tuple[str, Way], list[_Sent]] = {}
    for key, each in sent.items():
        source, target = each.hop
        if key in answered or (key[1:], target.host, target.port) in passed_on:
            continue
        why = told.get(((source.host, source.port), (target.host, target.port)))
        if why or each.times >= SENT_AGAIN or end - each.began >= PATIENCE:
            silent.setdefault((key.method, (source.host, target)), []).append(each)
    for (method, (host, target)), every in silent.items():
        whys = {why for ends, why in told.items() if ends[0][0] == host and ends[1] == (target.host, target.port)}
        yield Unanswered(
            method=method,
            source=every[0].hop[0],
            target=target,
            places=tuple(each.first.spot.place for each in every),
            transmissions=sum(each.times for each in every),
            seconds=max(each.ended for each in every) - min(each.began for each in every),
            silence=end - min(each.began for each in every),
            largest=max(len(bytes(each.first.message)) for each in every),
            notices=tuple(sorted(whys)),
        )


def _sent(evidence: Evidence) -> dict[Transaction, _Sent]:
    """Give each request with its transmissions, as far as it is known when and between whom they were."""
    sent: dict[Transaction, _Sent] = {}
    for seen in evidence.messages:
        message, spot = seen.message, seen.spot
        if not isinstance(message, Request) or message.method not in WAITING:
            continue
        if spot.at is None or spot.source is None or spot.target is None:
            continue
        sent.setdefault(_transaction(message), _Sent(seen, spot.at, spot.at)).seen_at(spot.at)
    return sent


def _transaction(message: Message) -> Transaction:
    return Transaction(message.via.branch or "", message.call_id, message.cseq.number, message.cseq.method)
