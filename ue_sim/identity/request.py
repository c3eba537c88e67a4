"""The authorization request of TS 33.434 A.4.2.2: eight parameters, all of them required, and a nonce (OIDC Core)."""

from urllib.parse import urlencode

from attrs import field, frozen

from ue_sim.identity.pkce import METHOD, Pkce, unpadded
from ue_sim.identity.proof import NoProof, Proof
from valkit.ids import Ids

PASSWORD = "3gpp:acr:password"  # noqa: S105  the name of an authentication context class
SCOPE = "openid 3gpp:seal:val_service"


@frozen
class Registration:
    """The client as the identity server knows it."""

    client_id: str
    redirect_uri: str
    scope: str = SCOPE
    acr_values: str = PASSWORD
    """Ways to log in, by preference."""
    proof: Proof = field(factory=NoProof)
    """How it shows that it is this client."""


@frozen
class AuthorizationRequest:
    """One request, and what its answer is held against."""

    client: Registration
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    pkce: Pkce

    @classmethod
    def fresh(cls, client: Registration, ids: Ids) -> "AuthorizationRequest":
        """Make a request that no other is like."""
        return cls(client, unpadded(ids.nonce(16)), unpadded(ids.nonce(16)), Pkce.fresh(ids))

    def url(self, endpoint: str) -> str:
        """Give the address to go to with a browser."""
        parameters = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "scope": self.client.scope,
            "redirect_uri": self.client.redirect_uri,
            "state": self.state,
            "acr_values": self.client.acr_values,
            "code_challenge": self.pkce.challenge,
            "code_challenge_method": METHOD,
            "nonce": self.nonce,
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"
