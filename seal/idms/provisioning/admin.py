"""Provisioning over HTTP (IDM-04), shaped as TS 23.434 12.3.4: create, update, get and delete, each with its result.

| request                      | does                                                                                |
|------------------------------|-------------------------------------------------------------------------------------|
| POST, PUT /val-services      | create, update: `{"services": [{"val_service_id": ..., "identities": [...]}, ...]}` |
| GET, DELETE /val-services    | get, delete those named by `id=`, repeated; get without a name: all one's own       |
| POST, PUT /users, /clients   | create, update one: an entry of `entries`; update changes what it names             |
| POST, PUT /partners          | the same with a partner domain, an entry of `partners`                              |
| GET, DELETE                  | of these three, as for VAL services                                                 |

Every answer has `"result"`: `"success"` or `"failure"`, and a failure says why in `"error"`. Who requests is told by
the bearer token; users, clients and partners are the operator's. No answer shows a password, a secret or a hash.
"""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

from attrs import asdict, frozen
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.web.http import Request

from seal.errors import Conflict, NotKept, NotYours, SealError, StoreUnavailable, Unfit
from seal.idms.provisioning.entries import ClientRequest, ServiceEntry, UserRequest
from seal.idms.provisioning.partners import PartnerEntry
from seal.idms.provisioning.provisioning import Provisioner
from seal.idms.records import Client, Partner, Service, User
from seal.idms.web import header_of
from seal.requesters import Requester, Requesters
from seal.threads import Busy
from valkit.net.web import HttpError, answer_errors_as_json, json_answer, this_host_only
from valkit.settings import Settings, SettingsError, read

STATUS: dict[type[Exception], int] = {
    Unfit: 400,
    SettingsError: 400,
    NotYours: 403,
    NotKept: 404,
    Conflict: 409,
    StoreUnavailable: 503,
    Busy: 503,
}

M = TypeVar("M", bound=Settings)
K = TypeVar("K")
Answer = dict[str, object]
Handler = Callable[[Request, Requester], Awaitable[Answer]]
_log = Logger()


class ServicesRequest(Settings):
    """Create or update (TS 23.434 12.3.4); the requester identity is the token's."""

    services: tuple[ServiceEntry, ...]


