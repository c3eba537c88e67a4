"""What the core's operator asks and does over HTTP: who is registered, and network-initiated ends (TS 24.229 5.4.1.5).

| request                        | answer                                                                          |
|--------------------------------|---------------------------------------------------------------------------------|
| GET /registrations             | who is registered, with each contact; `impu=` narrows it                        |
| POST /registrations/end        | ends the registration of `impu`: `event` says how watchers are told             |
| POST /registrations/shorten    | lets the contacts of `impu` stand for `seconds` at most                         |

What is posted is JSON and says so, which no page of a browser can do unasked. There is no log-in: the address is
loopback unless the settings insist.
"""

import json
from typing import Annotated, Any, Literal, TypeVar

from klein import Klein
from pydantic import Field, ValidationError
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request

from sipcore_stub.errors import Refused
from sipcore_stub.hss.hss import Hss, Key
from sipcore_stub.scscf.changes import Ending, Event
from sipcore_stub.scscf.registration import Registration
from sipcore_stub.scscf.registrations import Registrations
from valkit.net.web import HttpError, answer_errors_as_json, json_answer, this_host_only
from valkit.settings import Settings
from valkit.sip.errors import ParseError
from valkit.sip.uri import parse_uri

M = TypeVar("M", bound=Settings)


class End(Settings):
    """Whose registration ends, and how."""

    impu: str
    event: Literal["deactivated", "rejected", "probation", "unregistered"] = "deactivated"
    retry_after: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    """Seconds; with probation."""


class Shorten(Settings):
    """Whose registration, and how long it stands from now on."""

    impu: str
    seconds: Annotated[int, Field(ge=0, lt=2**32)]


class Admin:
    """The admin application; `app` is its klein application."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(self, hss: Hss, registrations: Registrations, clock: IReactorTime) -> None:
        self._hss = hss
        self._registrations = registrations
        self._clock = clock

    @app.route("/registrations", methods=["GET"])
    def registrations(self, request: Request) -> bytes:
        """Show who is registered."""
        this_host_only(request)
        wanted = request.args.get(b"impu")
        found = self._registrations.standing()
        if wanted:
            key = self._key(wanted[0].decode("utf-8", "replace"))
            found = tuple(each for each in found if each.key == key)
        return json_answer(request, {"registrations": [self._shown(each) for each in found]})

    @app.route("/registrations/end", methods=["POST"])
    def end(self, request: Request) -> bytes:
        """End a registration."""
        this_host_only(request)
        told = _body(request, End)
        retry_after = told.retry_after if told.event == "probation" else None
        if not self._registrations.end(self._key(told.impu), Ending(Event(told.event), retry_after)):
            raise HttpError(404, f"{told.impu} is not registered")
        return json_answer(request, {"status": "ended"})

    @app.route("/registrations/shorten", methods=["POST"])
    def shorten(self, request: Request) -> bytes:
        """Shorten a registration."""
        this_host_only(request)
        told = _body(request, Shorten)
        if not self._registrations.shorten(self._key(told.impu), told.seconds):
            raise HttpError(404, f"{told.impu} is not registered")
        return json_answer(request, {"status": "shortened"})

    def _key(self, impu: str) -> Key:
        try:
            return self._hss.owner(parse_uri(impu).aor()).key
        except ParseError:
            raise HttpError(400, "impu is no URI (expected something like sip:alice@home.example)") from None
        except Refused:
            raise HttpError(404, f"{impu} is nobody's") from None

    def _shown(self, registration: Registration) -> dict[str, Any]:
        now, subscriber = self._clock.seconds(), self._hss.of(registration.key)
        contacts = [
            {"contact": each.contact.uri, "seconds": each.seconds_left(now), "path": list(each.path)}
            for each in registration.bindings
        ]
        return {"impi": registration.impi, "impus": list(subscriber.associated), "contacts": contacts}


def _body(request: Request, model: type[M]) -> M:
    kind = (request.getHeader("content-type") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HttpError(415, "what is posted here is application/json")
    assert request.content is not None, "a request that is handled has its body"
    try:
        return model.model_validate(json.loads(request.content.read()))
    except (ValueError, RecursionError) as error:
        raise HttpError(400, _sentence(error)) from None


def _sentence(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "the body is no JSON"
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}"
