"""What reading a SIP message costs, in microseconds, step by step as the VAL server reads a third-party REGISTER.

python -m bench.messages

Each row does what the row above it does, and one thing more. Every message is another one, with its own IMPU, branch,
Call-ID and token, 3 kB in all, so that no memory of texts seen before makes it cheaper than it is in service. Beside
them stand two other libraries that parse the same messages. The ratio is to the least that any reader has to do:
finding the header lines, and what each is called.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import inf
from statistics import fmean
from time import perf_counter

import aiosipua
import sipmessage

from bench.valserver import MARK, third_party, token
from valkit.carriers import find_tokens
from valkit.sip.hop import Hop
from valkit.sip.layer import Deliver, Layer, key_of
from valkit.sip.message import Request, Response, parse
from valkit.sip.way_back import marked
from valkit.tokens import SigningKey

MESSAGES, ROUNDS = 200, 50
PEER = Hop("udp", "127.0.0.1", 5060)
LEAST = "the lines found and named"

Step = Callable[[bytes], object]


class Path:
    """A way back that leads nowhere."""

    reliable = False


def main() -> None:
    """Measure each step and print one row for it."""
    key = SigningKey.generate("RS256")
    messages = [
        third_party(token(key, user), user, PEER.port).replace(MARK, b"%08d" % user) for user in range(MESSAGES)
    ]
    steps: dict[str, Step] = {
        LEAST: lines_named,
        "parse": parse,
        "+ validate": validated,
        "+ where it came from noted in its Via": noted,
        "+ key of its transaction": lambda data: key_of(noted(data)),
        "+ To, Contact, Expires, Call-ID, CSeq": lambda data: read(keyed(data)),
        "+ token out of the enclosed REGISTER": lambda data: with_token(keyed(data)),
        "+ 200 OK, as bytes": lambda data: bytes(answer(keyed(data))),
        "+ its transaction, kept for repetition": in_transaction(),
        "aiosipua, parse": lambda data: aiosipua.SipMessage.parse(data.decode()),
        "sipmessage, parse": sipmessage.Message.parse,
    }
    costs = measure(steps, messages)
    print(f"{MESSAGES} third-party REGISTERs of {len(messages[0])} bytes, each at its best of {ROUNDS}, us (ratio)")
    for name, cost in costs.items():
        print(f"{name:44}{cost:8.1f} ({cost / costs[LEAST]:5.2f})")


def lines_named(data: bytes) -> object:
    """Do what no reader can do without."""
    head = data.partition(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape")
    return [line.partition(":")[0] for line in head.split("\r\n")]


def validated(data: bytes) -> Request:
    """Parse and check, as an endpoint does."""
    request = parse(data)
    request.validate()
    assert isinstance(request, Request)
    return request


def noted(data: bytes) -> Request:
    """Note its source, too."""
    return marked(validated(data), PEER)


def keyed(data: bytes) -> Request:
    """Name the transaction, too."""
    request = noted(data)
    key_of(request)
    return request


def read(request: Request) -> Request:
    """Read what the binding rules want to know of a registration."""
    _ = request.to.uri, request.headers.get("Contact"), request.expires, request.call_id, request.cseq.number
    return request


def with_token(request: Request) -> Request:
    """Take the token out, too."""
    assert find_tokens(read(request)) is not None
    return request


def answer(request: Request) -> Response:
    """Build the answer, too."""
    return with_token(request).answer(200, headers=(("Expires", "600000"),))


def in_transaction() -> Step:
    """Give the step that has a transaction layer, too."""
    layer: Layer[Path] = Layer(memory=MESSAGES)
    seconds = count(step=40)  # each message comes when the answer before it is forgotten

    def step(data: bytes) -> object:
        now = float(next(seconds))
        (delivered,) = layer.request_received(noted(data), Path(), now)
        assert isinstance(delivered, Deliver)
        assert delivered.transaction is not None
        return layer.respond(delivered.transaction, answer(delivered.request), now)

    return step


def measure(steps: dict[str, Step], messages: Sequence[bytes]) -> dict[str, float]:
    """Give the microseconds of each step: the mean over all messages, of each its best round.

    One message is timed at a time, for a busy machine leaves a long step no quiet moment that it leaves a short one.
    """
    best = {name: [inf] * len(messages) for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            best[name] = list(map(min, best[name], timed(step, messages)))
    return {name: fmean(costs) * 1e6 for name, costs in best.items()}


def timed(step: Step, messages: Sequence[bytes]) -> Iterator[float]:
    """Give the seconds that one step takes for each message."""
    for data in messages:
        begin = perf_counter()
        step(data)
        yield perf_counter() - begin


if __name__ == "__main__":
    main()
