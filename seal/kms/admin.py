"""The operator's say over HTTP while the server runs: for whom no keys are given, and which other KMSs there are.

| request              | does                                                                                     |
|----------------------|------------------------------------------------------------------------------------------|
| GET /state           | tells which VAL services are disabled, which identities revoked, and of the other KMSs   |
| PUT /services        | `{"val_service_id": ..., "enabled": no}`: disable one, or enable it again                |
| PUT /identities      | `{"uri": ..., "revoked": yes}`: revoke a user or group, or restore it                    |
| GET /certificate     | gives this KMS's own certificate, for another domain's operator                          |
| PUT /certificates    | `{"certificate": "<KmsCertificate ..."}`: hand out that of another KMS (certcache)       |
| DELETE /certificates | `?id=kms.partner.example`: hand it out no more                                           |

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
from seal.kms import external
from seal.kms.errors import KmsRefused
from seal.kms.external import Externals
from seal.kms.kept import State
from seal.kms.ledger import Ledger
from seal.requesters import Requesters
from valkit.carriers.hardened import LARGEST
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.markup import document
from valkit.keymanagement.resources import checked_uri
from valkit.net.web import HttpError, answer_errors_as_json, json_answer, this_host_only
from valkit.settings import Settings, SettingsError, YesNo, read
from valkit.trace import Note, Observer

MOST = 2_000
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


class CertificateRequest(Settings):
    """Another KMS's certificate."""

    certificate: str = Field(max_length=LARGEST)
    """A KmsCertificate, or a KmsResponse that has one, as XML."""


class Admin:
    """The admin application; `app` is its klein application."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(  # noqa: PLR0917  all that it tells of and changes
        self,
        ledger: Ledger,
        externals: Externals,
        own: Certificate,
        requesters: Requesters,
        clock: IReactorTime,
        observe: Observer,
    ) -> None:
        self._ledger = ledger
        self._externals = externals
        self._own = own
        self._requesters = requesters
        self._clock = clock
        self._observe = observe

    @app.route("/state", methods=["GET"])
    def state(self, request: Request) -> bytes:
        """Tell it."""
        self._require_operator(request)
        return self._told(request, self._ledger.state)

    @app.route("/services", methods=["PUT"])
    async def services(self, request: Request) -> bytes:
        """Disable a VAL service, or enable it."""
        self._require_operator(request)
        asked = _read(request, ServiceRequest)

        def change(state: State) -> State:
            return evolve(state, disabled=_with(state.disabled, asked.val_service_id, there=not asked.enabled))

        state = await self._changed(change)
        self._tell("service enabled" if asked.enabled else "service disabled", asked.val_service_id)
        return self._told(request, state)

    @app.route("/identities", methods=["PUT"])
    async def identities(self, request: Request) -> bytes:
        """Revoke a user or group, or restore it."""
        self._require_operator(request)
        asked = _read(request, IdentityRequest)

        def change(state: State) -> State:
            return evolve(state, revoked=_with(state.revoked, asked.uri, there=asked.revoked))

        state = await self._changed(change)
        self._tell("revoked" if asked.revoked else "restored", asked.uri)
        return self._told(request, state)

    @app.route("/certificate", methods=["GET"])
    def certificate(self, request: Request) -> bytes:
        """Give this KMS's own."""
        self._require_operator(request)
        return json_answer(request, {"result": "success", "certificate": document(self._own.element()).decode()})

    @app.route("/certificates", methods=["PUT"])
    async def take(self, request: Request) -> bytes:
        """Hand out another KMS's certificate from now on."""
        self._require_operator(request)
        try:
            certificate = external.read(_read(request, CertificateRequest).certificate.encode())
        except Unreadable as error:
            raise HttpError(400, f"there is no KMS certificate: {error}") from error
        state = await self._changed(lambda state: self._externals.taken(state, certificate))
        self._tell("certificate taken", certificate.kms_uri)
        return self._told(request, state)

    @app.route("/certificates", methods=["DELETE"])
    async def leave(self, request: Request) -> bytes:
        """Hand out another KMS's certificate no more."""
        self._require_operator(request)
        named = [each.decode("utf-8", "replace") for each in (request.args or {}).get(b"id", [])]
        if len(named) != 1:
            raise HttpError(400, "one id is needed: the name of the KMS")
        state = await self._changed(lambda state: self._externals.left(state, named[0]))
        self._tell("certificate left", named[0])
        return self._told(request, state)

    def _require_operator(self, request: Request) -> None:
        this_host_only(request)
        who = self._requesters.who(request.getHeader("Authorization"))
        if who is None:
            request.setHeader("WWW-Authenticate", 'Bearer realm="val kms"')
            raise HttpError(401, "the operator's token is needed (admin.requesters.token_file)")
        if not who.operator:
            raise HttpError(403, "this token is not the operator's (admin.requesters: operator)")

    async def _changed(self, change: Callable[[State], State]) -> State:
        try:
            return await self._ledger.change(change)
        except KmsRefused as error:
            raise HttpError(error.status, str(error)) from error
        except StoreUnavailable as error:
            raise HttpError(503, str(error)) from error

    def _told(self, request: Request, state: State) -> bytes:
        kms = sorted(each.kms_uri for each in self._externals.all(state))
        lists = {"disabled": sorted(state.disabled), "revoked": sorted(state.revoked), "external": kms}
        return json_answer(request, {"result": "success", **lists})

    def _tell(self, what: str, entry: str) -> None:
        self._observe(Note(self._clock.seconds(), "kms", what, {"entry": entry}))


def _with(names: frozenset[str], name: str, *, there: bool) -> frozenset[str]:
    """Give the names with or without this one."""
    if there and name not in names and len(names) >= MOST:
        raise HttpError(507, f"{MOST} are enough")
    return names | {name} if there else names - {name}


def _read(request: Request, model: type[M]) -> M:
    assert request.content is not None, "the request has come whole"
    request.content.seek(0)
    try:
        return read(model, request.content.read().decode(), "request")
    except (SettingsError, UnicodeDecodeError) as error:
        raise HttpError(400, str(error)) from error
