"""Tokens of our own, read back: access tokens for userinfo, introspection and revocation, ID tokens as hints.

Whether they were revoked is asked of the store; a resource server that only verifies does not know that.
"""

from functools import lru_cache
from typing import Any

from attrs import frozen
from joserfc.jwk import KeySet

from seal.idms.records import eras_of
from seal.idms.stores.store import Grants
from seal.idms.tokens.keys import KeyRing
from seal.idms.tokens.signed import Claims, verified
from valkit.tokens.strictjson import read_object


@frozen
class OwnTokens:
    """Knows which tokens are ours and hold."""

    issuer: str
    keys: KeyRing
    store: Grants
    algorithms: tuple[str, ...] = ("ES256", "RS256")

    def signed(self, token: str) -> Claims | None:
        """Give the claims of an access token that we made, whatever has become of it since; None for anything else."""
        claims = self._read(token, "at+jwt", ("jti", "sub", "client_id", "scope"))
        return claims if claims is not None and isinstance(claims.get("exp"), int | float) else None

    def id_token(self, token: str) -> Claims | None:
        """Give the claims of an ID token that we made, even if its time is over: it says who somebody was."""
        return self._read(token, "JWT", ("sub", "aud"))

    async def alive(self, token: str, now: float) -> Claims | None:
        """Give the claims of an access token of ours that holds now."""
        claims = self.signed(token)
        if claims is None or claims["exp"] <= now or await self.store.revoked(claims["jti"], now):
            return None
        if await self.store.ended(claims["sub"], claims["client_id"], eras_of(claims["jti"])):
            return None
        return claims

    def _read(self, token: str, kind: str, texts: tuple[str, ...]) -> Claims | None:
        """Give the claims of a token of this kind if it has what ours have: with a key anything can be signed."""
        read = verified(token, _keys(self.keys.jwks()), self.algorithms)
        if read is None or (read.kind, read.claims.get("iss")) != (kind, self.issuer):
            return None
        return read.claims if all(isinstance(read.claims.get(name), str) for name in texts) else None


@lru_cache(4)
def _keys(jwks: str) -> KeySet:
    """Read a key set, once for as long as it stays the same."""
    published: Any = read_object(jwks.encode())  # joserfc checks it itself
    return KeySet.import_key_set(published) if published["keys"] else KeySet([])
