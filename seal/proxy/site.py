"""What all exchanges of a proxy share, and the client's side of one, as an exchange sees it."""

import re
from typing import Any, Protocol

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from seal.proxy.deadline import Deadline
from seal.proxy.deciding import Head, Onward, Rules
from seal.proxy.errors import Refused
from seal.proxy.headers import Pairs, values
from seal.proxy.pool import Pool
from seal.proxy.settings import Limits
from seal.proxy.tapping import Tap
from valkit.net.tracing import working_on
from valkit.trace import Note, Observer


class Client(Protocol):
    """The client's side of an exchange."""

    transport: Any
    deadline: Deadline

    @property
    def request_whole(self) -> bool:
        """Whether the request has come to its end."""

    def inform(self, status: int, headers: Pairs) -> None:
        """Pass on an interim answer."""

    def invite(self) -> None:
        """Tell a client that waits to be told to send its body."""

    def answer(self, status: int, reason: bytes, headers: Pairs) -> None:
        """Pass on the head of an answer."""

    def say(self, data: bytes) -> None:
        """Pass on a part of its body."""

    def end(self) -> None:
        """Pass on its end."""

    def refuse(self, refused: Refused) -> None:
        """Answer in the server's place, or end the connection."""

    def abort(self) -> None:
        """End the connection at once."""


_secret = re.compile(rb"(?<=//)[^/?#]*@|[?#].*", re.DOTALL)
"""What a log does not have of a target, however that is written: who asks with which password, query, fragment."""


@frozen(eq=False)
class Site:
    """What all exchanges of a proxy share."""

    rules: Rules
    limits: Limits
    pool: Pool
    reactor: Any
    """Keeps the time of connections: real time, whatever the clock of a lab says."""
    clock: IReactorTime
    observe: Observer
    tap: Tap | None = None
    """Hears what is said to servers, and what they answer."""
    who: str = "proxy"

    @property
    def name(self) -> str:
        """The proxy's own name."""
        return self.rules.name

    def refused(self, refused: Refused, peer: str, head: Head | None = None) -> None:
        """Note a request that is not passed on, or not answered from behind."""
        asked = {} if head is None else {"method": _text(head.method), "path": _text(_secret.sub(b"", head.target))}
        fields = {"cause": refused.refusal.cause, "peer": peer, **asked, "detail": refused.detail}
        self._note("request refused", fields, () if head is None else head.headers)

    def passed(self, onward: Onward, status: int) -> None:
        """Note a request that was passed on and answered."""
        fields = {
            "server": onward.route.name,
            "method": _text(onward.method),
            "path": onward.target.plain_path,
            "status": str(status),
            **({"asserted": onward.asserted} if onward.asserted else {}),
        }
        self._note("request passed on", fields, onward.headers)

    def _note(self, what: str, fields: dict[str, str], headers: Pairs) -> None:
        """Note what became of a request, under the trace that its client has for it."""
        traceparent = b"".join(values(headers, b"traceparent")[:1])
        with working_on(_text(traceparent)):
            self.observe(Note(self.clock.seconds(), self.who, what, fields))


def _text(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace")
