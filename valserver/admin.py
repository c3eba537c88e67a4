"""What operators and scenarios ask over HTTP: bindings, health, readiness, events, and to read the keys again.

| request            | answer                                                                              |
|--------------------|-------------------------------------------------------------------------------------|
| GET /bindings      | who is bound; `impu=`, `user=` narrow it, `limit=` (1000) bounds it                 |
| GET /health        | 200 while the process serves                                                        |
| GET /ready         | 200 while requests can be answered, else 503 with the reasons                       |
| GET /events        | the event stream; Last-Event-ID resumes                                             |
| POST /keys/reload  | reads or fetches the keys now; 409 with the reason if they cannot be used           |

There is no log-in: the address is loopback unless the settings insist.
"""

from collections.abc import Iterator
from itertools import islice

from attrs import asdict
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request

from valkit.net.web import HttpError, answer_errors_as_json, json_answer, this_host_only
from valserver.errors import Refused
from valserver.issuers import Trust
from valserver.ledger import Ledger
from valserver.records import Binding
from valserver.requests.bodies import impu_of
from valserver.watching.event_stream import EventStream
from valserver.watching.events import EventLog

SHOWN = 1_000
"""Bindings in one answer unless the request says otherwise."""
FOLLOWERS = 100
"""Event streams at once."""


class Admin:
    """The admin application; `app` is its klein application."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(self, ledger: Ledger, events: EventLog, trust: Trust, clock: IReactorTime) -> None:
        self._ledger = ledger
        self._events = events
        self._trust = trust
        self._clock = clock
        self._followers = 0

    @app.route("/bindings", methods=["GET"])
    def bindings(self, request: Request) -> bytes:
        """Show who is bound."""
        this_host_only(request)
        limit = _number(_argument(request, "limit") or str(SHOWN))
        found = list(islice(self._found(_argument(request, "impu"), _argument(request, "user")), limit + 1))
        shown = [asdict(binding) for binding in found[:limit]]
        return json_answer(request, {"bindings": shown, "more": len(found) > limit})

    @app.route("/health", methods=["GET"])
    def health(self, request: Request) -> bytes:
        """Say that the process serves."""
        return json_answer(request, {"status": "alive"})

    @app.route("/ready", methods=["GET"])
    def ready(self, request: Request) -> bytes:
        """Say whether requests can be answered, and what else is wrong."""
        ready = self._ledger.store.writable
        faults = [] if ready else ["the binding store cannot be written; the log says why"]
        faults += self._trust.faults()
        return json_answer(request, {"ready": ready, "faults": faults}, 200 if ready else 503)

    @app.route("/events", methods=["GET"])
    def events(self, request: Request) -> Deferred[None]:
        """Tell what happens from now on, or since Last-Event-ID."""
        this_host_only(request)
        if self._followers >= FOLLOWERS:
            raise HttpError(503, "too many clients follow the events already")
        stream = EventStream(request, self._events, self._clock)
        self._followers += 1
        return stream.run().addCallback(self._gone)

    @app.route("/keys/reload", methods=["POST"])
    async def reload_keys(self, request: Request) -> bytes:
        """Read or fetch the keys of every issuer now."""
        this_host_only(request)
        if not await self._trust.reload():
            raise HttpError(409, "; ".join(self._trust.faults()))
        return json_answer(request, {"status": "reloaded"})

    def _gone(self, _done: None) -> None:
        self._followers -= 1

    def _found(self, impu: str | None, user: str | None) -> Iterator[Binding]:
        for binding in self._ledger.bindings() if impu is None else self._at(impu):
            if user is None or binding.val_user_id == user:
                yield binding

    def _at(self, impu: str) -> Iterator[Binding]:
        try:
            known = impu_of(impu)
        except Refused as refused:
            raise HttpError(400, refused.cause) from refused
        for service in self._trust.judges:
            binding = Binding.of(self._ledger.current(known, service))
            if binding is not None:
                yield binding


def _argument(request: Request, name: str) -> str | None:
    values = request.args.get(name.encode())
    return values[0].decode("utf-8", "replace") if values else None


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise HttpError(400, f"limit is {text[:20]!r} (expected a number)")
    return int(text)
