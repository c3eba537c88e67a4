"""Whether a VAL server took a token that the scenario itself broke. Pure."""

from collections.abc import Iterable, Mapping

from harness.forgery.words import accepted
from harness.seen.cast import VALSERVER, apart
from harness.seen.story import Moment, Passage
from valkit.sip.message import Message, Request, Response

Transaction = tuple[str, int, str]


def believed(moments: Iterable[Moment], broken: Mapping[str, str]) -> str:
    """Say which of these tokens, each with the way in which it is broken, was answered 2xx; empty if none was."""
    asked: dict[Transaction, str] = {}
    for moment in moments:
        if not isinstance(moment, Passage):
            continue
        message = moment.message
        if isinstance(message, Request):
            kind = _broken_in(message, broken)
            if kind:
                asked[_transaction(message)] = kind
        elif (
            isinstance(message, Response) and message.status in range(200, 300) and apart(moment.source)[1] == VALSERVER
        ):
            kind = asked.get(_transaction(message), "")
            if kind:
                return accepted(message.status, kind)
    return ""


def _broken_in(request: Request, broken: Mapping[str, str]) -> str:
    octets = bytes(request)
    return next((kind for token, kind in broken.items() if token.encode() in octets), "")


def _transaction(message: Message) -> Transaction:
    return message.call_id, message.cseq.number, message.cseq.method
