"""What the identity server keeps: clients, users, VAL services, and what was granted to them.

Values only; `seal.idms.stores.store` says who may change them and how. Of codes, tokens, client secrets and session
cookies only the SHA-256 is kept (`digest`): they are random and long, so nothing slower is needed, and who reads the
store can use none of them. Passwords are argon2id hashes (`seal.idms.proving.users`). All times are epoch seconds.
"""

import re
from collections.abc import Iterable, Mapping

from attrs import field, frozen

SUBJECT = "{subject}"
"""What stands for a foreign user in a pattern."""
GUEST = "guest:"
"""What the name of a family begins with that came of another domain's security token."""


@frozen
class Eras:
    """On what something granted rests: the user and the client, each as it was in this era of it.

    What ends all that a user, or a client, was granted begins its next era, by the act that is the reason for the end.
    Whatever is of an earlier era is over, wherever it was under way.
    """

    user: int = 0
    client: int = 0

    def over(self, now: "Eras") -> bool:
        """Whether one of the two has come to an end since, when these are the eras now."""
        return self.user < now.user or self.client < now.client


FIRST = Eras()
"""Those of a user and a client of whom nothing was ever ended as a whole."""


def jti_in(family: str, serial: str) -> str:
    """Make the `jti` of an access token so that it tells of which family the token is, without anything being kept."""
    return f"{family}.{serial}"


def family_of(jti: str) -> str:
    """Tell which family the `jti` names."""
    return jti.partition(".")[0]


def serial_in(eras: Eras, drawn: str) -> str:
    """Make the part of a `jti` behind its family so that it tells of which eras the token is."""
    return f"{eras.user}.{eras.client}.{drawn}"


def eras_of(jti: str) -> Eras:
    """Tell of which eras the token of this `jti` is; of the first ones, where the `jti` does not say."""
    found = _SERIAL.match(jti.partition(".")[2])
    return FIRST if found is None else Eras(int(found["user"]), int(found["client"]))


def came_as_guest(jti: str) -> bool:
    """Tell whether the token of this `jti` was given for another domain's security token."""
    return jti.startswith(GUEST)


_SERIAL = re.compile(r"(?P<user>[0-9]{1,18})\.(?P<client>[0-9]{1,18})\.")


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


@frozen
class Client:
    """A client that may ask for tokens (RFC 6749 2)."""

    client_id: str
    name: str = ""
    """What people are shown at the log-in; empty: the client ID."""
    redirect_uris: tuple[str, ...] = ()
    auth_method: str = "none"
    """How it proves itself at the token endpoint: none, client_secret_basic, client_secret_post, private_key_jwt."""
    secret_hash: str | None = field(default=None, repr=False)
    """`digest` of its secret, for the two secret methods."""
    jwks: str | None = None
    """Its public keys as a JWKS document, for private_key_jwt."""
    scopes: tuple[str, ...] = ("openid",)
    """The scopes that it may ask for."""
    access_lifetime: float = 300.0
    refresh_lifetime: float = 2_592_000.0
    id_lifetime: float = 300.0
    post_logout_redirect_uris: tuple[str, ...] = ()
    """Where browsers may go after signing out."""
    era: int = field(default=0, eq=False, repr=False)
    """What begins anew when all ends that it was granted; the store's to say."""


@frozen
class User:
    """A VAL user, with what proves who it is and the VAL services that it may use (IDM-04)."""

    user_id: str
    """What is typed at the log-in, and the `sub` of the tokens."""
    val_user_id: str
    """The VAL user ID in the tokens; one user has it at a time."""
    password_hash: str = field(default="", repr=False)
    """argon2id in its usual text form; empty: no password is right."""
    totp_secret: str | None = field(default=None, repr=False)
    """Base32, for the second method (RFC 6238); none: the user has no such device."""
    enabled: bool = True
    val_service_ids: tuple[str, ...] = field(default=(), converter=_ordered)
    """The VAL services mapped to the user, in alphabetical order."""
    partner: str = ""
    """The partner domain whose pattern may lead here, and nobody else's: its issuer; empty: the user is our own."""
    era: int = field(default=0, eq=False, repr=False)
    """What begins anew when all ends that it was granted; the store's to say."""


