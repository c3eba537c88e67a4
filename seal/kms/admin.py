"""The operator's say over HTTP: for which VAL services and for whom no keys are given any more, while the server runs.

| request         | does                                                                        |
|-----------------|-----------------------------------------------------------------------------|
| GET /state      | tells which VAL services are disabled, and which identities revoked         |
| PUT /services   | `{"val_service_id": ..., "enabled": no}`: disable one, or enable it again   |
| PUT /identities | `{"uri": ..., "revoked": yes}`: revoke a user or group, or restore it       |

An answer has `"result": "success"` and the state, which is durable by then, or an `"error"`. Who asks is told by the
bearer token. Keys that were given before stay what they are; there are no new ones.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar

from attrs import evolve
from klein import Klein
from pydantic import AfterValidator, Field
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request

from seal.errors import StoreUnavailable
from seal.kms.errors import KmsRefused
from seal.kms.kept import State
from seal.kms.ledger import Ledger
from seal.requesters import Requesters
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.resources import checked_uri
from valkit.net.web import HttpError, answer_errors_as_json, json_answer, this_host_only
from valkit.settings import Settings, SettingsError, YesNo, read
from valkit.trace import Note, Observer

MOST = 100_000
"""Identities that can be revoked, and VAL services that can be disabled."""

M = TypeVar("M", bound=Settings)


def _uri(text: str) -> str:
    try:
        return checked_uri(text)
    except Unreadable as error:
        raise ValueError(str(error)) from None


class ServiceRequest(Settings):
    """A VAL service, and whether there are keys for it."""

    val_service_id: str = Field(min_length=1, max_length=255)
    enabled: YesNo


class IdentityRequest(Settings):
    """A user or group, and whether there are keys for it."""

    uri: Annotated[str, AfterValidator(_uri)]
    revoked: YesNo


class Admin:
    """The admin application; `app` is its klein application."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(self, ledger: Ledger, requesters: Requesters, clock: IReactorTime, observe: Observer) -> None:
        self._ledger = ledger
        self._requesters = requesters
        self._clock = clock
        self._observe = observe

    @app.route("/state", methods=["GET"])
    def state(self, request: Request) -> bytes:
        """Tell it."""
        self._require_operator(request)
        return _told(request, self._ledger.state)

    @app.route("/services", methods=["PUT"])
    async def services(self, request: Request) -> bytes:
        """Disable a VAL service, or enable it."""
        self._require_operator(request)
        asked = _read(request, ServiceRequest)

        def change(state: State) -> State:
            return evolve(state, disabled=_with(state.disabled, asked.val_service_id, there=not asked.enabled))

        state = await self._changed(change)
        self._tell("service enabled" if asked.enabled else "service disabled", asked.val_service_id)
        return _told(request, state)

    @app.route("/identities", methods=["PUT"])
    async def identities(self, request: Request) -> bytes:
        """Revoke a user or group, or restore it."""
        self._require_operator(request)
        asked = _read(request, IdentityRequest)

        def change(state: State) -> State:
            return evolve(state, revoked=_with(state.revoked, asked.uri, there=asked.revoked))

        state = await self._changed(change)
        self._tell("revoked" if asked.revoked else "restored", asked.uri)
        return _told(request, state)

    def _require_operator(self, request: Request) -> None:
        this_host_only(request)
        who = self._requesters.who(request.getHeader("Authorization"))
        if who is None or not who.operator:
            raise HttpError(401, "the operator's token is needed (admin.requesters.token_file)")

    async def _changed(self, change: Callable[[State], State]) -> State:
        try:
            return await self._ledger.change(change)
        except (StoreUnavailable, KmsRefused) as error:
            raise HttpError(503, str(error)) from error

    def _tell(self, what: str, entry: str) -> None:
        self._observe(Note(self._clock.seconds(), "kms", what, {"entry": entry}))


def _with(names: frozenset[str], name: str, *, there: bool) -> frozenset[str]:
    """Give the names with or without this one."""
    if there and len(names) >= MOST:
        raise HttpError(507, f"{MOST} are enough")
    return names | {name} if there else names - {name}


def _read(request: Request, model: type[M]) -> M:
    assert request.content is not None, "the request has come whole"
    request.content.seek(0)
    try:
        return read(model, request.content.read().decode(), "request")
    except (SettingsError, UnicodeDecodeError) as error:
        raise HttpError(400, str(error)) from error


def _told(request: Request, state: State) -> bytes:
    lists = {"disabled": sorted(state.disabled), "revoked": sorted(state.revoked)}
    return json_answer(request, {"result": "success", **lists})
