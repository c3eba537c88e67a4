"""How a client proves itself at the token endpoint (RFC 6749 2.3, OpenID Connect Core 9).

Time and randomness are arguments. An assertion names the issuer as its audience and nobody else: an endpoint's address
could have been given to us by another server.
"""

from collections.abc import Mapping
from json import dumps
from typing import Protocol

from attrs import field, frozen

from valkit.ids import Ids
from valkit.net.https import basic
from valkit.tokens import SigningKey
from valkit.tokens.minting import sealed

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LASTS = 60
"""Seconds that an assertion can be used."""


@frozen
class Proven:
    """What of a request says which client it comes from."""

    form: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)


class Proof(Protocol):
    """A way for a client to prove itself."""

    def of(self, client_id: str, issuer: str, now: float, ids: Ids) -> Proven:
        """Prove it once, towards this issuer."""


@frozen
class NoProof:
    """For an app, which cannot keep a secret (`none`)."""

    def of(self, client_id: str, issuer: str, now: float, ids: Ids) -> Proven:  # noqa: ARG002  as Proof has it
        """Say who it is."""
        return Proven({"client_id": client_id})


@frozen
class SecretInHeader:
    """`client_secret_basic` (TS 33.434 A.4.2.4)."""

    secret: str = field(repr=False)

    def of(self, client_id: str, issuer: str, now: float, ids: Ids) -> Proven:  # noqa: ARG002  as Proof has it
        """Show the secret in the Authorization header."""
        return Proven({"client_id": client_id}, {"Authorization": basic(client_id, self.secret)})


@frozen
class SecretInForm:
    """`client_secret_post`."""

    secret: str = field(repr=False)

    def of(self, client_id: str, issuer: str, now: float, ids: Ids) -> Proven:  # noqa: ARG002  as Proof has it
        """Show the secret in the form."""
        return Proven({"client_id": client_id, "client_secret": self.secret})


@frozen
class SignedAssertion:
    """`private_key_jwt` (RFC 7523 2.2 and 3): the key never leaves us."""

    key: SigningKey

    def of(self, client_id: str, issuer: str, now: float, ids: Ids) -> Proven:
        """Sign an assertion that can be used once and soon."""
        header = {"alg": self.key.algorithm, "kid": self.key.kid, "typ": "JWT"}
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": issuer,
            "jti": ids.nonce(16).hex(),
            "iat": int(now),
            "exp": int(now) + LASTS,
        }
        assertion = sealed(self.key, dumps(header).encode(), dumps(claims).encode())
        return Proven({"client_id": client_id, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion})