@frozen
class Service:
    """A VAL service and whose it is: the list that TS 23.434 12.3.4 provisions."""

    val_service_id: str
    val_user_ids: tuple[str, ...] = field(default=(), converter=_ordered)
    """The identity list: the VAL users mapped to the service, in alphabetical order."""
    requester: str = ""
    """The VAL server that provisioned it; empty: the operator did."""


@frozen
class Partner:
    """Another identity management domain, by agreement with who runs it (clause 5.X.4)."""

    issuer: str
    """Its S-IdMS: `iss` of its tokens, and how tokens for it are addressed."""
    name: str = ""
    """What people call it."""
    token_lifetime: float = 60.0
    """Seconds for which our security tokens for it live (IDM-09); 0: none are made."""
    clients: tuple[str, ...] = ()
    """Who may have one; empty: every client."""
    users: tuple[str, ...] = ()
    """For whom, by user ID; empty: for every user of ours."""
    needs: tuple[str, ...] = ()
    """Scopes that the access token must have which is exchanged."""
    keys: str | None = None
    """What its security tokens are verified with, as JWKS or PEM (`tokens.trust`); none: they are not taken."""
    guests: Mapping[str, str] = {}
    """Its users, by the `sub` of their security tokens, and who each is here, by user ID."""
    pattern: str | None = None
    """Who others of its users are here: a user ID with `{subject}` in it; none: nobody."""
    guest_services: tuple[str, ...] = ()
    """VAL services of an account that is made for such a user when it first comes; empty: none is made."""
    guest_scopes: tuple[str, ...] = ("3gpp:seal:val_service", "3gpp:seal:migration_service")
    """The scopes that its users may have here."""
    guest_refresh: bool = False
    """Whether its users get refresh tokens, with which they stay as long as the agreement does, whatever becomes of
    them at home."""

    def by_pattern(self, user: User) -> str | None:
        """Give the foreign user that the pattern leads to this account; None for nobody."""
        if self.pattern is None or user.partner != self.issuer:
            return None
        before, _, behind = self.pattern.partition(SUBJECT)
        subject = user.user_id.removeprefix(before).removesuffix(behind)
        led = subject and subject not in self.guests and self.pattern.replace(SUBJECT, subject) == user.user_id
        return subject if led else None

    def admits(self, user: User) -> bool:
        """Whether somebody comes as this user by the agreement: by its table, or as an account of the partner's own."""
        led = user.user_id in self.guests.values() or self.by_pattern(user) is not None
        return self.keys is not None and led


@frozen
class Code:
    """An authorization code (RFC 6749 4.1.2) and all that it was given for."""

    code_hash: str = field(repr=False)
    family: str
    """Names all that comes of one log-in; not a secret, without a dot. A family is revoked as a whole."""
    client_id: str
    redirect_uri: str
    user_id: str
    scope: str
    challenge: str
    """The S256 code challenge (RFC 7636)."""
    acr: str
    auth_time: float
    expires: float
    nonce: str | None = None
    taken: bool = False
    era: int = 0
    """The user's, when who it is was proved."""
    client_era: int = 0

    @property
    def eras(self) -> Eras:
        """On what it rests."""
        return Eras(self.era, self.client_era)


@frozen
class Refresh:
    """A refresh token."""

    token_hash: str = field(repr=False)
    family: str
    client_id: str
    user_id: str
    scope: str
    acr: str
    auth_time: float
    expires: float
    rotated: bool = False
    """Whether another has taken its place; whoever brings it again has a copy (RFC 9700 4.14.2)."""
    partner: str = ""
    """The issuer of the partner domain whose security token it came of; empty: of a log-in here."""
    era: int = 0
    client_era: int = 0

    @property
    def eras(self) -> Eras:
        """On what it rests."""
        return Eras(self.era, self.client_era)


@frozen
class Reused:
    """Something that could be used once was brought again; its family is revoked."""

    family: str
    client_id: str
    user_id: str


@frozen
class Session:
    """A person's log-in at the authorization endpoint, remembered by a cookie."""

    session_hash: str = field(repr=False)
    user_id: str
    acr: str
    auth_time: float
    expires: float
    era: int = 0
    """The user's, when who it is was proved."""


@frozen
class Attempts:
    """Log-ins under one name since the last right one; kept for names that nobody has as well."""

    failures: int = 0
    locked_until: float = 0.0
