"""Who asks and has proved it: a VAL user by an access token, or a network function by way of the HTTP proxy."""

from collections.abc import Mapping

from attrs import field, frozen

from valkit.tokens import AccessToken


@frozen
class Asker:
    """Who asks. For a UE all but `asserted` comes from its access token; a network function has `asserted` alone."""

    val_user_id: str = ""
    val_service_ids: tuple[str, ...] = ()
    """The VAL services that the token is for: at least one."""
    client_id: str = ""
    """The application that the token was given to."""
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, object] = field(factory=dict, repr=False)
    """All that the token says, such as `SKeyProv` (TS 33.434 A.2.2)."""
    asserted: str = ""
    """X-3GPP-Asserted-Identity of a network function: a public service identity, VAL group ID or VAL service ID."""

    @property
    def is_network(self) -> bool:
        """Whether a network function asks, and no UE."""
        return self.asserted != ""

    @property
    def name(self) -> str:
        """What to call it in logs and traces."""
        return self.asserted or self.val_user_id


def bearer(access: AccessToken, claims: Mapping[str, object]) -> Asker:
    """Give who an access token that holds speaks for."""
    scopes = frozenset(access.scope.split())
    return Asker(access.val_user_id, access.val_service_ids, access.client_id, scopes, claims)
