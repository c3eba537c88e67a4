"""What a VAL service is like where the settings do not say otherwise: its carriers, and how its tokens are made.

SEAL names no claim, no scope and no carrier (TS 33.434 annex A, TS 24.546 6.2.2.1.1.1): `val` is this kit's own way.
The three mission critical services are as TS 33.180 annex B has them: for each a scope and a claim with the user's ID
in the service; `exp`, `scope` and `client_id` required and nothing else; no list of services, so that the token grants
the service whose ID it holds.
"""

from collections.abc import Mapping

from attrs import frozen

from valkit.carriers import BY_NAME
from valkit.tokens.claims import REQUIRED


@frozen
class Profile:
    """One kind of VAL service."""

    carriers: tuple[str, ...]
    """In what tokens come, the usual first."""
    scope: str
    user_claim: str
    services_claim: str = "val_service_ids"
    val_service: str = ""
    """The VAL service that a token grants which lists none; empty: a token must list some."""
    required: frozenset[str] = REQUIRED
    typ: str | None = "at+jwt"


def _mission_critical(service: str, scope: str) -> Profile:
    return Profile(
        carriers=(f"{service}-info",),
        scope=f"3gpp:mc:{scope}_service",
        user_claim=f"{service}_id",
        val_service=service,
        required=frozenset({"exp", "scope", "client_id"}),
        typ=None,
    )


PROFILES: Mapping[str, Profile] = {
    "val": Profile(carriers=tuple(BY_NAME), scope="3gpp:seal:val_service", user_claim="val_user_id"),
    "mcptt": _mission_critical("mcptt", "ptt"),
    "mcvideo": _mission_critical("mcvideo", "video"),
    "mcdata": _mission_critical("mcdata", "data"),
}
"""By the name that the settings use."""
