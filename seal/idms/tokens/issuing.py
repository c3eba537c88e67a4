"""Tokens made: ID token (OpenID Connect Core 2), access token (RFC 9068), refresh token (opaque), security token.

Who may have them was decided before. The access token's `jti` names its family, so that a family can be revoked as a
whole without anything being kept of the access tokens themselves; and the eras on which it rests, so that all that a
user or a client was granted can be ended.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from json import dumps

from attrs import frozen
from authlib.oidc.core.util import create_half_hash

from seal.idms.records import FIRST, GUEST, Client, Eras, Partner, Refresh, User, jti_in, serial_in
from seal.idms.settings import TokenSettings
from seal.idms.tokens.keys import KeyRing
from seal.secrets import digest
from valkit.ids import Ids
from valkit.tokens import Grant, mint
from valkit.tokens.minting import sealed

SECRET = 32
"""Bytes of a code or refresh token."""
SECURITY_TOKEN = "security+jwt"  # noqa: S105  a media type
"""`typ` of a security token, so that it is taken for no other kind of ours (RFC 8725 3.11)."""


@frozen
class Granted:
    """For what tokens are made: one log-in, as a code or a refresh token carries it on."""

    family: str
    client: Client
    user: User
    scope: str
    acr: str
    """How the user was authenticated; empty where another domain did it, which does not say how or when."""
    auth_time: float
    nonce: str | None = None
    eras: Eras = FIRST
    """On what it rests: as user and client were when the log-in was proved, not as they are now."""
    partner: str = ""
    """The issuer of the domain whose security token it came of; empty: of a log-in here."""


class Issuer:
    """Makes tokens under one name."""

    def __init__(self, name: str, keys: KeyRing, settings: TokenSettings, ids: Ids) -> None:
        self.name = name
        self._keys = keys
        self._settings = settings
        self._ids = ids

    def access_token(self, granted: Granted, now: float) -> tuple[str, str]:
        """Make an access token; gives it and its `jti`."""
        user, jti = granted.user, jti_in(granted.family, serial_in(granted.eras, secret(self._ids, 12)))
        token = mint(
            self._keys.signer(self._settings.access_algorithm),
            Grant(
                issuer=self.name,
                audience=self._settings.audience,
                val_user_id=user.val_user_id,
                val_service_ids=user.val_service_ids,
                jti=jti,
                issued_at=now,
                lifetime=granted.client.access_lifetime,
                client_id=granted.client.client_id,
                scope=granted.scope,
                subject=user.user_id,
                user_claim=self._settings.user_claim,
                services_claim=self._settings.services_claim,
            ),
        )
        return token, jti

    def id_token(self, granted: Granted, amr: tuple[str, ...], access_token: str, now: float) -> str:
        """Make an ID token that belongs to this access token."""
        key = self._keys.signer(self._settings.id_algorithm)
        nonce = {} if granted.nonce is None else {"nonce": granted.nonce}
        log_in = {"auth_time": int(granted.auth_time), "acr": granted.acr, "amr": list(amr)} if granted.acr else {}
        claims = {
            "iss": self.name,
            "sub": granted.user.user_id,
            "aud": granted.client.client_id,
            "azp": granted.client.client_id,
            "exp": int(now + granted.client.id_lifetime),
            "iat": int(now),
            **log_in,
            **nonce,
            "at_hash": create_half_hash(access_token, key.algorithm).decode(),
            self._settings.user_claim: granted.user.val_user_id,
            self._settings.services_claim: list(granted.user.val_service_ids),
        }
        header = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"}
        return sealed(key, _encoded(header), _encoded(claims))

    def security_token(self, user: User, client: Client, partner: Partner, now: float, until: float) -> tuple[str, str]:
        """Make a token that tells a partner domain who the user is (TS 33.180 B.8); gives it and its `jti`."""
        key, jti = self._keys.signer(self._settings.access_algorithm), secret(self._ids, 12)
        claims = {
            "iss": self.name,
            "sub": user.user_id,
            "aud": [client.client_id, partner.issuer],
            "exp": int(until),
            "iat": int(now),
            "jti": jti,
        }
        header = {"alg": key.algorithm, "kid": key.kid, "typ": SECURITY_TOKEN}
        return sealed(key, _encoded(header), _encoded(claims)), jti

    def family(self, *, guest: bool = False) -> str:
        """Name what will come of one log-in, here or, for a guest, at home."""
        return (GUEST if guest else "") + secret(self._ids, 12)

    def refresh_token(self, granted: Granted, now: float) -> tuple[str, Refresh]:
        """Make a refresh token; gives it and what is kept of it."""
        token = secret(self._ids)
        kept = Refresh(
            token_hash=digest(token),
            family=granted.family,
            client_id=granted.client.client_id,
            user_id=granted.user.user_id,
            scope=granted.scope,
            acr=granted.acr,
            auth_time=granted.auth_time,
            expires=now + granted.client.refresh_lifetime,
            partner=granted.partner,
            era=granted.eras.user,
            client_era=granted.eras.client,
        )
        return token, kept


def secret(ids: Ids, size: int = SECRET) -> str:
    """Give something that nobody can guess, in characters that go anywhere."""
    return urlsafe_b64encode(ids.nonce(size)).rstrip(b"=").decode()


def _encoded(members: Mapping[str, object]) -> bytes:
    return dumps(members, separators=(",", ":")).encode()
