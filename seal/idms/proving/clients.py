"""Client authentication at the token endpoint (RFC 6749 2.3, OpenID Connect Core 9): who asks, proved.

A client uses the one method it is registered with. Which part was wrong is not said: an unknown client and a wrong
secret look alike.
"""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from attrs import frozen
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from seal.idms.errors import Code, OAuthError
from seal.idms.parameters import Parameters
from seal.idms.records import Client
from seal.idms.stores.store import Store
from seal.idms.tokens.signed import Claims, unverified, verified
from seal.secrets import digest
from valkit.tokens.strictjson import read_object

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")
LEEWAY = 10
LONGEST = 3_600.0
"""Seconds that an assertion may live: for as long its `jti` is remembered."""
METHODS = ("none", "client_secret_basic", "client_secret_post", "private_key_jwt")


@frozen
class Claimed:
    """Who a request says it comes from, and with what proof."""

    method: str
    client_id: str
    secret: str = ""


@frozen
class ClientAuthentication:
    """Proves clients. `audiences` are the names by which an assertion may address us: issuer and token endpoint."""

    store: Store
    audiences: tuple[str, ...]
    public_clients: bool = True

    async def client(self, parameters: Parameters, authorization: str | None, now: float) -> Client:
        """Give the client that asks; OAuthError if it cannot be sure who that is."""
        claimed = claim(parameters, authorization)
        client = await self.store.client(claimed.client_id)
        if client is None or client.auth_method != claimed.method:
            raise _failed()
        match claimed.method:
            case "none":
                proved = self.public_clients
            case "private_key_jwt":
                proved = await self._asserted(client, claimed.secret, now)
            case _:
                proved = hmac.compare_digest(digest(claimed.secret), client.secret_hash or "")
        if not proved:
            raise _failed()
        return client

    async def confidential(self, parameters: Parameters, authorization: str | None, now: float) -> Client:
        """Give the client that asks if it is one that can prove who it is; OAuthError otherwise."""
        client = await self.client(parameters, authorization, now)
        if client.auth_method == "none":
            raise _failed()
        return client

    async def _asserted(self, client: Client, assertion: str, now: float) -> bool:
        """Tell whether the assertion is the client's, for us, and new (RFC 7523 3)."""
        claims = _verified(client, assertion)
        if claims is None or not _holds(claims, client.client_id, self.audiences, now):
            return False
        return await self.store.once(f"jti {client.client_id} {claims['jti']}", now + LONGEST + LEEWAY, now)


def claim(parameters: Parameters, authorization: str | None) -> Claimed:
    """Read who the request says it comes from; OAuthError if it says that in two ways, or in none."""
    found = [
        claimed for claimed in (_basic(authorization), _post(parameters), _assertion(parameters)) if claimed is not None
    ]
    if len(found) > 1:
        raise OAuthError(Code.INVALID_REQUEST, "the client authenticates in more than one way")
    stated = parameters.get("client_id")
    if not found:
        if stated is None:
            raise OAuthError(Code.INVALID_CLIENT, "the request does not say which client it comes from")
        return Claimed("none", stated)
    if stated is not None and stated != found[0].client_id:
        raise OAuthError(Code.INVALID_CLIENT, "client_id is not the client that authenticates")
    return found[0]


def _basic(authorization: str | None) -> Claimed | None:
    if authorization is None:
        return None
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise OAuthError(Code.INVALID_CLIENT, "the Authorization header is not of the scheme Basic")
    try:
        name, colon, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        name = colon = secret = ""
    if not colon:
        raise OAuthError(Code.INVALID_CLIENT, "the Authorization header cannot be read")
    return Claimed("client_secret_basic", unquote_plus(name), unquote_plus(secret))


def _post(parameters: Parameters) -> Claimed | None:
    secret = parameters.get("client_secret")
    return None if secret is None else Claimed("client_secret_post", parameters.get("client_id") or "", secret)


def _assertion(parameters: Parameters) -> Claimed | None:
    assertion = parameters.get("client_assertion")
    if assertion is None:
        return None
    if parameters.get("client_assertion_type") != ASSERTION_TYPE:
        raise OAuthError(Code.INVALID_CLIENT, "client_assertion_type is not one that is known here")
    # so that the key can be found; nothing of it is believed yet
    return Claimed("private_key_jwt", str(unverified(assertion).get("sub", "")), assertion)


def _verified(client: Client, assertion: str) -> Claims | None:
    """Give the claims if a key of the client's signed them."""
    try:
        published: Any = read_object((client.jwks or "").encode())  # joserfc checks it itself
        keys = KeySet.import_key_set(published)
    except (JoseError, ValueError):
        return None
    read = verified(assertion, keys, ALGORITHMS)
    return None if read is None else read.claims


def _holds(claims: Mapping[str, Any], client_id: str, audiences: tuple[str, ...], now: float) -> bool:
    registry = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY,
        iss={"essential": True, "value": client_id},
        sub={"essential": True, "value": client_id},
        aud={"essential": True, "values": list(audiences)},
        exp={"essential": True},
        jti={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except JoseError:
        return False
    return isinstance(claims["jti"], str) and claims["exp"] <= now + LONGEST


def _failed() -> OAuthError:
    return OAuthError(Code.INVALID_CLIENT, "client authentication failed")
