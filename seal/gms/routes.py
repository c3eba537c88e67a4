"""What a group management server serves beside documents: one's groups, and their keys (TS 24.544 A.3, C-5).

| request                                     | gives                                                                 |
|---------------------------------------------|-----------------------------------------------------------------------|
| GET /groups?val_service_id=S                | the group IDs of which the asker is a member or administrator         |
| GET /group-keys?val_service_id=S&group_id=G | what the S-KMS has as the group's key material; for its members only  |

The standards have no HTTP encoding of either; paths and JSON are ours. Who has been invited and has not joined
(`<explicit-members-list>`) reads the group, and is not given keys.
"""

from attrs import frozen
from klein import Klein
from twisted.logger import Logger
from twisted.web.http import Request

from seal.access import Asker
from seal.access.errors import not_permitted
from seal.documents.store import Store
from seal.gms.keys import GroupKeys, KeysUnavailable, NobodyToAsk
from seal.management.site import Door, let_in
from seal.xcap.errors import Refused
from valkit.documents import GroupDocument, group_selector
from valkit.net.web import json_answer

_log = Logger()

_NOBODY = "there is no key management server here that could be asked for keys of groups"
_NONE = "the key management server gives no keys of this group"


@frozen
class Routes:
    """Both, for one server."""

    keys: GroupKeys

    def add(self, app: Klein, door: Door, store: Store) -> None:
        """Add them to an application."""

        async def groups(request: Request) -> bytes:
            return await let_in(door, request, lambda asker: self._groups(request, asker, store))

        async def keys(request: Request) -> bytes:
            return await let_in(door, request, lambda asker: self._keys(request, asker, store))

        app.route("/groups", methods=["GET"])(groups)
        app.route("/group-keys", methods=["GET"])(keys)

    async def _groups(self, request: Request, asker: Asker, store: Store) -> bytes:
        service = _one(request, "val_service_id")
        _require_service(asker, service)
        found = await store.naming(service, asker.val_user_id)
        return json_answer(request, {"group_ids": [selector.name for selector in found]})

    async def _keys(self, request: Request, asker: Asker, store: Store) -> bytes:
        service, group_id = _one(request, "val_service_id"), _one(request, "group_id")
        _require_service(asker, service)
        text = await store.document(group_selector(service, group_id))
        if text is None:
            raise Refused(404, "there is no such group")
        if asker.val_user_id not in GroupDocument.read(text).members:
            raise not_permitted(asker.name)
        try:
            material = await self.keys.of(service, group_id)
        except KeysUnavailable as error:
            _log.error("No keys for {group}: {error}", group=group_id, error=error)
            raise Refused(503, _NOBODY if isinstance(error, NobodyToAsk) else _NONE) from None
        request.setHeader("Content-Type", material.media_type)
        request.setHeader("Cache-Control", "no-store")
        request.setHeader("Content-Length", str(len(material.body)))
        return material.body


def _require_service(asker: Asker, service: str) -> None:
    if asker.is_network or service not in asker.val_service_ids:
        raise not_permitted(asker.name)


def _one(request: Request, name: str) -> str:
    values = request.args.get(name.encode(), [])
    try:
        if len(values) == 1 and values[0]:
            return str(values[0].decode())
    except UnicodeDecodeError:
        pass
    raise Refused(400, f"{name}= is needed, once")
