"""Asks a key management server (TS 33.180 D.2): init, keyprov, certcache; what it gives is checked, then held.

Every request has the access token of the moment (TS 33.434 5.3). Whether it goes straight to the server or by way of
the HTTP proxy is the `HttpsClient`'s business: C-1 allows both.
"""

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from ue_sim.keys.checking import believed, checked, sifted
from ue_sim.keys.errors import Doubtful, NoKeys, Refused, Unreachable, Unusable
from ue_sim.keys.ring import KeyRing
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.markup import TYPE
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import CertCache, Init, KeyProv, Provision, Resource
from valkit.keymanagement.responses import KmsCertCache, KmsInit, KmsKeyProv, KmsMessage, KmsResponse
from valkit.net.https import HttpsAnswer, HttpsClient, HttpsError
from valkit.tokens.strictjson import read_object
from valkit.trace import Note, Observer, unobserved

M = TypeVar("M", KmsInit, KmsKeyProv, KmsCertCache)


@define
class KeyClient:
    """One user's way to one key management server."""

    url: str
    """Of the server, without a path."""
    kms_uri: str | None
    """The name that it must have; without it, it is believed what it says of itself over verified TLS."""
    _https: HttpsClient
    _now: Callable[[], float]
    _observe: Observer = unobserved
    client_id: str | None = None
    ring: KeyRing | None = field(init=False, default=None)
    """What is held; None before the first `fetch`."""

    async def fetch(self, token: str | None, user: str, at: float | None = None) -> KeyRing:
        """Fetch the certificate, then the user's keys of now and what comes next, or of a time; check and hold them.

        Raises a KeysError; what was held before stays.
        """
        now = self._now()
        init = await self._asked(Init(), KmsInit, token, user)
        kms = believed(init.certificate, self.kms_uri, now)
        given = await self._asked(KeyProv() if at is None else KeyProv(user, at), KmsKeyProv, token, user)
        if not given.key_sets:
            raise Unusable("the key management server gives no keys")
        keys = [checked(each, kms, user) for each in given.key_sets]
        ring = self.ring
        if ring is None or (ring.user, ring.kms.certificate) != (user, kms.certificate):
            ring = KeyRing(user, kms)
        ring.hold(keys)
        ring.provisioned = given.provisioned
        self.ring = ring
        self._tell("keys held", user=user, periods=" ".join(map(str, ring.numbers)), kms=kms.uri)
        return ring

    async def fetch_others(self, token: str | None) -> KeyRing:
        """Fetch the certificates of other domains' KMSs; hold those that hold. Raises a KeysError.

        Where one does not, all are asked for again next time: it may have been renewed by then.
        """
        ring = self.ring
        if ring is None:
            raise NoKeys("fetch keys first, then the certificates of other domains")
        cache = await self._asked(CertCache(ring.cache_number), KmsCertCache, token, ring.user)
        if cache.number != ring.cache_number:
            others, doubts = sifted(cache.certificates, self._now())
            if ring.kms.uri in {each.uri for each in others}:
                raise Doubtful("the certificates of other domains have one of our own KMS")
            ring.others = {each.uri: each for each in others}
            ring.cache_number = None if doubts else cache.number
            self._tell("certificates held", kms=" ".join(ring.others))
            for doubt in doubts:
                self._tell("certificate doubted", cause=str(doubt))
        return ring

    async def keys_of(self, token: str | None, user: str, uri: str, at: float | None = None) -> KmsKeyProv:
        """Ask for the keys of a user or group by name, as a VAL server does. Raises a KeysError; nothing is held."""
        return await self._asked(KeyProv(uri, at), KmsKeyProv, token, user)

    async def provision(self, token: str | None, user: str, uri: str, keys: tuple[ProvisionedKey, ...]) -> None:
        """Provision key material for a user or group, as a VAL server does (TS 33.434 5.8). Raises a KeysError."""
        await self._ask(Provision(uri), token, user, keys)
        self._tell("key material provisioned", whose=uri, keys=" ".join(key.key_id for key in keys))

    async def _asked(self, resource: Resource, kind: type[M], token: str | None, user: str) -> M:
        message = await self._ask(resource, token, user)
        if not isinstance(message, kind):
            raise Unusable(f"the answer has no {kind.__name__}")
        return message

    async def _ask(
        self, resource: Resource, token: str | None, user: str, keys: tuple[ProvisionedKey, ...] = ()
    ) -> KmsMessage | None:
        url = self.url.rstrip("/") + resource.path
        kms_uri = self.kms_uri or (self.ring.kms.uri if self.ring is not None else None)
        body = None
        if kms_uri is not None:
            body = bytes(KmsRequest(user, kms_uri, self._now(), url, self.client_id, keys=keys))
        elif keys:
            raise NoKeys("the name of the KMS must be known before key material is provisioned")
        heads = {"Accept": TYPE, **({"Content-Type": TYPE} if body else {})}
        if token is not None:
            heads["Authorization"] = f"Bearer {token}"
        try:
            answer = await self._https.request("POST", url, body, heads)
        except HttpsError as error:
            raise Unreachable(str(error)) from None
        return _message(answer, url if body else resource.path, kms_uri)

    def _tell(self, what: str, **fields: str) -> None:
        self._observe(Note(self._now(), "ue", what, fields))


def _message(answer: HttpsAnswer, url: str, kms_uri: str | None) -> KmsMessage | None:
    """Give the message of an answer to what was asked here. Raises Refused, Unusable, Doubtful."""
    if answer.status != 200 and answer.media_type != TYPE:
        raise Refused(answer.status, _told(answer))
    try:
        response = KmsResponse.parse(answer.body)
    except Unreadable as error:
        if answer.status != 200:
            raise Refused(answer.status) from None
        raise Unusable(f"the answer is not understood: {error}") from None
    if response.error is not None or answer.status != 200:
        raise Refused(answer.status, "" if response.error is None else response.error.sentence)
    if kms_uri not in {None, response.kms_uri} or response.client_req_url != url:
        raise Doubtful("the answer is another KMS's, or to another request")
    return response.message


def _told(answer: HttpsAnswer) -> str:
    try:
        members = read_object(answer.body)
    except ValueError:
        return ""
    said = members.get("error_description") or members.get("error")
    return said if isinstance(said, str) and said.isprintable() else ""