class Admin:
    """The admin application; `app` is its klein application."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(self, provisioner: Provisioner, requesters: Requesters) -> None:
        self._provisioner = provisioner
        self._requesters = requesters
        self._users = _users(provisioner)
        self._clients = _clients(provisioner)
        self._partners = _partners(provisioner)

    @app.route("/val-services", methods=["POST", "PUT", "GET", "DELETE"])
    def services(self, request: Request) -> Deferred[bytes]:
        """VAL services and their identity lists."""
        handlers: dict[bytes, Handler] = {
            b"POST": self._create_services,
            b"PUT": self._update_services,
            b"DELETE": self._delete_services,
        }
        return self._answered(request, handlers.get(request.method, self._get_services))

    @app.route("/users", methods=["POST", "PUT", "GET", "DELETE"])
    def users(self, request: Request) -> Deferred[bytes]:
        """VAL users."""
        return self._answered(request, self._users)

    @app.route("/clients", methods=["POST", "PUT", "GET", "DELETE"])
    def clients(self, request: Request) -> Deferred[bytes]:
        """Clients."""
        return self._answered(request, self._clients)

    @app.route("/partners", methods=["POST", "PUT", "GET", "DELETE"])
    def partners(self, request: Request) -> Deferred[bytes]:
        """Partner domains."""
        return self._answered(request, self._partners)

    def _answered(self, request: Request, handler: Handler) -> Deferred[bytes]:
        return Deferred.fromCoroutine(self._answer(request, handler))

    async def _answer(self, request: Request, handler: Handler) -> bytes:
        """Let in who has a token; errors of provisioning are failures."""
        this_host_only(request)
        method = request.method.decode("ascii", "replace")
        who = self._requesters.who(header_of(request, "Authorization"))
        try:
            if who is None:
                request.setHeader("WWW-Authenticate", 'Bearer realm="val idms"')
                raise HttpError(401, "the bearer token is missing, or nobody's")  # noqa: TRY301  one place answers
            answer = await handler(request, who)
        except HttpError as error:
            return _failure(request, error.status, error.sentence)
        except (SealError, SettingsError, Busy) as error:
            return _failure(request, STATUS[type(error)], str(error) or "too many passwords wait to be hashed")
        if method not in {"GET", "HEAD"}:
            path = request.path.decode("ascii", "replace")
            _log.info("{who} provisioned: {method} {path}", who=who.name, method=method, path=path)
        return json_answer(request, {"result": "success", **answer}, 201 if method == "POST" else 200)

    async def _create_services(self, request: Request, who: Requester) -> Answer:
        return _listed(await self._provisioner.create_services(who, _body(ServicesRequest, request).services))

    async def _update_services(self, request: Request, who: Requester) -> Answer:
        return _listed(await self._provisioner.update_services(who, _body(ServicesRequest, request).services))

    async def _get_services(self, request: Request, who: Requester) -> Answer:
        return _listed(await self._provisioner.services(who, _named(request)))

    async def _delete_services(self, request: Request, who: Requester) -> Answer:
        await self._provisioner.remove_services(who, _some(request))
        return {}


@frozen
class _Entries(Generic[M, K]):
    """One kind of entry, and what can be done with it."""

    kind: str
    model: type[M]
    """What a request says of one."""
    create: Callable[[M], Awaitable[K]]
    update: Callable[[M], Awaitable[K]]
    remove: Callable[[str], Awaitable[None]]
    everything: Callable[[], Awaitable[Iterable[K]]]
    name: Callable[[K], str]
    shown: Callable[[K], Answer]

    async def __call__(self, request: Request, who: Requester) -> Answer:
        _refuse_others(who)
        match request.method:
            case b"POST":
                return {self.kind: self.shown(await self.create(_body(self.model, request)))}
            case b"PUT":
                return {self.kind: self.shown(await self.update(_body(self.model, request)))}
            case b"DELETE":
                for name in _some(request):
                    await self.remove(name)
                return {}
        names = _named(request)
        found = {self.name(each): self.shown(each) for each in await self.everything()}
        return {f"{self.kind}s": _chosen(self.kind, names, found)}


def _users(does: Provisioner) -> _Entries[UserRequest, User]:
    return _Entries(
        "user",
        UserRequest,
        does.create_user,
        does.update_user,
        does.remove_user,
        does.store.users,
        lambda user: user.user_id,
        _user,
    )


def _clients(does: Provisioner) -> _Entries[ClientRequest, Client]:
    return _Entries(
        "client",
        ClientRequest,
        does.create_client,
        does.update_client,
        does.remove_client,
        does.store.clients,
        lambda client: client.client_id,
        _client,
    )


def _partners(does: Provisioner) -> _Entries[PartnerEntry, Partner]:
    return _Entries(
        "partner",
        PartnerEntry,
        does.create_partner,
        does.update_partner,
        does.remove_partner,
        does.store.partners,
        lambda partner: partner.issuer,
        asdict,
    )


def _body(model: type[M], request: Request) -> M:
    content: Any = request.content
    try:
        value = json.loads(content.read())
    except (ValueError, RecursionError):
        raise HttpError(400, "the body is no JSON") from None
    # As YAML, of which JSON is a part: for the same rules and the same sentences as in a file.
    return read(model, json.dumps(value, ensure_ascii=False), "request")


def _named(request: Request) -> list[str]:
    return [name.decode("utf-8", "replace") for name in request.args.get(b"id", [])]


def _some(request: Request) -> list[str]:
    names = _named(request)
    if not names:
        raise HttpError(400, "id= is missing: what is to be deleted?")
    return names


def _chosen(kind: str, names: list[str], found: dict[str, Answer]) -> list[Answer]:
    missing = [name for name in names if name not in found]
    if missing:
        raise NotKept(f"there is no {kind} {missing[0]!r}")
    return [found[name] for name in names or found]


def _refuse_others(who: Requester) -> None:
    if not who.operator:
        raise NotYours("users, clients and partners are provisioned by the operator")


def _listed(services: Iterable[Service]) -> Answer:
    return {
        "services": [
            {"val_service_id": each.val_service_id, "identities": each.val_user_ids, "requester": each.requester}
            for each in services
        ]
    }


def _user(user: User) -> Answer:
    shown = asdict(user, filter=lambda attribute, _: attribute.repr is not False)
    return {**shown, "password": bool(user.password_hash), "totp": user.totp_secret is not None}


def _client(client: Client) -> Answer:
    shown = asdict(client, filter=lambda attribute, _: attribute.repr is not False)
    return {**shown, "secret": client.secret_hash is not None}


def _failure(request: Request, status: int, sentence: str) -> bytes:
    return json_answer(request, {"result": "failure", "error": sentence}, status)
