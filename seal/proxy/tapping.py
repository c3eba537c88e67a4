"""What passes through the proxy, for whoever writes down what is said: a lab. Without a listener nothing is kept."""

from collections.abc import Callable

from attrs import frozen

from seal.proxy.deciding import Onward
from seal.proxy.headers import Pairs
from valkit.sip.hop import Hop

KEPT = 64 * 1024
"""Bytes of a body that are kept to be shown."""


@frozen
class Said:
    """A request that the proxy sent to a server, or with `status` the answer to it. Both may hold secrets."""

    onward: Onward
    ends: tuple[Hop, Hop]
    """The addresses of the connection, the proxy's first."""
    headers: Pairs
    body: bytes
    status: int | None = None


Tap = Callable[[Said], None]


class Tapped:
    """Collects one exchange for a listener."""

    def __init__(self, tap: Tap, onward: Onward, ends: tuple[Hop, Hop]) -> None:
        self._tap = tap
        self._onward = onward
        self._ends = ends
        self._up = bytearray()
        self._down = bytearray()
        self._answer: tuple[int, Pairs] = (0, ())

    def up(self, data: bytes) -> None:
        """Hear a part of the request's body."""
        self._up += data[: KEPT - len(self._up)]

    def sent(self) -> None:
        """Tell of the request, which is whole."""
        self._tap(Said(self._onward, self._ends, self._onward.headers, bytes(self._up)))

    def answered(self, status: int, headers: Pairs) -> None:
        """Hear the head of the answer."""
        self._answer = status, headers

    def down(self, data: bytes) -> None:
        """Hear a part of its body."""
        self._down += data[: KEPT - len(self._down)]

    def done(self) -> None:
        """Tell of the answer, which is whole."""
        status, headers = self._answer
        self._tap(Said(self._onward, self._ends, headers, bytes(self._down), status))
